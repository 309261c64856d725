/* /proc/PID/stat: who a process is, and the bounds of its address space. */
#ifndef VMSPY_FORMAT_STAT_H
#define VMSPY_FORMAT_STAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* What the kernel's mm_struct says of the main program: byte addresses. */
struct vmspy_mm_bounds {
	bool known; /* false: the kernel hides them (it shows 1 and 0); the rest is 0 then */
	uint64_t start_code, end_code; /* the executable segment, not the ELF base */
	uint64_t start_data, end_data; /* initialised data; there is no end of bss */
	uint64_t start_brk;   /* where the heap begins; its end, brk, is [heap]'s end in maps */
	uint64_t start_stack; /* inside the stack mapping, not its end */
	uint64_t arg_start, arg_end;
	uint64_t env_start, env_end;
};

enum {
	VMSPY_COMM_MAX = 64
}; /* 15 for user processes; kernel threads have longer ones */

struct vmspy_stat {
	pid_t pid;
	pid_t parent_pid;
	char comm[VMSPY_COMM_MAX]; /* may hold any byte but NUL, also `) R 1 (` and a newline */
	char state;                /* R S D T t Z X I */
	uint32_t thread_count;
	uint64_t start_time_ticks; /* since boot; unlike the pid it tells two processes apart */
	struct vmspy_mm_bounds bounds;
};

/*
 * Read the text of /proc/PID/stat.
 * Source: proc_pid_stat(5); fields 26-28 and 45-51.
 * Errors: BAD_DATA.
 */
struct vmspy_error *vmspy_stat_parse(const char *text, size_t length,
				     struct vmspy_stat *ret) VMSPY_MUST_CHECK;

#endif
