#include "trace/event.h"

#include "base/banned.h"

const char *vmspy_trace_kind_name(enum vmspy_trace_kind kind)
{
	static const char *const names[VMSPY_TRACE_KIND_COUNT] = {
		[VMSPY_TRACE_FORK] = "fork",   [VMSPY_TRACE_EXEC] = "exec",
		[VMSPY_TRACE_EXIT] = "exit",   [VMSPY_TRACE_COPY] = "copy",
		[VMSPY_TRACE_FAULT] = "fault", [VMSPY_TRACE_LOST] = "lost",
		[VMSPY_TRACE_NOTE] = "note",   [VMSPY_TRACE_END] = "end",
	};

	return names[kind];
}

const char *vmspy_writer_name(enum vmspy_writer writer)
{
	static const char *const names[VMSPY_WRITER_COUNT] = {
		[VMSPY_WRITER_CHILD] = "child",
		[VMSPY_WRITER_PARENT] = "parent",
		[VMSPY_WRITER_ALONE] = "alone",
		[VMSPY_WRITER_UNOBSERVED] = "unobserved",
	};

	return names[writer];
}

const char *vmspy_copied_name(enum vmspy_copied copied)
{
	static const char *const names[VMSPY_COPIED_COUNT] = {
		[VMSPY_COPIED_MEMORY] = "memory",
		[VMSPY_COPIED_FILE] = "file",
		[VMSPY_COPIED_SWAP] = "swap",
	};

	return names[copied];
}

const char *vmspy_fault_effect_name(enum vmspy_fault_effect effect)
{
	static const char *const names[VMSPY_EFFECT_COUNT] = {
		[VMSPY_EFFECT_TOUCH] = "touch", [VMSPY_EFFECT_READ] = "read",
		[VMSPY_EFFECT_FILE] = "file",   [VMSPY_EFFECT_SWAP] = "swap-in",
		[VMSPY_EFFECT_REUSE] = "reuse", [VMSPY_EFFECT_UNKNOWN] = "unknown",
	};

	return names[effect];
}
