/* Faults that are not over yet, by thread: the kernel has yet to get a frame, or to map it. */
#ifndef VMSPY_TRACE_PAIRING_H
#define VMSPY_TRACE_PAIRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "trace/queue.h"

/* A fault of which all is known that events tell. A zeroed struct is none. */
struct vmspy_settled {
	struct vmspy_trace_item *item; /* NULL: none */
	uint64_t reason;               /* as vmspy_fault.reason */
	bool was_given_frame;
	uint64_t frame; /* the first one of 1 << frame_order */
	unsigned frame_order;
	uint64_t over_ns; /* by then the thread had the page, and had gone on */
};

/* The last fault of a thread: it is over when the thread faults again, not before. */
struct vmspy_waiting {
	pid_t tid; /* 0: free */
	struct vmspy_settled fault;
};

/* A zeroed struct is empty. */
struct vmspy_pairing {
	struct vmspy_waiting *slot; /* a hash by tid */
	size_t count, room;
};

/* What waits is destroyed. */
void vmspy_pairing_deinit(struct vmspy_pairing *pairing);

/*
 * ret:    the place of a thread, made if it has none: what waits there is the caller's. Borrowed
 *         until the next place is made.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_pairing_place(struct vmspy_pairing *pairing, pid_t tid,
					struct vmspy_waiting **ret) VMSPY_MUST_CHECK;

/* ret: the place of a thread, NULL if it never had one. Borrowed until the next place is made. */
struct vmspy_waiting *vmspy_pairing_find(struct vmspy_pairing *pairing, pid_t tid);

#endif
