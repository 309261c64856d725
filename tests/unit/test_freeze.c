#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "child.h"
#include "kernel/freeze.h"
#include "kernel/host.h"

enum {
	COUNTING_THREADS = 8,
	MANY_THREADS = 1000,
	SMALL_STACK_BYTES = 64 * 1024,
	CHURN_ROUNDS = 30,
	CHURN_CHAINS = 4,
	SIGNAL_ROUNDS = 100,
	EXEC_ROUNDS = 30,
	EXEC_BYSTANDERS = 20,
	NO_SUCH_PID = 99999999,
	KTHREADD_PID = 2,
};

static void begin(pid_t pid, struct vmspy_freeze *freeze)
{
	assert_true(child_is_done(vmspy_freeze_begin(pid, freeze)));
}

/* ret: how many threads are in a state other than the ptrace-stop. */
static size_t count_unstopped(pid_t pid)
{
	size_t count = 0;
	char path[64];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	while ((entry = readdir(tasks)))
		count += entry->d_name[0] != '.' && child_state(atoi(entry->d_name)) != 't';
	closedir(tasks);
	return count;
}

static bool runs_on(const struct child *child)
{
	unsigned long before = atomic_load(&child->page->counter[0]);

	child_wait_until(atomic_load(&child->page->counter[0]) != before);
	return child_tracer(child->pid) == 0;
}

static void *count_up(void *counter)
{
	for (;;)
		atomic_fetch_add((atomic_ulong *)counter, 1);
	return NULL;
}

static void start_thread(void *(*body)(void *), void *data)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, SMALL_STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attributes, body, data))
		_exit(1);
}

static void count_in_threads(struct child_page *page)
{
	for (int i = 0; i < COUNTING_THREADS; i++)
		start_thread(count_up, &page->counter[i]);
	atomic_store(&page->ready, true);
	child_rest();
}

static void every_thread_stops_and_runs_on(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };
	unsigned long before[COUNTING_THREADS];

	(void)state;
	begin(child.pid, &freeze);
	assert_int_equal(freeze.count, COUNTING_THREADS + 1);
	assert_int_equal(freeze.running_count, 0);
	assert_int_equal(count_unstopped(child.pid), 0);
	for (int i = 0; i < COUNTING_THREADS; i++)
		before[i] = atomic_load(&child.page->counter[i]);
	sched_yield();
	for (int i = 0; i < COUNTING_THREADS; i++)
		assert_int_equal(atomic_load(&child.page->counter[i]), before[i]);
	assert_true(vmspy_freeze_end(&freeze) > 0);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void who_is_prepared_runs_on_until_it_is_stopped(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };
	unsigned long before;

	(void)state;
	assert_true(child_is_done(vmspy_freeze_prepare(child.pid, &freeze)));
	assert_int_not_equal(child_tracer(child.pid), 0);
	before = atomic_load(&child.page->counter[0]);
	child_wait_until(atomic_load(&child.page->counter[0]) != before);
	assert_true(child_is_done(vmspy_freeze_stop(&freeze)));
	assert_int_equal(count_unstopped(child.pid), 0);
	assert_int_equal(freeze.count, COUNTING_THREADS + 1);
	vmspy_freeze_end(&freeze);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void who_is_prepared_and_not_stopped_was_not_held(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	assert_true(child_is_done(vmspy_freeze_prepare(child.pid, &freeze)));
	assert_int_equal(vmspy_freeze_end(&freeze), 0);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void note_call(const struct vmspy_freeze *freeze, void *called)
{
	(void)freeze;
	*(bool *)called = true;
}

static void nothing_is_done_on_who_is_not_stopped_yet(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };
	bool called = false;

	(void)state;
	assert_true(child_is_done(vmspy_freeze_prepare(child.pid, &freeze)));
	vmspy_freeze_call(&freeze, note_call, &called);
	assert_false(called);
	assert_true(child_is_done(vmspy_freeze_stop(&freeze)));
	vmspy_freeze_call(&freeze, note_call, &called);
	assert_true(called);
	assert_true(vmspy_freeze_end(&freeze) > 0);
	child_end(&child);
}

static void what_is_prepared_may_end(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	assert_true(child_is_done(vmspy_freeze_prepare(child.pid, &freeze)));
	kill(child.pid, SIGKILL);
	assert_true(child_is_error(vmspy_freeze_stop(&freeze), VMSPY_ERROR_GONE, "cannot stop"));
	assert_int_equal(vmspy_freeze_end(&freeze), 0);
	/* Who traces and is the parent has waited for both. */
	assert_int_equal(waitpid(child.pid, NULL, 0), -1);
	munmap(child.page, sizeof(*child.page));
}

static void *rest(void *data)
{
	child_rest();
	return data;
}

static void rest_in_many_threads(struct child_page *page)
{
	for (int i = 0; i < MANY_THREADS; i++)
		start_thread(rest, NULL);
	atomic_store(&page->ready, true);
	child_rest();
}

static void a_thousand_threads_stop(void **state)
{
	struct child child = child_start(rest_in_many_threads);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	begin(child.pid, &freeze);
	assert_int_equal(freeze.count, MANY_THREADS + 1);
	assert_int_equal(freeze.running_count, 0);
	vmspy_freeze_end(&freeze);
	assert_int_equal(child_tracer(child.pid), 0);
	child_end(&child);
}

/* Every thread starts the next one and ends. */
static void *pass_on(void *counter)
{
	atomic_fetch_add((atomic_ulong *)counter, 1);
	start_thread(pass_on, counter);
	return NULL;
}

static void churn(struct child_page *page)
{
	for (int i = 0; i < CHURN_CHAINS; i++)
		start_thread(pass_on, &page->counter[0]);
	atomic_store(&page->ready, true);
	child_rest();
}

static void a_process_that_starts_and_ends_threads_stops(void **state)
{
	struct child child = child_start(churn);

	(void)state;
	for (int i = 0; i < CHURN_ROUNDS; i++) {
		struct vmspy_freeze freeze = { 0 };
		unsigned long before;

		begin(child.pid, &freeze);
		before = atomic_load(&child.page->counter[0]);
		assert_int_equal(freeze.running_count, 0);
		sched_yield();
		assert_int_equal(atomic_load(&child.page->counter[0]), before);
		vmspy_freeze_end(&freeze);
		assert_true(runs_on(&child));
	}
	child_end(&child);
}

static void a_stopped_process_stays_stopped(void **state)
{
	struct child child = child_start(child_count);
	struct vmspy_freeze freeze = { 0 };
	unsigned long before;

	(void)state;
	kill(child.pid, SIGSTOP);
	child_wait_until(child_state(child.pid) == 'T');
	before = atomic_load(&child.page->counter[0]);
	begin(child.pid, &freeze);
	assert_int_equal(freeze.running_count, 0);
	vmspy_freeze_end(&freeze);
	child_wait_until(child_state(child.pid) == 'T');
	assert_int_equal(child_tracer(child.pid), 0);
	assert_int_equal(atomic_load(&child.page->counter[0]), before);
	kill(child.pid, SIGCONT);
	assert_true(runs_on(&child));
	child_end(&child);
}

static struct child_page *handler_page;

static void count_signal(int signal)
{
	(void)signal;
	atomic_fetch_add(&handler_page->counter[1], 1);
}

static void count_signals(struct child_page *page)
{
	handler_page = page;
	signal(SIGUSR1, count_signal);
	child_count(page);
}

static void a_signal_on_its_way_is_delivered_once(void **state)
{
	struct child child = child_start(count_signals);
	atomic_ulong *delivered = &child.page->counter[1];

	(void)state;
	for (unsigned long i = 1; i <= SIGNAL_ROUNDS; i++) {
		struct vmspy_freeze freeze = { 0 };

		kill(child.pid, SIGUSR1);
		begin(child.pid, &freeze);
		assert_int_equal(freeze.running_count, 0);
		vmspy_freeze_end(&freeze);
		child_wait_until(atomic_load(delivered) >= i);
		assert_int_equal(atomic_load(delivered), i);
	}
	assert_true(runs_on(&child));
	assert_int_equal(atomic_load(delivered), SIGNAL_ROUNDS);
	child_end(&child);
}

static void a_signal_sent_while_held_is_delivered_once(void **state)
{
	struct child child = child_start(count_signals);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	begin(child.pid, &freeze);
	kill(child.pid, SIGUSR1);
	assert_int_equal(atomic_load(&child.page->counter[1]), 0);
	vmspy_freeze_end(&freeze);
	child_wait_until(atomic_load(&child.page->counter[1]) == 1);
	assert_true(runs_on(&child));
	assert_int_equal(atomic_load(&child.page->counter[1]), 1);
	child_end(&child);
}

static void lose_leader(struct child_page *page)
{
	start_thread(count_up, &page->counter[0]);
	atomic_store(&page->ready, true);
	syscall(SYS_exit, 0); /* the thread alone */
}

static void threads_that_outlive_their_leader_stop(void **state)
{
	struct child child = child_start(lose_leader);
	struct vmspy_freeze freeze = { 0 };
	unsigned long before;

	(void)state;
	child_wait_until(child_state(child.pid) == 'Z');
	begin(child.pid, &freeze);
	assert_int_equal(freeze.count, 1);
	assert_int_equal(freeze.running_count, 0);
	before = atomic_load(&child.page->counter[0]);
	sched_yield();
	assert_int_equal(atomic_load(&child.page->counter[0]), before);
	vmspy_freeze_end(&freeze);
	assert_true(runs_on(&child));
	child_end(&child);
}

/* The parent of a vfork waits in state D for its child, which waits for the test. */
static void wait_in_vfork(struct child_page *page)
{
	pid_t pid;

	atomic_store(&page->ready, true);
	pid = vfork();
	if (!pid) {
		while (!atomic_load(&page->go))
			sched_yield();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	child_count(page);
}

static void a_vfork_parent_is_told_after_a_bounded_wait_and_runs_on(void **state)
{
	struct child child = child_start(wait_in_vfork);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	child_wait_until(child_state(child.pid) == 'D');
	begin(child.pid, &freeze);
	assert_int_equal(freeze.count, 1);
	assert_int_equal(freeze.running_count, 1);
	vmspy_freeze_end(&freeze);
	child_wait_until(child_tracer(child.pid) == 0);
	assert_int_equal(child_state(child.pid), 'D');
	atomic_store(&child.page->go, true);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void a_vfork_parent_that_stops_while_held_runs_on(void **state)
{
	struct child child = child_start(wait_in_vfork);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	child_wait_until(child_state(child.pid) == 'D');
	begin(child.pid, &freeze);
	atomic_store(&child.page->go, true);
	child_wait_until(child_state(child.pid) == 't');
	vmspy_freeze_end(&freeze);
	assert_true(runs_on(&child));
	child_end(&child);
}

static pid_t traced_pid;

static void trace_other(struct child_page *page)
{
	prctl(PR_SET_NAME, "the\033tracer");
	if (ptrace(PTRACE_SEIZE, traced_pid, NULL, NULL))
		_exit(1);
	child_idle(page);
}

static void who_traces_already_is_named(void **state)
{
	struct child child = child_start(child_count), tracer;
	struct vmspy_freeze freeze = { 0 };
	struct vmspy_error *err;
	char pid[32];

	(void)state;
	/* Where Yama lets only ancestors trace. */
	traced_pid = child.pid;
	tracer = child_start(trace_other);
	snprintf(pid, sizeof(pid), "(pid %d)", tracer.pid);
	err = vmspy_freeze_begin(child.pid, &freeze);
	assert_non_null(err);
	assert_non_null(strstr(vmspy_error_message(err), "already traced by 'the\\x1btracer'"));
	assert_non_null(strstr(vmspy_error_message(err), "without --hold, or with --no-hold"));
	assert_true(child_is_error(err, VMSPY_ERROR_NOT_PERMITTED, pid));
	child_end(&tracer);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void what_is_no_process_is_gone(void **state)
{
	static const struct {
		pid_t pid;
		const char *message;
	} none[] = {
		{ 0, "no process '0'" },
		{ -1, "no process '-1'" },
		{ NO_SUCH_PID, "cannot stop '99999999': no such process" },
	};
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_true(child_is_error(vmspy_freeze_begin(none[i].pid, &freeze),
					   VMSPY_ERROR_GONE, none[i].message));
	assert_int_equal(vmspy_freeze_end(&freeze), 0);
}

static void we_do_not_stop_ourselves(void **state)
{
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	assert_true(child_is_error(vmspy_freeze_begin(getpid(), &freeze), VMSPY_ERROR_UNSUPPORTED,
				   "itself"));
}

static void a_kernel_thread_is_refused_by_name(void **state)
{
	struct vmspy_freeze freeze = { 0 };
	char text[CHILD_STATUS_BYTES];

	(void)state;
	if (strncmp(child_status(KTHREADD_PID, "Name", text), "kthreadd", 8))
		skip(); /* a pid namespace of its own has none */
	assert_true(child_is_error(vmspy_freeze_begin(KTHREADD_PID, &freeze),
				   VMSPY_ERROR_UNSUPPORTED, "kernel thread"));
}

static pid_t held_pid;

static void hold_other(struct child_page *page)
{
	struct vmspy_freeze freeze = { 0 };

	if (vmspy_freeze_begin(held_pid, &freeze))
		_exit(1);
	child_idle(page);
}

static void a_process_runs_on_when_its_holder_is_killed(void **state)
{
	struct child child = child_start(child_count), holder;

	(void)state;
	held_pid = child.pid;
	holder = child_start(hold_other);
	assert_int_equal(child_state(child.pid), 't');
	child_end(&holder);
	child_wait_until(child_tracer(child.pid) == 0);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void a_process_may_be_killed_while_held(void **state)
{
	struct child child = child_start(count_in_threads);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	begin(child.pid, &freeze);
	kill(child.pid, SIGKILL);
	vmspy_freeze_end(&freeze);
	child_end(&child); /* waits for it: nothing of it must be left in our hands */
}

static void *run_another_program(void *data)
{
	struct child_page *page = data;

	while (!atomic_load(&page->go))
		;
	execl("/bin/sleep", "sleep", "100", (char *)NULL);
	_exit(1);
}

static void exec_in_a_thread(struct child_page *page)
{
	/* Some are seized before the one that runs exec, some after. */
	for (int i = 0; i < EXEC_BYSTANDERS; i++)
		start_thread(rest, NULL);
	start_thread(run_another_program, page);
	for (int i = 0; i < EXEC_BYSTANDERS; i++)
		start_thread(rest, NULL);
	atomic_store(&page->ready, true);
	child_rest();
}

static void a_process_that_runs_exec_meanwhile_stops_whole(void **state)
{
	char text[CHILD_STATUS_BYTES];

	(void)state;
	for (int i = 0; i < EXEC_ROUNDS; i++) {
		struct child child = child_start(exec_in_a_thread);
		struct vmspy_freeze freeze = { 0 };

		atomic_store(&child.page->go, true);
		begin(child.pid, &freeze);
		assert_int_equal(freeze.running_count, 0);
		assert_int_equal(count_unstopped(child.pid), 0);
		vmspy_freeze_end(&freeze);
		child_wait_until(!strncmp(child_status(child.pid, "Name", text), "sleep\n", 6));
		assert_int_equal(child_tracer(child.pid), 0);
		child_wait_until(child_state(child.pid) == 'S');
		child_end(&child);
	}
}

static void *end_soon(void *data)
{
	struct child_page *page = data;

	while (!atomic_load(&page->go))
		;
	return NULL;
}

static void end_a_thread(struct child_page *page)
{
	for (int i = 0; i < COUNTING_THREADS; i++)
		start_thread(end_soon, page);
	atomic_store(&page->ready, true);
	count_up(&page->counter[0]);
}

static void threads_may_end_while_they_are_stopped(void **state)
{
	(void)state;
	for (int i = 0; i < EXEC_ROUNDS; i++) {
		struct child child = child_start(end_a_thread);
		struct vmspy_freeze freeze = { 0 };

		atomic_store(&child.page->go, true);
		begin(child.pid, &freeze);
		assert_int_equal(freeze.running_count, 0);
		vmspy_freeze_end(&freeze);
		assert_true(runs_on(&child));
		child_end(&child);
	}
}

static bool is_refused_as_foreign(const void *data)
{
	struct vmspy_freeze freeze = { 0 };

	return child_drop_rights() &&
	       child_is_error(vmspy_freeze_begin(*(const pid_t *)data, &freeze),
			      VMSPY_ERROR_NOT_PERMITTED,
			      "it belongs to uid 0: needs CAP_SYS_PTRACE (run with sudo)");
}

static void a_foreign_process_is_refused_with_the_remedy(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = child_start(child_idle);
	assert_true(child_holds(is_refused_as_foreign, &child.pid));
	child_end(&child);
}

static void be_undumpable(struct child_page *page)
{
	if (!child_drop_rights() || prctl(PR_SET_DUMPABLE, 0))
		_exit(1);
	child_idle(page);
}

static bool is_refused_as_undumpable(const void *data)
{
	struct vmspy_freeze freeze = { 0 };

	return child_drop_rights() &&
	       child_is_error(vmspy_freeze_begin(*(const pid_t *)data, &freeze),
			      VMSPY_ERROR_NOT_PERMITTED, "not dumpable");
}

static void an_undumpable_process_is_refused_with_the_reason(void **state)
{
	struct child child = child_start(be_undumpable);

	(void)state;
	assert_true(child_holds(is_refused_as_undumpable, &child.pid));
	child_end(&child);
}

static void ending_twice_or_nothing_is_allowed(void **state)
{
	struct child child = child_start(child_count);
	struct vmspy_freeze freeze = { 0 };

	(void)state;
	assert_int_equal(vmspy_freeze_end(&freeze), 0);
	begin(child.pid, &freeze);
	assert_true(vmspy_freeze_end(&freeze) > 0);
	assert_int_equal(vmspy_freeze_end(&freeze), 0);
	vmspy_freeze_deinit(&freeze);
	assert_true(runs_on(&child));
	child_end(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_thread_stops_and_runs_on),
		cmocka_unit_test(who_is_prepared_runs_on_until_it_is_stopped),
		cmocka_unit_test(who_is_prepared_and_not_stopped_was_not_held),
		cmocka_unit_test(nothing_is_done_on_who_is_not_stopped_yet),
		cmocka_unit_test(what_is_prepared_may_end),
		cmocka_unit_test(a_thousand_threads_stop),
		cmocka_unit_test(a_process_that_starts_and_ends_threads_stops),
		cmocka_unit_test(a_stopped_process_stays_stopped),
		cmocka_unit_test(a_signal_on_its_way_is_delivered_once),
		cmocka_unit_test(a_signal_sent_while_held_is_delivered_once),
		cmocka_unit_test(threads_that_outlive_their_leader_stop),
		cmocka_unit_test(a_vfork_parent_is_told_after_a_bounded_wait_and_runs_on),
		cmocka_unit_test(a_vfork_parent_that_stops_while_held_runs_on),
		cmocka_unit_test(who_traces_already_is_named),
		cmocka_unit_test(what_is_no_process_is_gone),
		cmocka_unit_test(we_do_not_stop_ourselves),
		cmocka_unit_test(a_kernel_thread_is_refused_by_name),
		cmocka_unit_test(a_process_runs_on_when_its_holder_is_killed),
		cmocka_unit_test(a_process_may_be_killed_while_held),
		cmocka_unit_test(a_process_that_runs_exec_meanwhile_stops_whole),
		cmocka_unit_test(threads_may_end_while_they_are_stopped),
		cmocka_unit_test(a_foreign_process_is_refused_with_the_remedy),
		cmocka_unit_test(an_undumpable_process_is_refused_with_the_reason),
		cmocka_unit_test(ending_twice_or_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
