#include "trace/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/host.h"

#include "base/banned.h"

enum {
	BATCH_MAX = 4096,
	NS_PER_SECOND = 1000000000,
};

/* Where the copies of what an event points to go: behind it, one after the other. */
struct tail {
	unsigned char *at;
};

/* Keeps to multiples of 8, for there are numbers among them. */
static size_t padded(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

static const void *copy(struct tail *tail, const void *from, size_t bytes)
{
	void *to = tail->at;

	if (!from)
		return NULL;
	memcpy(to, from, bytes);
	tail->at += padded(bytes);
	return to;
}

static size_t text_bytes(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

struct vmspy_error *vmspy_trace_item_create(const struct vmspy_trace_event *event,
					    struct vmspy_trace_item **ret)
{
	const struct vmspy_trace_code *code = &event->page.code;
	size_t chain_bytes = code->chain_count * sizeof(*code->chain);
	size_t bytes = text_bytes(event->text);
	struct vmspy_trace_item *item = malloc(padded(sizeof(*item)) + padded(chain_bytes) +
					       padded(code->stack_bytes) + padded(bytes));
	struct tail tail = { (unsigned char *)item + padded(sizeof(*item)) };

	if (!item)
		return vmspy_error_no_memory();
	item->next = NULL;
	item->event = *event;
	item->event.page.code.chain = copy(&tail, chain_bytes ? code->chain : NULL, chain_bytes);
	item->event.page.code.stack = copy(&tail, code->stack, code->stack_bytes);
	item->event.text = copy(&tail, event->text, bytes);
	if (event->image)
		vmspy_image_keep(event->image);
	*ret = item;
	return NULL;
}

void vmspy_trace_item_destroy(struct vmspy_trace_item *item)
{
	if (!item)
		return;
	vmspy_image_drop(item->event.image);
	free(item);
}

static void destroy_all(struct vmspy_trace_item **first)
{
	while (*first) {
		struct vmspy_trace_item *item = *first;

		*first = item->next;
		vmspy_trace_item_destroy(item);
	}
}

struct vmspy_error *vmspy_queue_init(struct vmspy_queue *queue)
{
	pthread_condattr_t attributes;

	*queue = (struct vmspy_queue){ .batch = malloc(BATCH_MAX * sizeof(*queue->batch)) };
	if (!queue->batch)
		return vmspy_error_no_memory();
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&queue->lock, NULL);
	return NULL;
}

void vmspy_queue_deinit(struct vmspy_queue *queue)
{
	if (!queue->batch)
		return;
	destroy_all(&queue->first);
	destroy_all(&queue->taken);
	free(queue->batch);
	pthread_cond_destroy(&queue->filled);
	pthread_mutex_destroy(&queue->lock);
	*queue = (struct vmspy_queue){ 0 };
}

void vmspy_queue_put(struct vmspy_queue *queue, struct vmspy_trace_item *item)
{
	pthread_mutex_lock(&queue->lock);
	if (queue->first)
		queue->last->next = item;
	else
		queue->first = item;
	queue->last = item;
	if (!queue->count++)
		pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

void vmspy_queue_finish(struct vmspy_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->is_final = true;
	pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

size_t vmspy_queue_count(struct vmspy_queue *queue)
{
	size_t count;

	pthread_mutex_lock(&queue->lock);
	count = queue->count;
	pthread_mutex_unlock(&queue->lock);
	return count;
}

static void wait_for_some(struct vmspy_queue *queue, uint64_t wait_ns)
{
	uint64_t until_ns = vmspy_host_now_ns() + wait_ns;
	struct timespec until = { .tv_sec = (time_t)(until_ns / NS_PER_SECOND),
				  .tv_nsec = (long)(until_ns % NS_PER_SECOND) };

	while (!queue->first && !queue->is_final)
		if (pthread_cond_timedwait(&queue->filled, &queue->lock, &until) == ETIMEDOUT)
			return;
}

void vmspy_queue_take(struct vmspy_queue *queue, uint64_t wait_ns, struct vmspy_trace_batch *ret)
{
	struct vmspy_trace_item **end = &queue->taken;

	destroy_all(&queue->taken);
	*ret = (struct vmspy_trace_batch){ .event = queue->batch };
	pthread_mutex_lock(&queue->lock);
	wait_for_some(queue, wait_ns);
	while (queue->first && ret->count < BATCH_MAX) {
		struct vmspy_trace_item *item = queue->first;

		queue->first = item->next;
		item->next = NULL;
		*end = item;
		end = &item->next;
		queue->batch[ret->count++] = item->event;
	}
	queue->count -= ret->count;
	pthread_mutex_unlock(&queue->lock);
}
