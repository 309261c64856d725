#include "test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"
#include "kernel/host.h"

enum {
	SHORT_NS = 20000000,
	OF_CHILD = 7 /* a status that nothing else has */
};

static void each_of_the_signals_is_noted(void **state)
{
	static const int rows[] = { SIGINT, SIGTERM, SIGHUP };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct interrupt interrupt;

		assert_ok(interrupt_begin(&interrupt));
		assert_false(interrupt_came(&interrupt));
		raise(rows[i]);
		assert_true(interrupt_came(&interrupt));
		/* For ever would be long: it has come already. */
		assert_true(interrupt_wait(&interrupt, UINT64_MAX));
		assert_true(interrupt_wait(&interrupt, 0));
		interrupt_end(&interrupt);
	}
}

static void a_wait_without_a_signal_ends_when_it_is_time(void **state)
{
	uint64_t until_ns = vmspy_host_now_ns() + SHORT_NS;
	struct interrupt interrupt;

	(void)state;
	assert_ok(interrupt_begin(&interrupt));
	assert_false(interrupt_wait(&interrupt, until_ns));
	assert_true(vmspy_host_now_ns() >= until_ns);
	assert_false(interrupt_wait(&interrupt, 0));
	interrupt_end(&interrupt);
}

/* The child ends with OF_CHILD if it is told to by its parent's signal. */
static void wait_as_a_child(int ready_fd)
{
	struct interrupt interrupt;
	char byte = 0;

	if (interrupt_begin(&interrupt) || write(ready_fd, &byte, 1) != 1)
		_exit(1);
	_exit(interrupt_wait(&interrupt, UINT64_MAX) ? OF_CHILD : 1);
}

static void a_signal_ends_a_wait(void **state)
{
	int ready[2], status;
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid)
		wait_as_a_child(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OF_CHILD);
	close(ready[0]);
	close(ready[1]);
}

static void another_descriptor_ends_a_wait(void **state)
{
	struct interrupt interrupt;
	struct pollfd polled[2];
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_ok(interrupt_begin(&interrupt));
	polled[1] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	assert_false(interrupt_poll(&interrupt, polled, 2, UINT64_MAX));
	assert_int_equal(polled[0].revents, 0);
	assert_int_equal(polled[1].revents, POLLIN);
	interrupt_end(&interrupt);
	close(ends[0]);
	close(ends[1]);
}

static void a_second_signal_ends_the_program(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid) {
		struct interrupt interrupt;

		if (interrupt_begin(&interrupt))
			_exit(1);
		raise(SIGINT);
		raise(SIGINT);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
}

static void ignored_by(int number, struct sigaction *before)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(number, &ignore, before);
}

static void a_hangup_that_was_ignored_stays_so(void **state)
{
	struct interrupt interrupt;
	struct sigaction before;

	(void)state;
	ignored_by(SIGHUP, &before);
	assert_ok(interrupt_begin(&interrupt));
	raise(SIGHUP);
	assert_false(interrupt_came(&interrupt));
	interrupt_end(&interrupt);
	sigaction(SIGHUP, &before, NULL);
}

static void an_interrupt_that_was_ignored_is_taken(void **state)
{
	struct sigaction before, after;
	struct interrupt interrupt;

	(void)state;
	ignored_by(SIGINT, &before);
	assert_ok(interrupt_begin(&interrupt));
	raise(SIGINT);
	assert_true(interrupt_came(&interrupt));
	interrupt_end(&interrupt);
	sigaction(SIGINT, &before, &after);
	assert_true(after.sa_handler == SIG_IGN);
}

TEST_MAIN(TEST(each_of_the_signals_is_noted), TEST(a_wait_without_a_signal_ends_when_it_is_time),
	  TEST(a_signal_ends_a_wait), TEST(another_descriptor_ends_a_wait),
	  TEST(a_second_signal_ends_the_program), TEST(a_hangup_that_was_ignored_stays_so),
	  TEST(an_interrupt_that_was_ignored_is_taken))
