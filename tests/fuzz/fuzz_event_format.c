#include "format/event_format.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmspy_event_field fields[] = { { "address" }, { "pfn" } };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct vmspy_event_field *field = &fields[i];
		struct vmspy_scan text = vmspy_scan_over((const char *)data, size);
		uint64_t id, value;

		if (!fuzz_succeeded(vmspy_event_format_parse(text, field, 1, &id)))
			continue;
		promise(field->size_bytes >= 1 && field->size_bytes <= sizeof(value));
		promise(vmspy_event_field_read(field, data, size, &value) ==
			((uint64_t)field->offset_bytes + field->size_bytes <= size));
	}
	return 0;
}
