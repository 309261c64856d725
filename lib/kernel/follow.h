/* Follow a family of processes by ptrace: fork, exec and the end of each, on a thread of our own. */
#ifndef VMSPY_KERNEL_FOLLOW_H
#define VMSPY_KERNEL_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "kernel/freeze.h"

enum vmspy_follow_kind {
	VMSPY_FOLLOW_ATTACHED, /* it was there before; all of its threads are stopped */
	VMSPY_FOLLOW_REFUSED,  /* a descendant that was there before, and may not be followed */
	VMSPY_FOLLOW_BORN, /* a new process, stopped at its first step; its maker is stopped too */
	VMSPY_FOLLOW_EXEC, /* runs another program: one thread, stopped before its first step */
	/*
	 * Its last thread is stopped on its way out: the memory is still there. Not told of a
	 * process that is ended while its last thread is leaving alone: that one does not stop then.
	 */
	VMSPY_FOLLOW_LEAVING,
	VMSPY_FOLLOW_ENDED,     /* gone */
	VMSPY_FOLLOW_NONE_LEFT, /* and it was the last one: nothing comes after this */
};

struct vmspy_follow_event {
	enum vmspy_follow_kind kind;
	pid_t pid;        /* the process */
	pid_t tid;        /* of it, that is stopped */
	pid_t parent_pid; /* who made it; of BORN, and of descendants that were there before */
	unsigned depth;   /* 0: the target; 1: its children */
	const struct vmspy_frozen_thread *thread; /* of ATTACHED: thread_count, all of them */
	size_t thread_count;
	int status;         /* of ENDED: as waitpid(2) tells it */
	const char *reason; /* of REFUSED: why; borrowed */
};

struct vmspy_follow_options {
	pid_t pid;          /* the target */
	unsigned depth_max; /* of descendants; 0: the target alone; UINT_MAX: all */
	/*
	 * Called on the tracing thread, one event after the other. What is said to be stopped
	 * stays so until it returns: nothing slow, no wait for what a target may hold.
	 */
	void (*happened)(void *context, const struct vmspy_follow_event *event);
	void *context;
};

struct vmspy_follow;

/*
 * Stop the target and all its descendants, tell each of them (ATTACHED, or REFUSED), let all of
 * them run on, and follow them. What happens to them otherwise, they see no difference: signals
 * are delivered, a stopped process stays stopped, SIGCONT continues it.
 * ret:    end it with vmspy_follow_end().
 * Errors: those of vmspy_freeze_begin() for the target; nothing is followed then.
 * Note:   if we die, the kernel lets all of them run on.
 * Note:   no other thread may wait for a child of ours that is followed: it would take the stops
 *         that the tracing thread waits for. That one waits for its end too: see ENDED.
 * Note:   under a tracer without CAP_SYS_PTRACE a program does not get the rights that its file
 *         would give it (setuid, file capabilities).
 * Source: ptrace(2), "PTRACE_EVENT stops", "Group-stop", "execve(2) under ptrace".
 */
struct vmspy_error *vmspy_follow_begin(const struct vmspy_follow_options *options,
				       struct vmspy_follow **ret) VMSPY_MUST_CHECK;

/*
 * Let all of them go, as they are: nobody is stopped for it, and no signal is lost. No event is
 * told after it has returned. Not from happened(). NULL is allowed.
 */
void vmspy_follow_end(struct vmspy_follow *follow);

#endif
