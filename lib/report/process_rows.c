#include "report/process_rows.h"

#include "base/banned.h"

#define AT(member) offsetof(struct vmspy_process_row, member)

const struct vmspy_column vmspy_process_columns[] = {
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(comm) },
	{ "EXE", "exe", "path of its executable", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(exe) },
	{ "START-TIME", "start_time_ticks", "when it was started, in clock ticks since boot",
	  VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(start_time_ticks) },
	{ 0 },
};

#undef AT

struct vmspy_process_row vmspy_process_row_of(const struct vmspy_identity *identity)
{
	return (struct vmspy_process_row){
		.pid = (uint64_t)identity->pid,
		.comm = identity->comm,
		.exe = identity->exe,
		.start_time_ticks = identity->start_time_ticks,
	};
}

#define BOUND(heading, member, help)                                                               \
	{                                                                                          \
		heading, #member, help, VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,                         \
			offsetof(struct vmspy_mm_row, member)                                      \
	}

const struct vmspy_column vmspy_mm_columns[] = {
	BOUND("START-CODE", start_code, "first byte of the executable segment"),
	BOUND("END-CODE", end_code, "end of the executable segment"),
	BOUND("START-DATA", start_data, "first byte of initialised data"),
	BOUND("END-DATA", end_data, "end of initialised data"),
	BOUND("START-BRK", start_brk, "where the heap begins"),
	BOUND("BRK", brk, "end of the heap"),
	BOUND("START-STACK", start_stack, "bottom of the stack of the main thread"),
	BOUND("ARG-START", arg_start, "first byte of the arguments"),
	BOUND("ARG-END", arg_end, "end of the arguments"),
	BOUND("ENV-START", env_start, "first byte of the environment"),
	BOUND("ENV-END", env_end, "end of the environment"),
	{ 0 },
};

/* An address of user space is never 0: that is how the kernel says that there is none. */
static uint64_t bound(const struct vmspy_mm_bounds *bounds, uint64_t address)
{
	return bounds->known && address ? address : VMSPY_UNKNOWN;
}

struct vmspy_mm_row vmspy_mm_row_of(const struct vmspy_layout *layout)
{
	const struct vmspy_mm_bounds *bounds = &layout->bounds;

	return (struct vmspy_mm_row){
		.start_code = bound(bounds, bounds->start_code),
		.end_code = bound(bounds, bounds->end_code),
		.start_data = bound(bounds, bounds->start_data),
		.end_data = bound(bounds, bounds->end_data),
		.start_brk = bound(bounds, bounds->start_brk),
		.brk = bound(bounds, layout->brk),
		.start_stack = bound(bounds, bounds->start_stack),
		.arg_start = bound(bounds, bounds->arg_start),
		.arg_end = bound(bounds, bounds->arg_end),
		.env_start = bound(bounds, bounds->env_start),
		.env_end = bound(bounds, bounds->env_end),
	};
}
