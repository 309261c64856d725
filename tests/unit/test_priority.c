#include "test.h"

#include <pthread.h>
#include <sys/resource.h>

#include "child.h"
#include "kernel/priority.h"

enum {
	USUAL = 5, /* no thread has it by chance */
	HIGHEST = -20,
};

static int nice_of(pid_t tid)
{
	return getpriority(PRIO_PROCESS, (id_t)tid);
}

static int begin(void **state)
{
	(void)state;
	return setpriority(PRIO_PROCESS, 0, USUAL);
}

static int end(void **state)
{
	(void)state;
	return geteuid() ? 0 : setpriority(PRIO_PROCESS, 0, 0);
}

static void it_is_raised_and_restored(void **state)
{
	struct vmspy_priority priority = { 0 };

	(void)state;
	child_require_root();
	vmspy_priority_raise(&priority);
	assert_int_equal(nice_of(0), HIGHEST);
	vmspy_priority_restore(&priority);
	assert_int_equal(nice_of(0), USUAL);
	vmspy_priority_restore(&priority);
	assert_int_equal(nice_of(0), USUAL);
}

/* Of two that are held, either may be let go first. */
static void who_raised_it_first_restores_it(void **state)
{
	struct vmspy_priority first = { 0 }, second = { 0 };

	(void)state;
	child_require_root();
	for (int i = 0; i < 2; i++) {
		vmspy_priority_raise(&first);
		vmspy_priority_raise(&second);
		vmspy_priority_restore(i ? &first : &second);
		vmspy_priority_restore(i ? &second : &first);
		assert_int_equal(nice_of(0), USUAL);
	}
}

static void *tell_nice(void *ret)
{
	*(int *)ret = nice_of(0);
	return NULL;
}

static void *restore(void *priority)
{
	vmspy_priority_restore(priority);
	return NULL;
}

static void run_thread(void *(*run)(void *), void *context)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, run, context), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void threads_inherit_it_and_may_restore_it(void **state)
{
	struct vmspy_priority priority = { 0 };
	int of_thread = 0;

	(void)state;
	child_require_root();
	vmspy_priority_raise(&priority);
	run_thread(tell_nice, &of_thread);
	assert_int_equal(of_thread, HIGHEST);
	run_thread(restore, &priority);
	assert_int_equal(nice_of(0), USUAL);
}

static bool stays_as_it_is(const void *data)
{
	struct vmspy_priority priority = { 0 };

	(void)data;
	if (!child_drop_rights())
		return false;
	vmspy_priority_raise(&priority);
	vmspy_priority_restore(&priority);
	return nice_of(0) == USUAL && !priority.is_raised;
}

static void who_may_not_raise_it_keeps_it(void **state)
{
	(void)state;
	assert_true(child_holds(stays_as_it_is, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_raised_and_restored, begin, end),
		cmocka_unit_test_setup_teardown(who_raised_it_first_restores_it, begin, end),
		cmocka_unit_test_setup_teardown(threads_inherit_it_and_may_restore_it, begin, end),
		cmocka_unit_test_setup_teardown(who_may_not_raise_it_keeps_it, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
