/* The stacks of all threads, taken while both sides stand still. */
#ifndef VMSPY_COMPARE_STACKS_H
#define VMSPY_COMPARE_STACKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/threads.h"
#include "space/kinds.h"

struct vmspy_pair;
struct vmspy_space;
struct vmspy_window;

enum {
	VMSPY_RED_ZONE_BYTES =
		128, /* below the stack pointer, and in use: psABI of x86-64, 3.2.2 */
	VMSPY_STACK_BYTES_MAX = 256 << 10, /* kept of one stack */
};

/* The bytes of one stack, from the page of its red zone upwards, as far as they were present. */
struct vmspy_stack_bytes {
	uint64_t start;      /* of a page */
	uint64_t size_bytes; /* 0: not kept */
	size_t offset_bytes; /* in the list's bytes */
};

/* Of one side. A zeroed struct is empty. */
struct vmspy_stack_list {
	struct vmspy_thread_list threads;
	struct vmspy_stack_bytes *stack; /* one for each thread; NULL: none were asked for */
	unsigned char *bytes;
	size_t byte_count;
	size_t byte_room;
};

/* Whether it is a stack by its kind, or memory that a program may have made one of. */
bool vmspy_mapping_may_be_stack(const struct vmspy_mapping *mapping);

/*
 * Read the threads of both sides and, if they are wanted, the bytes of their stacks: only of
 * present pages, at most 256 KiB of a thread and 4 MiB of each side, and only of stacks with
 * diverged pages. Where no page diverged that may be a stack's, nothing is asked.
 * Errors: NO_MEMORY, GONE, SYSTEM. Threads that may not be looked at have no stack pointer.
 */
struct vmspy_error *vmspy_stacks_take(struct vmspy_pair *pair, struct vmspy_window *window,
				      bool keep_bytes) VMSPY_MUST_CHECK;

/*
 * Add the names of the threads whose stacks have diverged pages. Both sides are released: it takes
 * a file for each.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_stacks_name(struct vmspy_pair *pair, const struct vmspy_space *a,
				      const struct vmspy_space *b) VMSPY_MUST_CHECK;

void vmspy_stack_list_deinit(struct vmspy_stack_list *list);

#endif
