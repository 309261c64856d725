#include "test.h"

#include <pthread.h>

#include "trace/pairing.h"
#include "trace/queue.h"

enum {
	MANY = 10000,
};

static struct vmspy_trace_item *make(uint64_t time_ns)
{
	static const uint64_t chain[] = { 0x10, 0x20 };
	struct vmspy_trace_event event = {
		.kind = VMSPY_TRACE_COPY,
		.time_ns = time_ns,
		.page = { .code = { .chain = chain, .chain_count = 2 } },
		.text = "text",
	};
	struct vmspy_trace_item *item;

	assert_ok(vmspy_trace_item_create(&event, &item));
	assert_true(item->event.page.code.chain != chain);
	return item;
}

static void events_come_out_as_they_went_in(void **state)
{
	struct vmspy_trace_batch batch;
	struct vmspy_queue queue;
	uint64_t next_ns = 0;

	(void)state;
	assert_ok(vmspy_queue_init(&queue));
	for (uint64_t i = 0; i < MANY; i++)
		vmspy_queue_put(&queue, make(i));
	assert_int_equal(vmspy_queue_count(&queue), MANY);
	while (next_ns < MANY) {
		vmspy_queue_take(&queue, 0, &batch);
		assert_true(batch.count > 0);
		for (size_t i = 0; i < batch.count; i++) {
			assert_int_equal(batch.event[i].time_ns, next_ns++);
			assert_int_equal(batch.event[i].page.code.chain[1], 0x20);
			assert_string_equal(batch.event[i].text, "text");
		}
	}
	assert_int_equal(vmspy_queue_count(&queue), 0);
	vmspy_queue_take(&queue, 1000, &batch);
	assert_int_equal(batch.count, 0);
	vmspy_queue_deinit(&queue);
}

static void *put_one(void *context)
{
	vmspy_queue_put(context, make(1));
	return NULL;
}

static void *finish(void *context)
{
	vmspy_queue_finish(context);
	return NULL;
}

/* Take with a patience that no test lasts for, while another thread does something. */
static size_t take_while(struct vmspy_queue *queue, void *(*something)(void *context))
{
	struct vmspy_trace_batch batch;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, something, queue), 0);
	vmspy_queue_take(queue, UINT64_C(600000000000), &batch);
	pthread_join(thread, NULL);
	return batch.count;
}

static void who_waits_is_woken_by_the_first_event_and_by_the_end(void **state)
{
	struct vmspy_queue queue;

	(void)state;
	assert_ok(vmspy_queue_init(&queue));
	assert_int_equal(take_while(&queue, put_one), 1);
	assert_int_equal(take_while(&queue, finish), 0);
	vmspy_queue_deinit(&queue);
}

static void a_thread_has_one_place(void **state)
{
	struct vmspy_pairing pairing = { 0 };
	struct vmspy_waiting *waiting;

	(void)state;
	assert_null(vmspy_pairing_find(&pairing, 5));
	assert_ok(vmspy_pairing_place(&pairing, 5, &waiting));
	assert_null(waiting->fault.item);
	waiting->fault.item = make(1);
	assert_ptr_equal(vmspy_pairing_find(&pairing, 5), waiting);
	vmspy_pairing_deinit(&pairing);
}

static void threads_for_which_nothing_waits_take_no_room(void **state)
{
	struct vmspy_pairing pairing = { 0 };
	struct vmspy_waiting *waiting;

	(void)state;
	assert_ok(vmspy_pairing_place(&pairing, MANY + 1, &waiting));
	waiting->fault.item = make(1);
	for (pid_t tid = 1; tid <= MANY; tid++)
		assert_ok(vmspy_pairing_place(&pairing, tid, &waiting));
	assert_true(pairing.room < MANY / 10);
	assert_non_null(vmspy_pairing_find(&pairing, MANY + 1)->fault.item);
	vmspy_pairing_deinit(&pairing);
}

TEST_MAIN(TEST(events_come_out_as_they_went_in),
	  TEST(who_waits_is_woken_by_the_first_event_and_by_the_end), TEST(a_thread_has_one_place),
	  TEST(threads_for_which_nothing_waits_take_no_room))
