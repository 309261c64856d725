/* A ring in memory that perf events write their records into. */
#ifndef VMSPY_KERNEL_RING_H
#define VMSPY_KERNEL_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Hold it with _init/_deinit. A zeroed struct is none. */
struct vmspy_ring {
	void *mapping; /* one page of bounds, and the data behind it */
	size_t mapping_bytes;
	size_t data_bytes;
	uint64_t taken_bytes;  /* since it was mapped */
	unsigned char *joined; /* a record that lies across the end, made whole */
};

/*
 * Map the ring of an event.
 * event_fd:   on one CPU; others of that CPU may be led into it (PERF_EVENT_IOC_SET_OUTPUT).
 * data_bytes: a power of two, of pages at least.
 * ret:        end it with vmspy_ring_deinit().
 * Errors:     NOT_PERMITTED (more than kernel.perf_event_mlock_kb), NO_MEMORY, SYSTEM.
 * Source:     perf_event_open(2), "MMAP layout".
 */
struct vmspy_error *vmspy_ring_init(int event_fd, size_t data_bytes,
				    struct vmspy_ring *ret) VMSPY_MUST_CHECK;

/*
 * Look at the oldest record, without taking it.
 * ret:    aligned to 8, borrowed until it is taken. Untouched where there is none.
 * Return: whether there is one.
 */
bool vmspy_ring_peek(struct vmspy_ring *ring, const unsigned char **ret, size_t *ret_length);

/* Give the room of the record that was looked at back to the kernel. */
void vmspy_ring_take(struct vmspy_ring *ring);

void vmspy_ring_deinit(struct vmspy_ring *ring);

#endif
