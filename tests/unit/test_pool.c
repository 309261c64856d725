#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "kernel/pool.h"

enum {
	TASKS = 5000,
};

struct work {
	struct vmspy_pool *pool;
	_Atomic size_t next;
	_Atomic unsigned done[TASKS];
	_Atomic unsigned begun;
	pthread_t thread[VMSPY_POOL_MAX];
	bool fails[VMSPY_POOL_MAX];
};

static struct vmspy_error *do_tasks(void *context, unsigned index)
{
	struct work *work = context;

	work->thread[index] = pthread_self();
	atomic_fetch_add(&work->begun, 1);
	if (work->fails[index])
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "thread %u failed", index);
	for (size_t task; (task = atomic_fetch_add(&work->next, 1)) < TASKS;)
		atomic_fetch_add(&work->done[task], 1);
	return NULL;
}

static struct work *begin(void)
{
	struct work *work = calloc(1, sizeof(*work));

	assert_non_null(work);
	assert_ok(vmspy_pool_create(&work->pool));
	return work;
}

static void end(struct work *work)
{
	vmspy_pool_destroy(work->pool);
	free(work);
}

static void check_all_done(const struct work *work)
{
	for (size_t i = 0; i < TASKS; i++)
		assert_int_equal(work->done[i], 1);
}

static void each_does_its_share_and_all_is_done_once(void **state)
{
	struct work *work = begin();
	unsigned count = vmspy_pool_count(work->pool);

	(void)state;
	for (unsigned round = 1; round <= 100; round++) {
		memset(work->done, 0, sizeof(work->done));
		work->next = 0;
		assert_ok(vmspy_pool_run(work->pool, do_tasks, work));
		check_all_done(work);
		assert_int_equal(work->begun, round * count);
	}
	assert_true(pthread_equal(work->thread[0], pthread_self()));
	for (unsigned i = 1; i < count; i++)
		assert_false(pthread_equal(work->thread[i], work->thread[i - 1]));
	end(work);
}

static void nobody_else_is_a_pool_of_one(void **state)
{
	struct work work = { 0 };

	(void)state;
	assert_int_equal(vmspy_pool_count(NULL), 1);
	assert_ok(vmspy_pool_run(NULL, do_tasks, &work));
	check_all_done(&work);
	assert_int_equal(work.begun, 1);
	vmspy_pool_destroy(NULL);
}

static void the_first_error_is_told_and_others_are_forgotten(void **state)
{
	struct work *work = begin();
	unsigned count = vmspy_pool_count(work->pool);

	(void)state;
	for (unsigned i = count - 1; i < count; i--) {
		char text[32];

		work->fails[i] = true;
		snprintf(text, sizeof(text), "thread %u failed", i);
		assert_error(vmspy_pool_run(work->pool, do_tasks, work), VMSPY_ERROR_BAD_DATA,
			     text);
	}
	end(work);
}

static void there_are_no_more_threads_than_processors_we_may_use(void **state)
{
	cpu_set_t before, one;
	struct work *work;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, &before))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	work = begin();
	assert_int_equal(vmspy_pool_count(work->pool), 1);
	end(work);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	work = begin();
	assert_in_range(vmspy_pool_count(work->pool), 1, CPU_COUNT(&before));
	assert_in_range(vmspy_pool_count(work->pool), 1, VMSPY_POOL_MAX);
	assert_true(CPU_COUNT(&before) == 1 || vmspy_pool_count(work->pool) > 1);
	end(work);
}

TEST_MAIN(TEST(each_does_its_share_and_all_is_done_once), TEST(nobody_else_is_a_pool_of_one),
	  TEST(the_first_error_is_told_and_others_are_forgotten),
	  TEST(there_are_no_more_threads_than_processors_we_may_use))
