#include "format/status.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct vmspy_status status;

	if (!fuzz_succeeded(vmspy_status_parse(text, size, &status)))
		return 0;
	promise(status.thread_group_pid >= 0 && status.parent_pid >= 0 && status.tracer_pid >= 0);
	promise(memmem(text, size, "Tgid:", 5) && memmem(text, size, "PPid:", 5));
	promise(memmem(text, size, "TracerPid:", 10) && memmem(text, size, "Uid:", 4));
	promise(!status.has_memory || memmem(text, size, "VmSize:", 7));
	return 0;
}
