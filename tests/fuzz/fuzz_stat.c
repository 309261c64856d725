#include "format/stat.h"

#include "fuzz.h"

static bool is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	while (size && !*byte)
		byte++, size--;
	return !size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct vmspy_stat stat;
	size_t length;

	if (!fuzz_succeeded(vmspy_stat_parse(text, size, &stat)))
		return 0;
	promise(stat.pid >= 0 && stat.parent_pid >= 0);
	length = strnlen(stat.comm, sizeof(stat.comm));
	promise(length < sizeof(stat.comm));
	promise(!length || memmem(text, size, stat.comm, length));
	promise(stat.state != '\0');
	if (!stat.bounds.known)
		promise(is_zero(&stat.bounds, sizeof(stat.bounds)));
	return 0;
}
