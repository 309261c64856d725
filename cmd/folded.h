/* Stacks in the folded format: what flame graphs are made of. */
#ifndef VMSPY_CMD_FOLDED_H
#define VMSPY_CMD_FOLDED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/slots.h"
#include "report/trace_rows.h"

struct folded_stack;

/* A zeroed struct is empty. */
struct folded {
	struct folded_stack *stack;
	size_t count, room;
	struct vmspy_slots slots; /* by line */
	uint64_t left_out;        /* copies whose stacks found no room */
};

/*
 * Add a copy: "comm;outermost;...;innermost". What is no name of a function is told in brackets;
 * a semicolon in a name becomes a colon.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *folded_add(struct folded *folded,
			       const struct vmspy_trace_row *row) VMSPY_MUST_CHECK;

/* One line a stack, and how many copies it made, the most first. */
void folded_print(struct folded *folded, FILE *out);

void folded_deinit(struct folded *folded);

#endif
