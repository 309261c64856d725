/* Stacks that came as dumps with events, unwound afterwards. */
#ifndef VMSPY_BLAME_DUMPED_STACKS_H
#define VMSPY_BLAME_DUMPED_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"
#include "trace/trace.h"

enum {
	VMSPY_DUMPED_STACK_MAX = 256,
};

struct vmspy_dumped_stack {
	const struct vmspy_trace_event *event;
	uint64_t pc[VMSPY_DUMPED_STACK_MAX]; /* the innermost first */
	size_t count;
};

/* A zeroed struct is empty. Shape: in the order of the batch. */
struct vmspy_dumped_stacks {
	struct vmspy_dumped_stack *stack;
	size_t count, room;
};

/* Begin with the events of a batch that have a dump; it is borrowed. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_dumped_stacks_take(
	struct vmspy_dumped_stacks *stacks, const struct vmspy_trace_batch *batch) VMSPY_MUST_CHECK;

/* ret: where those end that are of one image with the first. */
size_t vmspy_dumped_stacks_group(const struct vmspy_dumped_stacks *stacks, size_t first);

/*
 * Unwind the stacks [first, end), which are of one image.
 * modules: of that.
 * Errors:  NO_MEMORY. What cannot be unwound has no addresses.
 */
struct vmspy_error *vmspy_dumped_stacks_unwind(struct vmspy_dumped_stacks *stacks,
					       struct vmspy_modules *modules, size_t first,
					       size_t end) VMSPY_MUST_CHECK;

/* Borrowed. */
struct vmspy_addresses {
	const uint64_t *at;
	size_t count;
};

/* ret: none: the event had no dump, or it led nowhere. */
struct vmspy_addresses vmspy_dumped_stacks_of(const struct vmspy_dumped_stacks *stacks,
					      const struct vmspy_trace_event *event);

void vmspy_dumped_stacks_deinit(struct vmspy_dumped_stacks *stacks);

#endif
