/* Stop every thread of a process, and let them go. */
#ifndef VMSPY_KERNEL_FREEZE_H
#define VMSPY_KERNEL_FREEZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/* One thread that we seized. */
struct vmspy_frozen_thread {
	pid_t tid;
	bool asked; /* to stop */
	bool stopped;
	bool ended;
	int signal; /* to be passed on at release: it was on its way when we stopped the thread */
	int status; /* of the stop, as waitpid(2) told it */
};

struct vmspy_tracer;

/* A zeroed struct holds nothing. */
struct vmspy_freeze {
	pid_t pid;
	struct vmspy_frozen_thread *thread;
	size_t count;
	size_t room;
	size_t running_count; /* not stopped in time (state D: a vfork parent) */
	uint64_t begin_ns;    /* CLOCK_MONOTONIC: before the first thread was asked to stop */
	struct vmspy_tracer *tracer; /* the thread of ours that holds them */
};

/*
 * Stop every thread of a process: PTRACE_SEIZE for all while they run, then PTRACE_INTERRUPT for
 * all, until a pass over /proc/PID/task finds none new.
 * ret:    end it with vmspy_freeze_end(); any thread may: ptrace belongs to a thread, so a thread
 *         of its own does the tracing. Until then no symbol look-up, no printing, no network: the
 *         target may be whom we wait for.
 * Errors: GONE, NOT_PERMITTED (says whether uid, capability, Yama, dumpability or another tracer,
 *         by pid and name, refused), UNSUPPORTED (ourselves), SYSTEM.
 *         On error nothing stays stopped. If we die while holding, the kernel lets it run on.
 * Note:   threads in state D cannot be stopped; after 100 ms they count as running_count.
 * Note:   some system calls of the target return EINTR (epoll_wait, semop, io_uring_enter, ...).
 * Source: ptrace(2), "Attaching and detaching", "Group-stop", "Signal-delivery-stop".
 */
struct vmspy_error *vmspy_freeze_begin(pid_t pid, struct vmspy_freeze *ret) VMSPY_MUST_CHECK;

/*
 * The same in two steps: trace every thread, which stops none of them; then stop them all. Where
 * two are to be held, neither has to wait for the other to be traced.
 * Errors: as above; nothing is traced then.
 */
struct vmspy_error *vmspy_freeze_prepare(pid_t pid, struct vmspy_freeze *ret) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_freeze_stop(struct vmspy_freeze *freeze) VMSPY_MUST_CHECK;

/*
 * Do some work on the thread that traces, which is the only one that ptrace answers, and wait for
 * it. Not done where nothing is held.
 */
void vmspy_freeze_call(struct vmspy_freeze *freeze,
		       void (*work)(const struct vmspy_freeze *freeze, void *context),
		       void *context);

/*
 * Let every thread run on as it was: pending signals delivered, a SIGSTOPped process still
 * stopped. No stop of ours is left pending in a thread that could not be stopped. Safe to call
 * twice and on a zeroed struct.
 * ret:    how long the process was held, in ns, from before the first stop; 0 if none was.
 */
uint64_t vmspy_freeze_end(struct vmspy_freeze *freeze);

/* For VMSPY_AUTO. */
void vmspy_freeze_deinit(struct vmspy_freeze *freeze);

#endif
