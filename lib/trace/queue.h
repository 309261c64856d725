/* Events on their way from who traces to who tells them. */
#ifndef VMSPY_TRACE_QUEUE_H
#define VMSPY_TRACE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/trace.h"

/*
 * An event with all that it points to behind it, but for the image, of which it has a reference,
 * and what belongs to that.
 * Once put into the queue it is the queue's.
 */
struct vmspy_trace_item {
	struct vmspy_trace_item *next;
	struct vmspy_trace_event event;
};

/*
 * Copy an event.
 * ret:    end it with vmspy_trace_item_destroy(), or put it into the queue.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_trace_item_create(const struct vmspy_trace_event *event,
					    struct vmspy_trace_item **ret) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_trace_item_destroy(struct vmspy_trace_item *item);

/* Hold it with _init/_deinit. One thread puts, another takes. */
struct vmspy_queue {
	pthread_mutex_t lock; /* of the waiting ones */
	pthread_cond_t filled;
	struct vmspy_trace_item *first, *last;
	size_t count;
	bool is_final; /* nothing will be put any more */
	/* Of who takes: */
	struct vmspy_trace_item *taken;
	struct vmspy_trace_event *batch;
};

/* Errors: NO_MEMORY. */
struct vmspy_error *vmspy_queue_init(struct vmspy_queue *queue) VMSPY_MUST_CHECK;
void vmspy_queue_deinit(struct vmspy_queue *queue);

/* item: the queue's from now on. */
void vmspy_queue_put(struct vmspy_queue *queue, struct vmspy_trace_item *item);

/* Whoever waits need not any longer. */
void vmspy_queue_finish(struct vmspy_queue *queue);

size_t vmspy_queue_count(struct vmspy_queue *queue);

/* As vmspy_trace_take(). */
void vmspy_queue_take(struct vmspy_queue *queue, uint64_t wait_ns, struct vmspy_trace_batch *ret);

#endif
