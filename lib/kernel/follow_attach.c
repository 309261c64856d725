#include "kernel/follow_attach.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/proc_file.h"
#include "kernel/stop.h"

#include "base/banned.h"

enum {
	/* Each has found somebody new; only those who may not be stopped can make so many. */
	PASSES_MAX = 100
};

struct attaching {
	struct vmspy_following *following;
	struct vmspy_freeze *freeze;
	pthread_mutex_t *lock;
	struct vmspy_frozen_thread *held; /* of all processes */
	size_t held_count;
	size_t held_room;
	size_t told_count; /* processes, also those that were refused */
};

/* --- one process --------------------------------------------------------------------------- */

static struct vmspy_error *hold(struct attaching *attaching,
				const struct vmspy_frozen_thread *thread)
{
	struct vmspy_error *err = vmspy_array_grow(&attaching->held, &attaching->held_room,
						   attaching->held_count, sizeof(*attaching->held));

	if (!err)
		attaching->held[attaching->held_count++] = *thread;
	return err;
}

/*
 * The options come now that all stand still, not with PTRACE_SEIZE: while that waits for an exec,
 * the exec would wait for threads in their PTRACE_EVENT_EXIT, which only we could continue, and
 * for those that were born traced, whose end nobody would know to wait for.
 */
static struct vmspy_error *admit_threads(struct attaching *attaching, pid_t pid)
{
	const struct vmspy_freeze *freeze = attaching->freeze;

	for (size_t i = 0; i < freeze->count; i++) {
		const struct vmspy_frozen_thread *thread = &freeze->thread[i];
		struct vmspy_tracee *tracee =
			vmspy_tracee_add_thread(&attaching->following->table, pid, thread->tid);
		struct vmspy_error *err = hold(attaching, thread);

		if (err)
			return err;
		if (!tracee)
			return vmspy_error_no_memory();
		if (thread->stopped)
			vmspy_follow_equip(attaching->following, tracee);
	}
	return NULL;
}

static struct vmspy_error *admit(struct attaching *attaching, struct vmspy_traced_process process)
{
	const struct vmspy_freeze *freeze = attaching->freeze;
	struct vmspy_tracee *leader =
		vmspy_tracee_add_leader(&attaching->following->table, freeze->pid);
	struct vmspy_error *err;

	if (!leader)
		return vmspy_error_no_memory();
	leader->process = process;
	attaching->told_count++;
	if ((err = admit_threads(attaching, freeze->pid)))
		return err;
	vmspy_follow_tell(attaching->following, leader,
			  (struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_ATTACHED,
						       .tid = freeze->thread[0].tid,
						       .thread = freeze->thread,
						       .thread_count = freeze->count });
	return NULL;
}

/* The other thread that helps looks at one process after the other. */
static void turn_to(struct attaching *attaching, pid_t pid)
{
	pthread_mutex_lock(attaching->lock);
	free(attaching->freeze->thread);
	*attaching->freeze = (struct vmspy_freeze){ .pid = pid };
	pthread_mutex_unlock(attaching->lock);
}

static struct vmspy_error *stop(struct attaching *attaching, pid_t pid)
{
	turn_to(attaching, pid);
	return vmspy_stop_all(attaching->freeze, attaching->lock);
}

static struct vmspy_error *attach_target(struct attaching *attaching)
{
	pid_t pid = attaching->following->options.pid;
	struct vmspy_error *err = stop(attaching, pid);
	struct vmspy_stat stat = { 0 };

	if (err)
		return err;
	vmspy_proc_file_thread(pid, pid, &stat);
	pthread_mutex_lock(attaching->lock);
	err = admit(attaching, (struct vmspy_traced_process){ .parent_pid = stat.parent_pid });
	pthread_mutex_unlock(attaching->lock);
	return err;
}

/* --- descendants --------------------------------------------------------------------------- */

/* Told, and remembered: those that it has made may be followed. */
static struct vmspy_error *refuse(struct attaching *attaching, pid_t pid,
				  struct vmspy_traced_process process, const char *reason)
{
	struct vmspy_tracee *leader = vmspy_tracee_add_leader(&attaching->following->table, pid);

	if (!leader)
		return vmspy_error_no_memory();
	leader->process = process;
	leader->process.refused = true;
	attaching->told_count++;
	vmspy_follow_tell(
		attaching->following, leader,
		(struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_REFUSED, .reason = reason });
	/* Whom we have started to help us is not stopped: we may be waiting for it. */
	if (pid == getpid())
		leader->process.depth = attaching->following->options.depth_max;
	return NULL;
}

/* Whether a process is still the one that was listed. */
static bool is_same(const struct vmspy_stat *listed)
{
	struct vmspy_stat stat;

	return vmspy_proc_file_thread(listed->pid, listed->pid, &stat) &&
	       stat.start_time_ticks == listed->start_time_ticks;
}

static struct vmspy_error *attach_stopped(struct attaching *attaching,
					  const struct vmspy_stat *listed,
					  struct vmspy_traced_process process)
{
	VMSPY_AUTO(vmspy_guard_error)
	struct vmspy_error *refusal = stop(attaching, listed->pid);
	struct vmspy_error *err = NULL;

	pthread_mutex_lock(attaching->lock);
	if (!refusal && is_same(listed))
		err = admit(attaching, process);
	else
		vmspy_stop_release(attaching->freeze);
	if (refusal && vmspy_error_kind(refusal) != VMSPY_ERROR_GONE)
		err = refuse(attaching, listed->pid, process, vmspy_error_message(refusal));
	pthread_mutex_unlock(attaching->lock);
	return err;
}

static struct vmspy_error *attach_descendant(struct attaching *attaching,
					     const struct vmspy_stat *listed)
{
	const struct vmspy_tracee_table *table = &attaching->following->table;
	const struct vmspy_tracee *parent = vmspy_tracee_find(table, listed->parent_pid);
	struct vmspy_traced_process process = { .parent_pid = listed->parent_pid };

	if (!parent || vmspy_tracee_find(table, listed->pid) ||
	    parent->process.depth >= attaching->following->options.depth_max)
		return NULL;
	process.depth = parent->process.depth + 1;
	if (listed->pid == getpid())
		return refuse(attaching, listed->pid, process, "it is this program itself");
	return attach_stopped(attaching, listed, process);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

/* Not by libproc2: what it keeps for a thread it never gives back, and ours ends. */
static struct vmspy_error *attach_listed(struct attaching *attaching)
{
	VMSPY_AUTO(close_directory) DIR *processes = opendir("/proc");
	struct vmspy_error *err = NULL;
	struct dirent *entry;

	while (!err && processes && (entry = readdir(processes))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		struct vmspy_stat listed;

		if (pid > 0 && vmspy_proc_file_thread(pid, pid, &listed))
			err = attach_descendant(attaching, &listed);
	}
	return err;
}

/*
 * Who is stopped makes no more, so this ends when nothing new was found; also those who stand
 * before their parents in the list have been found by then.
 */
static struct vmspy_error *attach_descendants(struct attaching *attaching)
{
	size_t told_before = 0;

	for (int i = 0; i < PASSES_MAX && attaching->told_count > told_before; i++) {
		struct vmspy_error *err;

		told_before = attaching->told_count;
		if ((err = attach_listed(attaching)))
			return err;
	}
	return NULL;
}

/* --- all ----------------------------------------------------------------------------------- */

static void let_go(struct attaching *attaching)
{
	for (size_t i = 0; i < attaching->held_count; i++) {
		const struct vmspy_frozen_thread *thread = &attaching->held[i];

		if (thread->stopped)
			vmspy_follow_take(attaching->following, thread->tid, thread->status);
	}
}

/* With the signals that we have taken from them; what the end of our thread does for the others. */
static void give_up(struct attaching *attaching)
{
	pthread_mutex_lock(attaching->lock);
	vmspy_stop_release(attaching->freeze);
	pthread_mutex_unlock(attaching->lock);
	vmspy_stop_release(&(struct vmspy_freeze){ .thread = attaching->held,
						   .count = attaching->held_count });
}

struct vmspy_error *vmspy_follow_attach(struct vmspy_following *following,
					struct vmspy_freeze *freeze, pthread_mutex_t *lock)
{
	struct attaching attaching = { .following = following, .freeze = freeze, .lock = lock };
	struct vmspy_error *err = attach_target(&attaching);

	if (!err && following->options.depth_max)
		err = attach_descendants(&attaching);
	if (err)
		give_up(&attaching);
	turn_to(&attaching, 0);
	if (!err)
		let_go(&attaching);
	free(attaching.held);
	return err;
}
