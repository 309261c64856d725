#include "kernel/await.h"

#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "kernel/host.h"
#include "kernel/proc_file.h"

#include "base/banned.h"

#define NS_PER_MS UINT64_C(1000000)

/* How long a thread is waited for: state D may last for ever, the others only need a CPU. */
#define PATIENCE_BLOCKED_NS (100 * NS_PER_MS)
#define PATIENCE_NS         (2000 * NS_PER_MS)

#define FIRST_PAUSE_NS      (NS_PER_MS / 50)
#define LONGEST_PAUSE_NS    (NS_PER_MS)

char vmspy_await_state(pid_t pid, pid_t tid)
{
	struct vmspy_stat stat;

	return vmspy_proc_file_thread(pid, tid, &stat) ? stat.state : VMSPY_STATE_GONE;
}

/*
 * Take what a thread has to report. "Ended" also means that exec gave it another tid.
 * ret:  whether it still has to be waited for.
 */
static bool collect(struct vmspy_frozen_thread *thread)
{
	int status;
	/* This tid only: the program that we are part of may have children of its own. */
	pid_t got = waitpid(thread->tid, &status, __WALL | WNOHANG);

	if (got == 0)
		return !thread->stopped;
	if (got < 0 || !WIFSTOPPED(status)) {
		thread->ended = true;
		return false;
	}
	thread->stopped = true;
	thread->status = status;
	/*
	 * An event above the signal: our stop, or a group-stop, which the kernel restores by itself.
	 * No event: the thread was about to get this signal, and gets it when we let it go.
	 */
	thread->signal = status >> 16 ? 0 : WSTOPSIG(status);
	return false;
}

size_t vmspy_await_collect(struct vmspy_freeze *freeze)
{
	size_t waiting = 0;

	for (size_t i = 0; i < freeze->count; i++) {
		struct vmspy_frozen_thread *thread = &freeze->thread[i];

		if (!thread->ended && !thread->stopped)
			waiting += collect(thread);
	}
	return waiting;
}

size_t vmspy_await_collect_all(struct vmspy_freeze *freeze)
{
	size_t waiting = 0;

	for (size_t i = 0; i < freeze->count; i++)
		if (!freeze->thread[i].ended)
			waiting += collect(&freeze->thread[i]);
	return waiting;
}

/*
 * Whether a thread that has not stopped can still be expected to, or to report its end.
 * Note: the leader's tid may be another thread's by now, that ran exec. That one has not been
 *       asked, or is not even traced (PTRACE_INTERRUPT is ESRCH); then another pass finds it.
 */
static bool is_expected(pid_t pid, struct vmspy_frozen_thread *thread, uint64_t waited_ns)
{
	if (thread->tid == pid && ptrace(PTRACE_INTERRUPT, pid, NULL, NULL)) {
		thread->ended = true;
		return false;
	}
	switch (vmspy_await_state(pid, thread->tid)) {
	case VMSPY_STATE_BLOCKED:
		return waited_ns < PATIENCE_BLOCKED_NS;
	case VMSPY_STATE_ZOMBIE:
		/* A leader reports its end after all others; any other thread at once. */
		thread->ended = thread->tid == pid;
		return !thread->ended;
	default:
		return waited_ns < PATIENCE_NS;
	}
}

static bool is_worth_waiting(struct vmspy_freeze *freeze)
{
	uint64_t waited_ns = vmspy_host_now_ns() - freeze->begin_ns;

	for (size_t i = 0; i < freeze->count; i++) {
		struct vmspy_frozen_thread *thread = &freeze->thread[i];

		if (!thread->ended && !thread->stopped &&
		    is_expected(freeze->pid, thread, waited_ns))
			return true;
	}
	return false;
}

void vmspy_await_stops(struct vmspy_freeze *freeze)
{
	uint64_t pause_ns = FIRST_PAUSE_NS;

	while (vmspy_await_collect(freeze)) {
		struct timespec pause = { .tv_nsec = (long)pause_ns };

		nanosleep(&pause, NULL);
		pause_ns *= 2;
		if (pause_ns < LONGEST_PAUSE_NS)
			continue;
		pause_ns = LONGEST_PAUSE_NS;
		if (!vmspy_await_collect_all(freeze) || !is_worth_waiting(freeze))
			return;
	}
}
