/* The rows of `vmspy diff` about stacks. */
#ifndef VMSPY_REPORT_STACK_ROWS_H
#define VMSPY_REPORT_STACK_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "blame/stacks.h"
#include "report/column.h"

/* A function that had not returned. Strings are borrowed. */
struct vmspy_frame_row {
	const char *function, *object;
	const char *side; /* a, b */
	uint64_t start, end, diverged_pages, changed_bytes;
};

/* A stack with diverged pages. Strings are borrowed. */
struct vmspy_stack_row {
	uint64_t start, end;
	uint64_t tid_a, tid_b;
	const char *comm_a, *comm_b;
	uint64_t diverged_pages, changed_bytes;
	struct vmspy_nested frames; /* of struct vmspy_frame_row */
};

extern const struct vmspy_column vmspy_stack_columns[];
extern const struct vmspy_column vmspy_frame_columns[];

struct vmspy_frame_row vmspy_frame_row_of(const struct vmspy_stack_frame *frame);

/* frames: one row for each frame of the stack, borrowed. */
struct vmspy_stack_row vmspy_stack_row_of(const struct vmspy_stack *stack,
					  const struct vmspy_frame_row *frames);

#endif
