#include "kernel/stop.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <time.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/await.h"
#include "kernel/host.h"
#include "kernel/proc_file.h"
#include "kernel/refusal.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 64,
	WHAT_BYTES = 64,
	SEIZE_ATTEMPTS = 3,
	SEIZE_PASSES = 4, /* of those who run, and may start others for ever */
	NS_PER_SECOND = 1000000000,
	HELP_INTERVAL_NS = 5000000,
};

struct stopping {
	struct vmspy_freeze *freeze;
	pthread_mutex_t *lock; /* of freeze */
	/* A thread was seized, or has ended since it was listed and may have started another one. */
	bool changed;
	bool leader_ended;
	size_t listed_count; /* in this pass */
};

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/*
 * Whether /proc/PID/task showed all threads. The kernel goes through them from one to the next, and
 * ends the list early when the one that it has come to has just ended
 * (fs/proc/base.c:proc_task_readdir(), next_tid()).
 */
static bool has_listed_all(const struct stopping *stopping)
{
	pid_t pid = stopping->freeze->pid;
	struct vmspy_stat stat = { 0 };

	if (!vmspy_proc_file_thread(pid, pid, &stat))
		return !stopping->listed_count;
	return stat.thread_count == stopping->listed_count;
}

/*
 * PTRACE_SEIZE waits for an exec that is on its way, and that exec waits for all other threads to
 * be gone; those that we trace are gone only when we have taken note of it. So the list is not
 * ours alone meanwhile: see vmspy_stop_help().
 * ret:  0, or an errno.
 */
static int seize_unlocked(pid_t tid, pthread_mutex_t *lock)
{
	int code;

	pthread_mutex_unlock(lock);
	code = ptrace(PTRACE_SEIZE, tid, NULL, NULL) ? errno : 0;
	pthread_mutex_lock(lock);
	/*
	 * EPERM also if we trace it already: exec by another thread gives that thread, which we had
	 * seized, the leader's tid. PTRACE_INTERRUPT of a thread that is not ours is ESRCH.
	 */
	if (code == EPERM && !ptrace(PTRACE_INTERRUPT, tid, NULL, NULL))
		return 0;
	return code;
}

static struct vmspy_error *explain(pid_t pid, int code)
{
	char what[WHAT_BYTES];

	snprintf(what, sizeof(what), "cannot stop '%d'", pid);
	if (code == EPERM || code == EACCES)
		return vmspy_refusal_explain(pid, what, VMSPY_RIGHT_STOP, code);
	return vmspy_error_system(code, "%s", what);
}

/*
 * A zombie could have started a thread since it was listed, so the list is read again. A dead
 * leader stays in it: once is enough.
 */
static void meet_zombie(struct stopping *stopping, pid_t tid)
{
	bool leader = tid == stopping->freeze->pid;

	stopping->changed |= !leader || !stopping->leader_ended;
	stopping->leader_ended |= leader;
}

/* Trace one thread, and list it, for which there is room. */
static struct vmspy_error *seize(struct stopping *stopping, pid_t tid)
{
	struct vmspy_freeze *freeze = stopping->freeze;
	int code = EPERM;

	/* EPERM also for a leader that an exec has just ended; the next moment its tid lives again. */
	for (int i = 0; i < SEIZE_ATTEMPTS && code == EPERM; i++) {
		char state;

		code = seize_unlocked(tid, stopping->lock);
		if (code != EPERM)
			break;
		state = vmspy_await_state(freeze->pid, tid);
		if (state == VMSPY_STATE_ZOMBIE) {
			meet_zombie(stopping, tid);
			return NULL;
		}
		if (state == VMSPY_STATE_GONE)
			code = ESRCH;
	}
	if (code && code != ESRCH)
		return explain(freeze->pid, code);
	stopping->changed = true;
	if (!code)
		freeze->thread[freeze->count++] = (struct vmspy_frozen_thread){ .tid = tid };
	return NULL;
}

static int by_tid(const void *a, const void *b)
{
	const struct vmspy_frozen_thread *left = a, *right = b;

	return (left->tid > right->tid) - (left->tid < right->tid);
}

/* Only among the first `sorted_count`: those of earlier passes. */
static struct vmspy_frozen_thread *find(const struct vmspy_freeze *freeze, size_t sorted_count,
					pid_t tid)
{
	struct vmspy_frozen_thread key = { .tid = tid };

	if (!sorted_count)
		return NULL;
	return bsearch(&key, freeze->thread, sorted_count, sizeof(key), by_tid);
}

/* Seize every thread of /proc/PID/task that earlier passes have not seized. */
static struct vmspy_error *seize_new(struct stopping *stopping)
{
	VMSPY_AUTO(close_directory) DIR *tasks = NULL;
	struct vmspy_freeze *freeze = stopping->freeze;
	size_t sorted_count = freeze->count;
	struct vmspy_error *err;
	struct dirent *entry;
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/task", freeze->pid);
	tasks = opendir(path);
	while (tasks && (entry = readdir(tasks))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid <= 0)
			continue;
		stopping->listed_count++;
		if (find(freeze, sorted_count, tid))
			continue;
		if ((err = vmspy_array_grow(&freeze->thread, &freeze->room, freeze->count,
					    sizeof(*freeze->thread))))
			return err;
		if ((err = seize(stopping, tid)))
			return err;
	}
	return NULL;
}

/*
 * Sort for the next pass, and drop those that have ended; also one of two with the same tid: the
 * leader was listed, then exec gave its tid to a thread that came later in the list.
 * ret: whether any was dropped.
 */
static bool tidy(struct vmspy_freeze *freeze)
{
	struct vmspy_frozen_thread *thread = freeze->thread;
	size_t before = freeze->count, kept = 0;

	if (before)
		qsort(thread, before, sizeof(*thread), by_tid);
	for (size_t i = 0; i < before; i++)
		if (!thread[i].ended && (!kept || thread[kept - 1].tid != thread[i].tid))
			thread[kept++] = thread[i];
	freeze->count = kept;
	return kept < before;
}

/*
 * A thread outside our list that runs exec takes the leader's tid over: what we list as the
 * stopped leader may be another thread, which runs. No other tid changes hands.
 * ret:  whether that was so; then another pass has to seize it.
 */
static bool strike_off_replaced_leader(struct vmspy_freeze *freeze)
{
	struct vmspy_frozen_thread *leader = find(freeze, freeze->count, freeze->pid);
	unsigned long message;

	if (!leader || !leader->stopped || !ptrace(PTRACE_GETEVENTMSG, leader->tid, NULL, &message))
		return false;
	leader->ended = true;
	return tidy(freeze);
}

static size_t count_running(const struct vmspy_freeze *freeze)
{
	size_t running = 0;

	for (size_t i = 0; i < freeze->count; i++)
		running += !freeze->thread[i].stopped;
	return running;
}

/* Ask all that were not yet asked. ret: whether there was any. */
static bool interrupt_new(struct vmspy_freeze *freeze)
{
	bool is_any = false;

	for (size_t i = 0; i < freeze->count; i++) {
		struct vmspy_frozen_thread *thread = &freeze->thread[i];

		if (thread->asked)
			continue;
		/* One that has ended is noted when it is waited for. */
		ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
		thread->asked = is_any = true;
	}
	return is_any;
}

/* To be traced stops nobody: it is done while all run on. Who starts meanwhile is found, too. */
static struct vmspy_error *seize_running(struct stopping *stopping)
{
	struct vmspy_freeze *freeze = stopping->freeze;
	struct vmspy_error *err;

	for (int pass = 0; pass < SEIZE_PASSES; pass++) {
		size_t before = freeze->count;

		if ((err = seize_new(stopping)))
			return err;
		tidy(freeze);
		if (freeze->count <= before)
			break;
	}
	return NULL;
}

static struct vmspy_error *stop_all(struct vmspy_freeze *freeze, pthread_mutex_t *lock)
{
	struct stopping stopping = { .freeze = freeze, .lock = lock };
	struct vmspy_error *err;

	freeze->begin_ns = vmspy_host_now_ns();
	/* A thread that has stopped starts no other: passes end when one finds nothing new. */
	do {
		stopping.changed = false;
		stopping.listed_count = 0;
		if ((err = seize_new(&stopping)))
			return err;
		tidy(freeze);
		if (interrupt_new(freeze)) {
			vmspy_await_stops(freeze);
			stopping.changed = true;
		}
		/* What has ended may have been exec, which left its tid for the leader's. */
		stopping.changed |= tidy(freeze);
		stopping.changed |= strike_off_replaced_leader(freeze);
	} while (stopping.changed || !has_listed_all(&stopping));

	if (!freeze->count)
		return vmspy_error_create(VMSPY_ERROR_GONE, "cannot stop '%d': no such process",
					  freeze->pid);
	freeze->running_count = count_running(freeze);
	return NULL;
}

struct vmspy_error *vmspy_stop_seize(struct vmspy_freeze *freeze, pthread_mutex_t *lock)
{
	struct stopping stopping = { .freeze = freeze, .lock = lock };
	struct vmspy_error *err;

	pthread_mutex_lock(lock);
	err = seize_running(&stopping);
	pthread_mutex_unlock(lock);
	return err;
}

struct vmspy_error *vmspy_stop_all(struct vmspy_freeze *freeze, pthread_mutex_t *lock)
{
	struct vmspy_error *err;

	pthread_mutex_lock(lock);
	err = stop_all(freeze, lock);
	pthread_mutex_unlock(lock);
	return err;
}

static void note_ended(struct vmspy_freeze *freeze, pthread_mutex_t *lock)
{
	/* Locked: the tracer is not in PTRACE_SEIZE, and takes note itself. */
	if (pthread_mutex_trylock(lock))
		return;
	vmspy_await_collect_all(freeze);
	pthread_mutex_unlock(lock);
}

void vmspy_stop_help(struct vmspy_freeze *freeze, pthread_mutex_t *lock, sem_t *done)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	do {
		until.tv_nsec += HELP_INTERVAL_NS;
		if (until.tv_nsec >= NS_PER_SECOND) {
			until.tv_sec++;
			until.tv_nsec -= NS_PER_SECOND;
		}
		note_ended(freeze, lock);
	} while (sem_clockwait(done, CLOCK_MONOTONIC, &until));
}

void vmspy_stop_release(struct vmspy_freeze *freeze)
{
	vmspy_await_collect(freeze);
	for (size_t i = 0; i < freeze->count; i++) {
		const struct vmspy_frozen_thread *thread = &freeze->thread[i];

		/* ESRCH: it was killed meanwhile. */
		if (thread->stopped)
			ptrace(PTRACE_DETACH, thread->tid, NULL, (void *)(intptr_t)thread->signal);
	}
}
