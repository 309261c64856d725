#include "kernel/follow.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/bell.h"
#include "kernel/follow_attach.h"
#include "kernel/follow_stop.h"
#include "kernel/host.h"
#include "kernel/own_thread.h"
#include "kernel/stop.h"

#include "base/banned.h"

#define NS_PER_MS UINT64_C(1000000)

/*
 * How long a process that has come to its first stop waits for its maker to stop and say so. That
 * needs a CPU and nothing else, unless the maker is killed at that very moment.
 */
#define PATIENCE_UNBORN_NS (100 * NS_PER_MS)
#define PAUSE_NS           (NS_PER_MS / 10)

/*
 * The end of the thread that traces is what lets all go: the kernel detaches them, reinstates
 * group-stops, takes pending stops back and delivers the signals that were on their way
 * (kernel/exit.c:forget_original_parent(), kernel/ptrace.c:exit_ptrace(), __ptrace_unlink()). Nobody
 * has to be stopped for it, as PTRACE_DETACH would need.
 */
struct vmspy_follow {
	struct vmspy_following following;
	pthread_t thread;
	int ring_fd;                /* an eventfd: written to when the thread is to end */
	pid_t bell;                 /* its child, which ends then */
	pid_t tid;                  /* of that thread */
	sem_t begun;                /* all are attached to, or err says why not */
	struct vmspy_freeze freeze; /* what is being attached to */
	pthread_mutex_t lock;       /* of freeze */
	struct vmspy_error *err;
};

/*
 * What a thread that we follow has to report. __WNOTHREAD: only what this thread traces, and the
 * bell, which is its only child; not the children of the program that we are part of.
 * ret: its tid, or the bell; -1 if somebody else has waited for that.
 */
static pid_t next(struct vmspy_following *following, int *status)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	pid_t tid;

	while (following->table.unborn_count) {
		tid = vmspy_follow_wait(-1, __WNOTHREAD | WNOHANG, status);
		if (tid)
			return tid;
		if (vmspy_host_now_ns() - following->unborn_ns > PATIENCE_UNBORN_NS)
			vmspy_follow_adopt_unborn(following);
		else
			nanosleep(&pause, NULL);
	}
	return vmspy_follow_wait(-1, __WNOTHREAD, status);
}

/* A process may have been born of which nobody lives to tell. */
static bool is_alone(void)
{
	siginfo_t seen;

	return waitid(P_ALL, 0, &seen,
		      WEXITED | WSTOPPED | WNOWAIT | WNOHANG | __WALL | __WNOTHREAD) &&
	       errno == ECHILD;
}

/*
 * The bell has ended: it was rung, or we have ended it to see whether anybody is left, or somebody
 * else has.
 * ret: whether to go on.
 */
static bool renew_bell(struct vmspy_follow *self)
{
	const struct vmspy_follow_options *options = &self->following.options;

	self->bell = 0;
	if (vmspy_bell_is_rung(self->ring_fd))
		return false;
	if (!is_alone())
		self->bell = vmspy_bell_start(self->ring_fd);
	if (self->bell > 0)
		return true;
	options->happened(options->context,
			  &(struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_NONE_LEFT });
	return false;
}

static void run(struct vmspy_follow *self)
{
	const struct vmspy_tracee_table *table = &self->following.table;
	bool goes_on = true;

	while (goes_on) {
		int status;
		pid_t tid = next(&self->following, &status);

		if (tid < 0 || tid == self->bell) {
			goes_on = renew_bell(self);
			continue;
		}
		vmspy_follow_take(&self->following, tid, status);
		if (!table->traced_count && !table->unborn_count)
			kill(self->bell, SIGKILL);
	}
}

static struct vmspy_error *begin(struct vmspy_follow *self)
{
	if (self->ring_fd >= 0)
		self->bell = vmspy_bell_start(self->ring_fd);
	if (self->bell <= 0)
		return vmspy_error_system(errno, "cannot start a process to follow '%d' with",
					  self->following.options.pid);
	return vmspy_follow_attach(&self->following, &self->freeze, &self->lock);
}

static void *follow(void *data)
{
	struct vmspy_follow *self = data;

	self->tid = gettid();
	self->err = begin(self);
	sem_post(&self->begun);
	if (!self->err)
		run(self);
	/* Unless it has been waited for. */
	if (self->bell > 0 && !kill(self->bell, SIGKILL))
		waitpid(self->bell, NULL, __WALL);
	return NULL;
}

static struct vmspy_follow *follow_create(const struct vmspy_follow_options *options)
{
	struct vmspy_follow *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->ring_fd = eventfd(0, EFD_CLOEXEC);
	self->following.options = *options;
	sem_init(&self->begun, 0, 0);
	pthread_mutex_init(&self->lock, NULL);
	return self;
}

static void follow_destroy(struct vmspy_follow *self)
{
	sem_destroy(&self->begun);
	pthread_mutex_destroy(&self->lock);
	vmspy_tracee_table_deinit(&self->following.table);
	vmspy_guard_close(&self->ring_fd);
	free(self);
}

/*
 * Wait until the thread has ended, and all that it traced is free. pthread_join() returns earlier:
 * the C library hears of the end from mm_release(), which comes before exit_notify()
 * (kernel/exit.c:do_exit()).
 */
static void join(const struct vmspy_follow *self)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	pthread_join(self->thread, NULL);
	while (!tgkill(getpid(), self->tid, 0))
		nanosleep(&pause, NULL);
}

struct vmspy_error *vmspy_follow_begin(const struct vmspy_follow_options *options,
				       struct vmspy_follow **ret)
{
	struct vmspy_follow *self;
	struct vmspy_error *err;
	int code;

	if (options->pid <= 0)
		return vmspy_error_create(VMSPY_ERROR_GONE, "no process '%d'", options->pid);
	if (options->pid == getpid())
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot follow '%d': it is this program itself",
					  options->pid);
	self = follow_create(options);
	if (!self)
		return vmspy_error_no_memory();
	code = vmspy_own_thread_start(follow, self, &self->thread);
	if (code) {
		follow_destroy(self);
		return vmspy_error_system(code, "cannot start a thread to follow '%d' with",
					  options->pid);
	}
	vmspy_stop_help(&self->freeze, &self->lock, &self->begun);
	err = self->err;
	if (err) {
		join(self);
		follow_destroy(self);
		return err;
	}
	*ret = self;
	return NULL;
}

void vmspy_follow_end(struct vmspy_follow *follow)
{
	if (!follow)
		return;
	eventfd_write(follow->ring_fd, 1);
	join(follow);
	follow_destroy(follow);
}
