#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include "child.h"
#include "kernel/follow.h"

enum {
	SMALL_STACK_BYTES = 64 * 1024,
	HEARD_MAX = 65536,
	BYSTANDERS = 8,
	CHURN_CHAINS = 4,
	CHURN_THREADS = 500,
	FORKS = 300,
	END_ROUNDS = 200,
	SIGNAL_ROUNDS = 50,
	KILL_ROUNDS = 20,
	LOST = CHILD_COUNTERS - 1, /* a counter */
	EXEC_ROUNDS = 30,
	EXEC_BYSTANDERS = 20,
	REAL_TIME_SIGNALS = 20,
	NO_SUCH_PID = 99999999,
	STATUS_OF_CHILD = 7,
};

/* --- what was heard ------------------------------------------------------------------------ */

struct heard {
	struct vmspy_follow_event event;
	char state;        /* of the thread that is said to be stopped */
	char parent_state; /* of BORN: of its maker, if it has one thread */
	char reason[256];
};

struct log {
	pthread_mutex_t lock;
	size_t count;
	struct heard heard[HEARD_MAX];
};

static void hear(void *context, const struct vmspy_follow_event *event)
{
	struct log *log = context;
	struct heard heard = { .event = *event };

	heard.state = event->tid ? child_state(event->tid) : '\0';
	if (event->kind == VMSPY_FOLLOW_BORN)
		heard.parent_state = child_state(event->parent_pid);
	if (event->kind == VMSPY_FOLLOW_REFUSED)
		snprintf(heard.reason, sizeof(heard.reason), "%s", event->reason);
	pthread_mutex_lock(&log->lock);
	if (log->count < HEARD_MAX)
		log->heard[log->count++] = heard;
	pthread_mutex_unlock(&log->lock);
}

static struct log *log_create(void)
{
	struct log *log = calloc(1, sizeof(*log));

	assert_non_null(log);
	pthread_mutex_init(&log->lock, NULL);
	return log;
}

static void log_destroy(struct log *log)
{
	pthread_mutex_destroy(&log->lock);
	free(log);
}

/* ret: how many events of this kind there were; of this process, if pid is not 0. */
static size_t count_heard(struct log *log, enum vmspy_follow_kind kind, pid_t pid)
{
	size_t count = 0;

	pthread_mutex_lock(&log->lock);
	for (size_t i = 0; i < log->count; i++)
		count += log->heard[i].event.kind == kind &&
			 (!pid || log->heard[i].event.pid == pid);
	pthread_mutex_unlock(&log->lock);
	return count;
}

/* ret: the index-th event of this process. Waits for it. */
static struct heard wait_heard(struct log *log, pid_t pid, size_t index)
{
	struct heard found = { 0 };
	bool is_there = false;

	child_wait_until(({
		size_t seen = 0;

		pthread_mutex_lock(&log->lock);
		for (size_t i = 0; i < log->count && !is_there; i++) {
			if (log->heard[i].event.pid != pid || seen++ != index)
				continue;
			found = log->heard[i];
			is_there = true;
		}
		pthread_mutex_unlock(&log->lock);
		is_there;
	}));
	return found;
}

static void assert_heard(struct log *log, pid_t pid, size_t index, enum vmspy_follow_kind kind)
{
	assert_int_equal(wait_heard(log, pid, index).event.kind, kind);
}

/* --- following ----------------------------------------------------------------------------- */

static struct vmspy_follow *follow(pid_t pid, unsigned depth_max, struct log *log)
{
	struct vmspy_follow_options options = {
		.pid = pid, .depth_max = depth_max, .happened = hear, .context = log
	};
	struct vmspy_follow *follow = NULL;

	assert_true(child_is_done(vmspy_follow_begin(&options, &follow)));
	return follow;
}

/* Its end is taken by who follows it: we are its parent and its tracer. */
static void kill_followed(const struct child *child, struct log *log)
{
	kill(child->pid, SIGKILL);
	child_wait_until(count_heard(log, VMSPY_FOLLOW_ENDED, child->pid) == 1);
	munmap(child->page, sizeof(*child->page));
}

static bool runs_on(const struct child *child)
{
	unsigned long before = atomic_load(&child->page->counter[0]);

	child_wait_until(atomic_load(&child->page->counter[0]) != before);
	return child_tracer(child->pid) == 0;
}

static void wait_for_go(struct child_page *page)
{
	while (!atomic_load(&page->go))
		sched_yield();
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
	pthread_attr_destroy(&attributes);
}

static void *rest(void *data)
{
	child_rest();
	return data;
}

/* --- births -------------------------------------------------------------------------------- */

static pid_t make_by_fork(void)
{
	return fork();
}

static pid_t make_by_clone(void)
{
	return (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
}

static void make(struct child_page *page, pid_t (*maker)(void))
{
	pid_t pid;

	atomic_store(&page->ready, true);
	wait_for_go(page);
	pid = maker();
	if (!pid)
		_exit(STATUS_OF_CHILD);
	atomic_store(&page->tid, pid);
	waitpid(pid, NULL, __WALL);
	child_rest();
}

static void fork_once(struct child_page *page)
{
	make(page, make_by_fork);
}

static void clone_once(struct child_page *page)
{
	make(page, make_by_clone);
}

static void vfork_once(struct child_page *page)
{
	pid_t pid;

	atomic_store(&page->ready, true);
	wait_for_go(page);
	pid = vfork();
	if (!pid)
		_exit(STATUS_OF_CHILD);
	atomic_store(&page->tid, pid);
	waitpid(pid, NULL, 0);
	child_rest();
}

static void each_way_to_make_a_process_is_told(void **state)
{
	static void (*const bodies[])(struct child_page *) = { fork_once, vfork_once, clone_once };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct child child = child_start(bodies[i]);
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);
		struct heard heard = wait_heard(log, child.pid, 0);
		pid_t pid;

		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ATTACHED);
		assert_int_equal(heard.event.depth, 0);
		assert_int_equal(heard.event.parent_pid, getpid());
		assert_int_equal(heard.event.thread_count, 1);
		assert_int_equal(heard.state, 't');
		atomic_store(&child.page->go, true);
		child_wait_until((pid = atomic_load(&child.page->tid)));
		heard = wait_heard(log, pid, 0);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_BORN);
		assert_int_equal(heard.event.parent_pid, child.pid);
		assert_int_equal(heard.event.depth, 1);
		assert_int_equal(heard.state, 't');
		assert_int_equal(heard.parent_state, 't');
		heard = wait_heard(log, pid, 1);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_LEAVING);
		assert_int_equal(heard.state, 't');
		heard = wait_heard(log, pid, 2);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ENDED);
		assert_int_equal(WEXITSTATUS(heard.event.status), STATUS_OF_CHILD);
		vmspy_follow_end(following);
		assert_int_equal(child_tracer(child.pid), 0);
		assert_int_equal(count_heard(log, VMSPY_FOLLOW_NONE_LEFT, 0), 0);
		log_destroy(log);
		child_end(&child);
	}
}

static void make_a_grandchild(struct child_page *page)
{
	pid_t pid;

	atomic_store(&page->ready, true);
	wait_for_go(page);
	pid = fork();
	if (!pid) {
		pid_t grandchild = fork();

		if (!grandchild)
			child_count(page);
		atomic_store(&page->tid, grandchild);
		child_rest();
	}
	atomic_store(&page->counter[1], (unsigned long)pid);
	child_rest();
}

static pid_t wait_for_pid(atomic_int *pid)
{
	child_wait_until(atomic_load(pid));
	return atomic_load(pid);
}

static void a_grandchild_is_told_with_its_parent_and_depth(void **state)
{
	struct child child = child_start(make_a_grandchild);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);
	struct heard heard;
	pid_t pid;

	(void)state;
	atomic_store(&child.page->go, true);
	pid = wait_for_pid(&child.page->tid);
	heard = wait_heard(log, pid, 0);
	assert_int_equal(heard.event.kind, VMSPY_FOLLOW_BORN);
	assert_int_equal(heard.event.depth, 2);
	child_wait_until(atomic_load(&child.page->counter[1]));
	assert_int_equal(heard.event.parent_pid, atomic_load(&child.page->counter[1]));
	assert_int_equal(child_tracer(pid) != 0, true);
	vmspy_follow_end(following);
	assert_true(runs_on(&child));
	assert_int_equal(child_tracer(pid), 0);
	log_destroy(log);
	kill(pid, SIGKILL);
	kill((pid_t)atomic_load(&child.page->counter[1]), SIGKILL);
	child_end(&child);
}

static void depth_zero_leaves_children_alone(void **state)
{
	static void (*const bodies[])(struct child_page *) = { fork_once, vfork_once, clone_once };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct child child = child_start(bodies[i]);
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, 0, log);
		pid_t pid;

		atomic_store(&child.page->go, true);
		pid = wait_for_pid(&child.page->tid);
		child_wait_until(!child_state(pid));
		kill_followed(&child, log);
		child_wait_until(count_heard(log, VMSPY_FOLLOW_NONE_LEFT, 0));
		vmspy_follow_end(following);
		for (size_t j = 0; j < log->count - 1; j++)
			assert_int_equal(log->heard[j].event.pid, child.pid);
		log_destroy(log);
	}
}

static void depth_one_leaves_grandchildren_alone(void **state)
{
	struct child child = child_start(make_a_grandchild);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, 1, log);
	pid_t pid, middle;

	(void)state;
	atomic_store(&child.page->go, true);
	pid = wait_for_pid(&child.page->tid);
	child_wait_until((middle = (pid_t)atomic_load(&child.page->counter[1])));
	assert_heard(log, middle, 0, VMSPY_FOLLOW_BORN);
	runs_on(&child); /* the grandchild counts */
	assert_int_equal(child_tracer(pid), 0);
	assert_true(child_tracer(middle) != 0);
	vmspy_follow_end(following);
	for (size_t i = 0; i < log->count; i++)
		assert_true(log->heard[i].event.pid != pid);
	log_destroy(log);
	kill(pid, SIGKILL);
	kill(middle, SIGKILL);
	child_end(&child);
}

/* --- those that were there before ---------------------------------------------------------- */

static void have_descendants(struct child_page *page)
{
	pid_t pid = fork();

	if (!pid) {
		pid_t grandchild = fork();

		while (!grandchild)
			atomic_fetch_add(&page->counter[0], 1);
		atomic_store(&page->tid, grandchild);
		child_rest();
	}
	atomic_store(&page->counter[1], (unsigned long)pid);
	while (!atomic_load(&page->tid))
		sched_yield();
	child_idle(page);
}

static void end_descendants(struct child *child)
{
	kill(atomic_load(&child->page->tid), SIGKILL);
	kill((pid_t)atomic_load(&child->page->counter[1]), SIGKILL);
	child_end(child);
}

static void descendants_that_were_there_before_are_followed(void **state)
{
	struct child child = child_start(have_descendants);
	pid_t pids[] = { child.pid, (pid_t)atomic_load(&child.page->counter[1]),
			 atomic_load(&child.page->tid) };
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

	(void)state;
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++) {
		struct heard heard = wait_heard(log, pids[i], 0);

		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ATTACHED);
		assert_int_equal(heard.event.depth, i);
		assert_int_equal(heard.event.parent_pid, i ? pids[i - 1] : getpid());
		assert_int_equal(heard.state, 't');
		assert_true(child_tracer(pids[i]) != 0);
	}
	assert_int_equal(log->count, 3);
	vmspy_follow_end(following);
	assert_true(runs_on(&child));
	for (size_t i = 0; i < sizeof(pids) / sizeof(pids[0]); i++)
		assert_int_equal(child_tracer(pids[i]), 0);
	log_destroy(log);
	end_descendants(&child);
}

static void descendants_beyond_the_depth_are_left(void **state)
{
	struct child child = child_start(have_descendants);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, 1, log);

	(void)state;
	assert_int_equal(log->count, 2);
	assert_int_equal(child_tracer(atomic_load(&child.page->tid)), 0);
	vmspy_follow_end(following);
	log_destroy(log);
	end_descendants(&child);
}

static pid_t traced_pid;

static void trace_other(struct child_page *page)
{
	prctl(PR_SET_NAME, "the\033tracer");
	if (ptrace(PTRACE_SEIZE, traced_pid, NULL, NULL))
		_exit(1);
	child_idle(page);
}

static void a_descendant_that_is_traced_is_refused_and_its_children_are_not(void **state)
{
	struct child child = child_start(have_descendants), tracer;
	struct log *log = log_create();
	struct vmspy_follow *following;
	struct heard heard;

	(void)state;
	traced_pid = (pid_t)atomic_load(&child.page->counter[1]);
	tracer = child_start(trace_other);
	following = follow(child.pid, UINT_MAX, log);
	heard = wait_heard(log, traced_pid, 0);
	assert_int_equal(heard.event.kind, VMSPY_FOLLOW_REFUSED);
	assert_int_equal(heard.event.depth, 1);
	assert_int_equal(heard.event.parent_pid, child.pid);
	assert_non_null(strstr(heard.reason, "already traced by 'the\\x1btracer'"));
	heard = wait_heard(log, atomic_load(&child.page->tid), 0);
	assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ATTACHED);
	assert_int_equal(heard.event.depth, 2);
	assert_int_equal(child_tracer(traced_pid), tracer.pid);
	vmspy_follow_end(following);
	assert_int_equal(child_tracer(traced_pid), tracer.pid);
	assert_true(runs_on(&child));
	log_destroy(log);
	child_end(&tracer);
	end_descendants(&child);
}

static void a_target_that_is_traced_is_refused_with_the_name_of_its_tracer(void **state)
{
	struct child child = child_start(child_count), tracer;
	struct log *log = log_create();
	struct vmspy_follow_options options = { .pid = child.pid,
						.happened = hear,
						.context = log };
	struct vmspy_follow *following = NULL;

	(void)state;
	traced_pid = child.pid;
	tracer = child_start(trace_other);
	assert_true(child_is_error(vmspy_follow_begin(&options, &following),
				   VMSPY_ERROR_NOT_PERMITTED,
				   "already traced by 'the\\x1btracer'"));
	assert_null(following);
	assert_int_equal(log->count, 0);
	assert_int_equal(child_tracer(child.pid), tracer.pid);
	log_destroy(log);
	child_end(&tracer);
	assert_true(runs_on(&child));
	child_end(&child);
}

static void what_cannot_be_followed_is_an_error(void **state)
{
	const struct {
		pid_t pid;
		enum vmspy_error_kind kind;
		const char *message;
	} none[] = {
		{ 0, VMSPY_ERROR_GONE, "no process '0'" },
		{ -1, VMSPY_ERROR_GONE, "no process '-1'" },
		{ NO_SUCH_PID, VMSPY_ERROR_GONE, "no such process" },
		{ getpid(), VMSPY_ERROR_UNSUPPORTED, "itself" },
	};
	struct log *log = log_create();
	struct vmspy_follow *following;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct vmspy_follow_options options = { .pid = none[i].pid,
							.happened = hear,
							.context = log };

		assert_true(child_is_error(vmspy_follow_begin(&options, &following), none[i].kind,
					   none[i].message));
	}
	assert_int_equal(log->count, 0);
	log_destroy(log);
	vmspy_follow_end(NULL);
}

/* Who follows is a descendant of the target: the shell that it was started from, say. */
static bool follows_its_own_parent(const void *data)
{
	struct log *log = log_create();
	struct vmspy_follow *following = follow(*(const pid_t *)data, UINT_MAX, log);
	struct heard heard = wait_heard(log, getpid(), 0);
	bool is_well = heard.event.kind == VMSPY_FOLLOW_REFUSED && strstr(heard.reason, "itself") &&
		       wait_heard(log, *(const pid_t *)data, 0).event.kind == VMSPY_FOLLOW_ATTACHED;

	vmspy_follow_end(following);
	log_destroy(log);
	return is_well;
}

static void have_a_follower(struct child_page *page)
{
	pid_t self = getpid();

	if (child_holds(follows_its_own_parent, &self))
		child_count(page);
	_exit(1);
}

static void the_program_itself_is_refused_as_a_descendant(void **state)
{
	struct child child = child_start(have_a_follower);

	(void)state;
	assert_true(runs_on(&child));
	child_end(&child);
}

/* --- exec and the end ---------------------------------------------------------------------- */

static void *run_another_program(void *data)
{
	wait_for_go(data);
	execl("/bin/sleep", "sleep", "100", (char *)NULL);
	_exit(1);
}

static void exec_by_leader(struct child_page *page)
{
	for (int i = 0; i < BYSTANDERS; i++)
		start_thread(rest, NULL);
	atomic_store(&page->ready, true);
	run_another_program(page);
}

static void exec_by_thread(struct child_page *page)
{
	for (int i = 0; i < BYSTANDERS; i++)
		start_thread(rest, NULL);
	start_thread(run_another_program, page);
	atomic_store(&page->ready, true);
	child_rest();
}

static void *exit_alone(void *data)
{
	syscall(SYS_exit, 0);
	return data;
}

static void exec_without_leader(struct child_page *page)
{
	start_thread(run_another_program, page);
	atomic_store(&page->ready, true);
	exit_alone(NULL);
}

static void exec_by_any_thread_is_told_of_the_process(void **state)
{
	static void (*const bodies[])(struct child_page *) = { exec_by_leader, exec_by_thread,
							       exec_without_leader };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct child child = child_start(bodies[i]);
		struct log *log = log_create();
		struct vmspy_follow *following;
		struct heard heard;

		if (bodies[i] == exec_without_leader)
			child_wait_until(child_state(child.pid) == 'Z');
		following = follow(child.pid, UINT_MAX, log);
		atomic_store(&child.page->go, true);
		assert_heard(log, child.pid, 0, VMSPY_FOLLOW_ATTACHED);
		heard = wait_heard(log, child.pid, 1);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_EXEC);
		assert_int_equal(heard.event.tid, child.pid);
		assert_int_equal(heard.state, 't');
		child_wait_until(child_state(child.pid) == 'S');
		kill_followed(&child, log);
		assert_heard(log, child.pid, 2, VMSPY_FOLLOW_LEAVING);
		heard = wait_heard(log, child.pid, 3);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ENDED);
		assert_int_equal(heard.event.status, SIGKILL);
		assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
		vmspy_follow_end(following);
		assert_int_equal(log->count, 5);
		log_destroy(log);
	}
}

static void end_with_threads(struct child_page *page)
{
	for (int i = 0; i < BYSTANDERS; i++)
		start_thread(rest, NULL);
	atomic_store(&page->ready, true);
	wait_for_go(page);
	_exit(STATUS_OF_CHILD);
}

static void *end_of_all(void *data)
{
	wait_for_go(data);
	_exit(STATUS_OF_CHILD);
}

static void end_without_leader(struct child_page *page)
{
	start_thread(end_of_all, page);
	atomic_store(&page->ready, true);
	exit_alone(NULL);
}

static void the_end_of_a_process_is_told_once_with_its_status(void **state)
{
	static void (*const bodies[])(struct child_page *) = { end_with_threads,
							       end_without_leader };

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct child child = child_start(bodies[i]);
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);
		struct heard heard;

		atomic_store(&child.page->go, true);
		assert_heard(log, child.pid, 0, VMSPY_FOLLOW_ATTACHED);
		heard = wait_heard(log, child.pid, 1);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_LEAVING);
		assert_int_equal(heard.state, 't');
		heard = wait_heard(log, child.pid, 2);
		assert_int_equal(heard.event.kind, VMSPY_FOLLOW_ENDED);
		assert_int_equal(WEXITSTATUS(heard.event.status), STATUS_OF_CHILD);
		assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
		vmspy_follow_end(following);
		assert_int_equal(log->count, 4);
		munmap(child.page, sizeof(*child.page));
		log_destroy(log);
	}
}

static void a_process_that_lost_its_leader_before_is_told_to_its_end(void **state)
{
	struct child child = child_start(end_without_leader);
	struct log *log = log_create();
	struct vmspy_follow *following;

	(void)state;
	child_wait_until(child_state(child.pid) == 'Z');
	following = follow(child.pid, UINT_MAX, log);
	assert_int_equal(wait_heard(log, child.pid, 0).event.thread_count, 1);
	atomic_store(&child.page->go, true);
	assert_heard(log, child.pid, 1, VMSPY_FOLLOW_LEAVING);
	assert_heard(log, child.pid, 2, VMSPY_FOLLOW_ENDED);
	assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
	vmspy_follow_end(following);
	log_destroy(log);
	child_end(&child);
}

/* --- signals ------------------------------------------------------------------------------- */

static struct child_page *handler_page;

static void note_value(int signal, siginfo_t *info, void *context)
{
	unsigned long count = atomic_fetch_add(&handler_page->counter[1], 1);

	(void)signal;
	(void)context;
	if (count + 2 < LOST)
		atomic_store(&handler_page->counter[count + 2],
			     (unsigned long)info->si_value.sival_int);
}

static void take_signals(struct child_page *page)
{
	struct sigaction action = { .sa_sigaction = note_value, .sa_flags = SA_SIGINFO };

	handler_page = page;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	child_count(page);
}

static void a_signal_arrives_once_with_its_value(void **state)
{
	struct child child = child_start(take_signals);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

	(void)state;
	assert_int_equal(sigqueue(child.pid, SIGUSR1, (union sigval){ .sival_int = 4711 }), 0);
	child_wait_until(atomic_load(&child.page->counter[1]) == 1);
	assert_int_equal(atomic_load(&child.page->counter[2]), 4711);
	vmspy_follow_end(following);
	assert_true(runs_on(&child));
	assert_int_equal(atomic_load(&child.page->counter[1]), 1);
	assert_int_equal(log->count, 1);
	log_destroy(log);
	child_end(&child);
}

static void real_time_signals_arrive_in_order(void **state)
{
	struct child child = child_start(take_signals);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

	(void)state;
	for (int i = 0; i < REAL_TIME_SIGNALS; i++)
		assert_int_equal(sigqueue(child.pid, SIGRTMIN, (union sigval){ .sival_int = i }),
				 0);
	child_wait_until(atomic_load(&child.page->counter[1]) == REAL_TIME_SIGNALS);
	for (int i = 0; i < REAL_TIME_SIGNALS; i++)
		assert_int_equal(atomic_load(&child.page->counter[i + 2]), i);
	vmspy_follow_end(following);
	log_destroy(log);
	child_end(&child);
}

static void a_signal_on_its_way_at_the_end_arrives_once(void **state)
{
	struct child child = child_start(take_signals);

	(void)state;
	for (unsigned long i = 1; i <= SIGNAL_ROUNDS; i++) {
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

		kill(child.pid, SIGUSR1);
		vmspy_follow_end(following);
		child_wait_until(atomic_load(&child.page->counter[1]) >= i);
		assert_true(runs_on(&child));
		assert_int_equal(atomic_load(&child.page->counter[1]), i);
		log_destroy(log);
	}
	child_end(&child);
}

/*
 * Its child counts, and it notes what it hears of it: stops in counter[1], continues in [2],
 * its end in [3].
 */
static void watch_a_child(struct child_page *page)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		for (int i = 0; i < BYSTANDERS; i++)
			start_thread(rest, NULL);
		child_count(page);
	}
	atomic_store(&page->tid, pid);
	while (waitpid(pid, &status, WUNTRACED | WCONTINUED) == pid) {
		atomic_fetch_add(&page->counter[1],
				 WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		atomic_fetch_add(&page->counter[2], WIFCONTINUED(status));
		atomic_fetch_add(&page->counter[3],
				 WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		atomic_fetch_add(&page->counter[4], 1);
	}
	child_rest();
}

static bool stands_still(const struct child *child)
{
	unsigned long before = atomic_load(&child->page->counter[0]);

	for (int i = 0; i < 10; i++)
		sched_yield();
	return atomic_load(&child->page->counter[0]) == before;
}

static void a_parent_sees_its_child_stop_and_continue_as_ever(void **state)
{
	struct child child = child_start(watch_a_child);
	pid_t pid = wait_for_pid(&child.page->tid);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(pid, UINT_MAX, log);

	(void)state;
	for (unsigned long i = 1; i <= 3; i++) {
		kill(pid, SIGSTOP);
		child_wait_until(atomic_load(&child.page->counter[1]) == i);
		assert_true(stands_still(&child));
		kill(pid, SIGCONT);
		child_wait_until(atomic_load(&child.page->counter[2]) == i);
		runs_on(&child);
	}
	kill(pid, SIGKILL);
	child_wait_until(atomic_load(&child.page->counter[3]) == 1);
	assert_int_equal(atomic_load(&child.page->counter[4]), 7);
	assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
	assert_int_equal(wait_heard(log, pid, 2).event.status, SIGKILL);
	vmspy_follow_end(following);
	log_destroy(log);
	child_end(&child);
}

static void a_process_that_was_stopped_before_stays_so_and_is_continued_by_others(void **state)
{
	struct child child = child_start(watch_a_child);
	pid_t pid = wait_for_pid(&child.page->tid);
	struct log *log = log_create();
	struct vmspy_follow *following;

	(void)state;
	kill(pid, SIGSTOP);
	child_wait_until(atomic_load(&child.page->counter[1]) == 1);
	following = follow(pid, UINT_MAX, log);
	assert_true(stands_still(&child));
	kill(pid, SIGCONT);
	child_wait_until(atomic_load(&child.page->counter[2]) == 1);
	runs_on(&child);
	assert_int_equal(atomic_load(&child.page->counter[1]), 1);
	vmspy_follow_end(following);
	log_destroy(log);
	kill(pid, SIGKILL);
	child_end(&child);
}

static void a_process_that_is_stopped_at_the_end_stays_so(void **state)
{
	struct child child = child_start(watch_a_child);
	pid_t pid = wait_for_pid(&child.page->tid);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(pid, UINT_MAX, log);

	(void)state;
	kill(pid, SIGSTOP);
	child_wait_until(atomic_load(&child.page->counter[1]) == 1);
	child_wait_until(child_state(pid) == 't');
	vmspy_follow_end(following);
	assert_int_equal(child_tracer(pid), 0);
	child_wait_until(child_state(pid) == 'T');
	assert_true(stands_still(&child));
	kill(pid, SIGCONT);
	child_wait_until(atomic_load(&child.page->counter[2]) == 1);
	assert_true(runs_on(&child));
	log_destroy(log);
	kill(pid, SIGKILL);
	child_end(&child);
}

/* --- vfork --------------------------------------------------------------------------------- */

/* The parent of a vfork waits in state D for its child, which waits for the test. */
static void wait_in_vfork(struct child_page *page)
{
	pid_t pid;

	atomic_store(&page->ready, true);
	pid = vfork();
	if (!pid) {
		atomic_store(&page->tid, (pid_t)syscall(SYS_getpid));
		wait_for_go(page);
		_exit(STATUS_OF_CHILD);
	}
	waitpid(pid, NULL, 0);
	child_count(page);
}

static void a_vfork_parent_and_its_child_are_followed(void **state)
{
	struct child child = child_start(wait_in_vfork);
	struct log *log = log_create();
	struct vmspy_follow *following;
	pid_t pid;

	(void)state;
	child_wait_until(child_state(child.pid) == 'D');
	pid = wait_for_pid(&child.page->tid);
	following = follow(child.pid, UINT_MAX, log);
	assert_heard(log, child.pid, 0, VMSPY_FOLLOW_ATTACHED);
	assert_heard(log, pid, 0, VMSPY_FOLLOW_ATTACHED);
	atomic_store(&child.page->go, true);
	assert_heard(log, pid, 1, VMSPY_FOLLOW_LEAVING);
	assert_heard(log, pid, 2, VMSPY_FOLLOW_ENDED);
	runs_on(&child);
	kill_followed(&child, log);
	assert_heard(log, child.pid, 1, VMSPY_FOLLOW_LEAVING);
	assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
	vmspy_follow_end(following);
	log_destroy(log);
}

static void a_vfork_parent_runs_on_after_the_end(void **state)
{
	struct child child = child_start(wait_in_vfork);
	struct log *log = log_create();
	struct vmspy_follow *following;

	(void)state;
	child_wait_until(child_state(child.pid) == 'D');
	following = follow(child.pid, 0, log);
	vmspy_follow_end(following);
	assert_int_equal(child_tracer(child.pid), 0);
	assert_int_equal(child_state(child.pid), 'D');
	atomic_store(&child.page->go, true);
	assert_true(runs_on(&child));
	log_destroy(log);
	child_end(&child);
}

/* --- many, fast, at any moment ------------------------------------------------------------- */

static void fork_many(struct child_page *page)
{
	atomic_store(&page->ready, true);
	wait_for_go(page);
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0)
			_exit(1);
		if (i % 2)
			waitpid(pid, NULL, 0);
	}
	_exit(STATUS_OF_CHILD);
}

static void every_one_of_many_forks_is_told(void **state)
{
	struct child child = child_start(fork_many);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

	(void)state;
	atomic_store(&child.page->go, true);
	assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
	vmspy_follow_end(following);
	assert_int_equal(count_heard(log, VMSPY_FOLLOW_BORN, 0), FORKS);
	assert_int_equal(count_heard(log, VMSPY_FOLLOW_LEAVING, 0), FORKS + 1);
	assert_int_equal(count_heard(log, VMSPY_FOLLOW_ENDED, 0), FORKS + 1);
	for (size_t i = 0; i < log->count; i++)
		if (log->heard[i].event.kind == VMSPY_FOLLOW_BORN) {
			assert_int_equal(log->heard[i].event.parent_pid, child.pid);
			assert_int_equal(log->heard[i].state, 't');
			assert_int_equal(log->heard[i].parent_state, 't');
		}
	assert_int_equal(log->count, 3 * FORKS + 4);
	log_destroy(log);
	munmap(child.page, sizeof(*child.page));
}

static void *fork_for_ever(void *data)
{
	struct child_page *page = data;

	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid > 0 && waitpid(pid, NULL, 0) != pid)
			_exit(1);
		atomic_fetch_add(&page->counter[0], 1);
	}
	return NULL;
}

static void fork_in_threads(struct child_page *page)
{
	start_thread(fork_for_ever, page);
	atomic_store(&page->ready, true);
	fork_for_ever(page);
}

/* ret: whether no thread and no child of a process is stopped for a tracer or has one. */
static bool is_free(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	bool free = true;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks)))
		free &= entry->d_name[0] == '.' || !child_tracer(atoi(entry->d_name));
	if (tasks)
		closedir(tasks);
	return free;
}

static void following_may_end_at_any_moment(void **state)
{
	struct child child = child_start(fork_in_threads);

	(void)state;
	for (int i = 0; i < END_ROUNDS; i++) {
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

		/* From nothing to some hundred events of it. */
		child_wait_until(log->count >= (size_t)i % 50);
		vmspy_follow_end(following);
		assert_true(is_free(child.pid));
		assert_true(runs_on(&child));
		log_destroy(log);
	}
	child_end(&child);
}

/* Every thread starts the next one and ends. */
static void *pass_on(void *data)
{
	struct child_page *page = data;

	if (atomic_fetch_add(&page->counter[0], 1) < CHURN_THREADS)
		start_thread(pass_on, data);
	return NULL;
}

static void churn(struct child_page *page)
{
	atomic_store(&page->ready, true);
	wait_for_go(page);
	for (int i = 0; i < CHURN_CHAINS; i++)
		start_thread(pass_on, page);
	while (atomic_load(&page->counter[0]) < CHURN_THREADS)
		sched_yield();
	_exit(STATUS_OF_CHILD);
}

static void threads_come_and_go_and_nothing_is_told_of_them(void **state)
{
	struct child child = child_start(churn);
	struct log *log = log_create();
	struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

	(void)state;
	atomic_store(&child.page->go, true);
	assert_heard(log, child.pid, 0, VMSPY_FOLLOW_ATTACHED);
	assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
	vmspy_follow_end(following);
	assert_int_equal(count_heard(log, VMSPY_FOLLOW_ENDED, child.pid), 1);
	/* Those that leave alone when all are ended do not stop. */
	assert_true(count_heard(log, VMSPY_FOLLOW_LEAVING, child.pid) <= 1);
	assert_int_equal(log->count, 3 + count_heard(log, VMSPY_FOLLOW_LEAVING, child.pid));
	log_destroy(log);
	munmap(child.page, sizeof(*child.page));
}

static void *pass_on_for_ever(void *data)
{
	struct child_page *page = data;

	atomic_fetch_add(&page->counter[0], 1);
	start_thread(pass_on_for_ever, data);
	return NULL;
}

static void churn_for_ever(struct child_page *page)
{
	for (int i = 0; i < CHURN_CHAINS; i++)
		start_thread(pass_on_for_ever, page);
	child_idle(page);
}

static void a_process_whose_threads_come_and_go_is_attached_to_and_left(void **state)
{
	struct child child = child_start(churn_for_ever);

	(void)state;
	for (int i = 0; i < EXEC_ROUNDS; i++) {
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

		runs_on(&child);
		vmspy_follow_end(following);
		assert_true(is_free(child.pid));
		assert_int_equal(log->count, 1);
		log_destroy(log);
	}
	assert_true(runs_on(&child));
	child_end(&child);
}

static void exec_in_a_crowd(struct child_page *page)
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

static void a_process_that_runs_exec_while_it_is_attached_to_is_followed(void **state)
{
	char text[CHILD_STATUS_BYTES];

	(void)state;
	for (int i = 0; i < EXEC_ROUNDS; i++) {
		struct child child = child_start(exec_in_a_crowd);
		struct log *log = log_create();
		struct vmspy_follow *following;

		atomic_store(&child.page->go, true);
		following = follow(child.pid, UINT_MAX, log);
		child_wait_until(!strncmp(child_status(child.pid, "Name", text), "sleep\n", 6));
		child_wait_until(child_state(child.pid) == 'S');
		kill_followed(&child, log);
		assert_heard(log, 0, 0, VMSPY_FOLLOW_NONE_LEFT);
		vmspy_follow_end(following);
		assert_int_equal(count_heard(log, VMSPY_FOLLOW_ATTACHED, 0), 1);
		assert_true(count_heard(log, VMSPY_FOLLOW_EXEC, 0) <= 1);
		assert_int_equal(count_heard(log, VMSPY_FOLLOW_LEAVING, 0), 1);
		log_destroy(log);
	}
}

/* --- death of who follows ------------------------------------------------------------------ */

static pid_t followed_pid;

static void follow_other(struct child_page *page)
{
	struct log *log = log_create();

	if (follow(followed_pid, UINT_MAX, log))
		child_idle(page);
}

static void all_run_on_when_who_follows_is_killed(void **state)
{
	struct child child = child_start(fork_in_threads);

	(void)state;
	followed_pid = child.pid;
	for (int i = 0; i < KILL_ROUNDS; i++) {
		struct child follower = child_start(follow_other);

		runs_on(&child);
		child_end(&follower);
		child_wait_until(is_free(child.pid));
		assert_true(runs_on(&child));
	}
	child_end(&child);
}

/* What a process sends to itself has arrived when kill(2) returns; counter[LOST]: what had not. */
static void signal_itself(struct child_page *page)
{
	struct sigaction action = { .sa_sigaction = note_value, .sa_flags = SA_SIGINFO };

	handler_page = page;
	sigaction(SIGUSR1, &action, NULL);
	atomic_store(&page->ready, true);
	for (;;) {
		unsigned long before = atomic_load(&page->counter[1]);

		kill(getpid(), SIGUSR1);
		atomic_fetch_add(&page->counter[LOST],
				 atomic_load(&page->counter[1]) != before + 1);
		atomic_fetch_add(&page->counter[0], 1);
	}
}

static void no_signal_is_lost_by_an_end_or_a_death(void **state)
{
	struct child child = child_start(signal_itself);

	(void)state;
	followed_pid = child.pid;
	for (int i = 0; i < SIGNAL_ROUNDS; i++) {
		struct log *log = log_create();
		struct vmspy_follow *following = follow(child.pid, UINT_MAX, log);

		runs_on(&child);
		vmspy_follow_end(following);
		log_destroy(log);
	}
	for (int i = 0; i < KILL_ROUNDS; i++) {
		struct child follower = child_start(follow_other);

		runs_on(&child);
		child_end(&follower);
	}
	child_wait_until(child_tracer(child.pid) == 0);
	assert_true(runs_on(&child));
	assert_int_equal(atomic_load(&child.page->counter[LOST]), 0);
	child_end(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_to_make_a_process_is_told),
		cmocka_unit_test(a_grandchild_is_told_with_its_parent_and_depth),
		cmocka_unit_test(depth_zero_leaves_children_alone),
		cmocka_unit_test(depth_one_leaves_grandchildren_alone),
		cmocka_unit_test(descendants_that_were_there_before_are_followed),
		cmocka_unit_test(descendants_beyond_the_depth_are_left),
		cmocka_unit_test(a_descendant_that_is_traced_is_refused_and_its_children_are_not),
		cmocka_unit_test(a_target_that_is_traced_is_refused_with_the_name_of_its_tracer),
		cmocka_unit_test(what_cannot_be_followed_is_an_error),
		cmocka_unit_test(the_program_itself_is_refused_as_a_descendant),
		cmocka_unit_test(exec_by_any_thread_is_told_of_the_process),
		cmocka_unit_test(the_end_of_a_process_is_told_once_with_its_status),
		cmocka_unit_test(a_process_that_lost_its_leader_before_is_told_to_its_end),
		cmocka_unit_test(a_signal_arrives_once_with_its_value),
		cmocka_unit_test(real_time_signals_arrive_in_order),
		cmocka_unit_test(a_signal_on_its_way_at_the_end_arrives_once),
		cmocka_unit_test(a_parent_sees_its_child_stop_and_continue_as_ever),
		cmocka_unit_test(
			a_process_that_was_stopped_before_stays_so_and_is_continued_by_others),
		cmocka_unit_test(a_process_that_is_stopped_at_the_end_stays_so),
		cmocka_unit_test(a_vfork_parent_and_its_child_are_followed),
		cmocka_unit_test(a_vfork_parent_runs_on_after_the_end),
		cmocka_unit_test(every_one_of_many_forks_is_told),
		cmocka_unit_test(following_may_end_at_any_moment),
		cmocka_unit_test(threads_come_and_go_and_nothing_is_told_of_them),
		cmocka_unit_test(a_process_whose_threads_come_and_go_is_attached_to_and_left),
		cmocka_unit_test(a_process_that_runs_exec_while_it_is_attached_to_is_followed),
		cmocka_unit_test(all_run_on_when_who_follows_is_killed),
		cmocka_unit_test(no_signal_is_lost_by_an_end_or_a_death),
	};
	return cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL);
}
