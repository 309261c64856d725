/* Rows about a process as a whole: who it is, and the bounds of its address space. */
#ifndef VMSPY_REPORT_PROCESS_ROWS_H
#define VMSPY_REPORT_PROCESS_ROWS_H

#include <stdint.h>

#include "report/column.h"
#include "space/space.h"

/* Strings are borrowed from the identity. */
struct vmspy_process_row {
	uint64_t pid;
	const char *comm;
	const char *exe;
	uint64_t start_time_ticks;
};

/* pid comm exe start_time_ticks */
extern const struct vmspy_column vmspy_process_columns[];

struct vmspy_process_row vmspy_process_row_of(const struct vmspy_identity *identity);

/* The kernel's mm_struct: byte addresses, all unknown where the kernel hides them. */
struct vmspy_mm_row {
	uint64_t start_code, end_code;
	uint64_t start_data, end_data;
	uint64_t start_brk, brk;
	uint64_t start_stack;
	uint64_t arg_start, arg_end;
	uint64_t env_start, env_end;
};

/* start_code ... env_end */
extern const struct vmspy_column vmspy_mm_columns[];

struct vmspy_mm_row vmspy_mm_row_of(const struct vmspy_layout *layout);

#endif
