#include "format/perf_record.h"

#include "fuzz.h"

/* Whether something that a record tells of lies in it. */
static bool is_inside(const void *at, size_t bytes, const uint8_t *data, size_t size)
{
	const uint8_t *first = at;

	return first >= data && bytes <= size && (size_t)(first - data) <= size - bytes;
}

/* The first two bytes choose what was asked for, so that all parts are met. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmspy_perf_layout layout = { .register_count = 3 };
	struct vmspy_perf_record record;
	const uint64_t *chain;
	uint64_t *bytes;
	uint16_t bits;

	if (size < sizeof(bits))
		return 0;
	memcpy(&bits, data, sizeof(bits));
	layout.sample_type = bits & 1 ? VMSPY_PERF_SAMPLE_KNOWN : bits & VMSPY_PERF_SAMPLE_KNOWN;
	data += sizeof(bits);
	size -= sizeof(bits);
	bytes = malloc(size + !size);
	promise(bytes);
	memcpy(bytes, data, size);
	data = (const uint8_t *)bytes;
	if (vmspy_perf_record_decode(&layout, data, size, &record)) {
		size_t count = vmspy_perf_record_user_chain(&record, &chain);

		promise(!record.raw || is_inside(record.raw, record.raw_bytes, data, size));
		promise(!record.stack || is_inside(record.stack, record.stack_bytes, data, size));
		promise(!record.registers ||
			is_inside(record.registers, 3 * sizeof(uint64_t), data, size));
		promise(!record.chain ||
			is_inside(record.chain, record.chain_count * sizeof(uint64_t), data, size));
		promise(!count || is_inside(chain, count * sizeof(uint64_t), data, size));
	}
	free(bytes);
	return 0;
}
