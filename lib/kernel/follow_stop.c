#include "kernel/follow_stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "format/status.h"
#include "kernel/host.h"
#include "kernel/proc_file.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 32,
	EVENT_SHIFT = 16, /* in what waitpid(2) tells */
	EVENT_SHIFT_OF_SIGINFO = 8,

	/* Never EXITKILL: who is followed outlives us. */
	OPTIONS_OF_ALL = PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT,
	OPTIONS_OF_MAKERS = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK,
};

/* --- requests; ESRCH of any of them: it was killed meanwhile, which waitpid(2) will tell --- */

static bool is_group_stop(int status)
{
	if (status >> EVENT_SHIFT != PTRACE_EVENT_STOP)
		return false;
	switch (WSTOPSIG(status)) {
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		return true;
	default:
		return false;
	}
}

/* The signal that was on its way; an event is none. */
static void *signal_of(int status)
{
	return (void *)(intptr_t)(status >> EVENT_SHIFT ? 0 : WSTOPSIG(status));
}

static void resume(pid_t tid, int status)
{
	/* As a stopped process is: it stays so, and wakes for SIGCONT. */
	if (is_group_stop(status))
		ptrace(PTRACE_LISTEN, tid, NULL, NULL);
	else
		ptrace(PTRACE_CONT, tid, NULL, signal_of(status));
}

static void detach(pid_t tid, int status)
{
	ptrace(PTRACE_DETACH, tid, NULL, signal_of(status));
}

void vmspy_follow_equip(const struct vmspy_following *following, struct vmspy_tracee *tracee)
{
	const struct vmspy_tracee *leader = vmspy_tracee_find(&following->table, tracee->pid);
	long options = OPTIONS_OF_ALL;

	if (tracee->equipped)
		return;
	/* Whose children are nobody's concern forks without us. */
	if (leader->process.depth < following->options.depth_max)
		options |= OPTIONS_OF_MAKERS;
	ptrace(PTRACE_SETOPTIONS, tracee->tid, NULL, (void *)options);
	tracee->equipped = true;
}

pid_t vmspy_follow_wait(pid_t tid, int options, int *status)
{
	siginfo_t seen;

	for (;;) {
		pid_t got;

		seen = (siginfo_t){ 0 };
		if (waitid(tid < 0 ? P_ALL : P_PID, tid < 0 ? 0 : (id_t)tid, &seen,
			   WEXITED | WSTOPPED | WNOWAIT | __WALL | options)) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (!seen.si_pid)
			return 0;
		if (seen.si_code == CLD_TRAPPED && !(seen.si_status >> EVENT_SHIFT_OF_SIGINFO)) {
			*status = W_STOPCODE(seen.si_status);
			return seen.si_pid;
		}
		/* It may have been killed in the meantime. */
		got = waitpid(seen.si_pid, status, WNOHANG | __WALL);
		if (got > 0)
			return got;
	}
}

/* --- telling ------------------------------------------------------------------------------- */

void vmspy_follow_tell(const struct vmspy_following *following, const struct vmspy_tracee *leader,
		       struct vmspy_follow_event event)
{
	event.pid = leader->pid;
	event.parent_pid = leader->process.parent_pid;
	event.depth = leader->process.depth;
	following->options.happened(following->options.context, &event);
}

/* --- births -------------------------------------------------------------------------------- */

static struct vmspy_tracee *add_unborn(struct vmspy_following *following, pid_t pid, int status)
{
	struct vmspy_tracee *leader = vmspy_tracee_add_leader(&following->table, pid);

	if (!leader) {
		detach(pid, status);
		return NULL;
	}
	leader->process.unborn = true;
	leader->process.status = status;
	following->table.unborn_count++;
	following->unborn_ns = vmspy_host_now_ns();
	return leader;
}

/* It is stopped, and its maker is stopped too, or dead. */
static void bear(struct vmspy_following *following, struct vmspy_tracee *child, pid_t maker_pid)
{
	const struct vmspy_tracee *maker = vmspy_tracee_find(&following->table, maker_pid);
	struct vmspy_traced_process *process = &child->process;

	process->depth = maker ? maker->process.depth + 1 : 1;
	process->parent_pid = maker_pid;
	if (process->depth > following->options.depth_max) {
		detach(child->pid, process->status);
		vmspy_tracee_drop_process(&following->table, child);
		return;
	}
	process->unborn = false;
	following->table.unborn_count--;
	vmspy_tracee_add_thread(&following->table, child->pid, child->pid);
	vmspy_follow_tell(
		following, child,
		(struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_BORN, .tid = child->tid });
	vmspy_follow_take(following, child->tid, process->status);
}

void vmspy_follow_adopt_unborn(struct vmspy_following *following)
{
	struct vmspy_tracee *child;

	while ((child = vmspy_tracee_find_unborn(&following->table)))
		bear(following, child, child->process.parent_pid);
}

/* EPERM comes after the question whether it is one. */
static bool is_thread_of(pid_t pid, pid_t tid)
{
	return !tgkill(pid, tid, 0) || errno == EPERM;
}

/* Fork, vfork or clone: the maker is stopped; what it made is on its way to its first stop, or there. */
static void take_birth(struct vmspy_following *following, struct vmspy_tracee *maker)
{
	struct vmspy_tracee *child;
	unsigned long message;
	int status;
	pid_t tid;

	if (ptrace(PTRACE_GETEVENTMSG, maker->tid, NULL, &message))
		return;
	tid = (pid_t)message;
	child = vmspy_tracee_find(&following->table, tid);
	/* The number of one that was refused, and is gone. */
	if (child && child->process.refused) {
		vmspy_tracee_drop_process(&following->table, child);
		child = NULL;
	}
	if (!child && is_thread_of(maker->pid, tid)) {
		vmspy_tracee_add_thread(&following->table, maker->pid, tid);
		return;
	}
	/* It may have been killed, and that may have been told already: then nothing is to be told. */
	if (!child && vmspy_follow_wait(tid, 0, &status) == tid && WIFSTOPPED(status))
		child = add_unborn(following, tid, status);
	if (child && child->process.unborn)
		bear(following, child, maker->pid);
}

static bool read_status(pid_t tid, struct vmspy_status *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	if (vmspy_proc_file_read(AT_FDCWD, path, &text))
		return false;
	err = vmspy_status_parse(text.text, text.length, ret);
	return !err;
}

/*
 * A thread that has come to its first stop before its maker has said that it made one.
 * ret: NULL if there is nothing more to be done with it now.
 */
static struct vmspy_tracee *meet(struct vmspy_following *following, pid_t tid, int status)
{
	struct vmspy_tracee *tracee = NULL;
	const struct vmspy_tracee *leader;
	struct vmspy_status known;

	if (!read_status(tid, &known)) {
		detach(tid, status);
		return NULL;
	}
	if (known.thread_group_pid == tid) {
		tracee = add_unborn(following, tid, status);
		/* If nobody says that he made it, this is who did. */
		if (tracee)
			tracee->process.parent_pid = known.parent_pid;
		return NULL;
	}
	leader = vmspy_tracee_find(&following->table, known.thread_group_pid);
	if (leader && !leader->process.refused)
		tracee = vmspy_tracee_add_thread(&following->table, leader->pid, tid);
	if (!tracee)
		detach(tid, status);
	return tracee;
}

/* --- the other events ---------------------------------------------------------------------- */

static void take_exec(struct vmspy_following *following, struct vmspy_tracee *leader)
{
	vmspy_tracee_keep_leader(&following->table, leader);
	vmspy_follow_tell(
		following, leader,
		(struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_EXEC, .tid = leader->tid });
}

static void take_exit(struct vmspy_following *following, struct vmspy_tracee *tracee)
{
	if (!vmspy_tracee_leave(&following->table, tracee))
		return;
	vmspy_follow_tell(
		following, vmspy_tracee_find(&following->table, tracee->pid),
		(struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_LEAVING, .tid = tracee->tid });
}

/* The end of a leader comes after that of all others. */
static void take_end(struct vmspy_following *following, struct vmspy_tracee *tracee, int status)
{
	struct vmspy_tracee *leader = vmspy_tracee_find(&following->table, tracee->pid);

	if (tracee != leader) {
		vmspy_tracee_drop_thread(&following->table, tracee);
		/* A leader that ended before we came is never told of. */
		if (leader->traced || leader->process.thread_count)
			return;
	}
	if (!leader->process.unborn && !leader->process.refused)
		vmspy_follow_tell(following, leader,
				  (struct vmspy_follow_event){ .kind = VMSPY_FOLLOW_ENDED,
							       .tid = leader->tid,
							       .status = status });
	vmspy_tracee_drop_process(&following->table, leader);
}

static void (*const events[])(struct vmspy_following *, struct vmspy_tracee *) = {
	[PTRACE_EVENT_FORK] = take_birth,  [PTRACE_EVENT_VFORK] = take_birth,
	[PTRACE_EVENT_CLONE] = take_birth, [PTRACE_EVENT_EXEC] = take_exec,
	[PTRACE_EVENT_EXIT] = take_exit,
};

static void take_stop(struct vmspy_following *following, struct vmspy_tracee *tracee, int status)
{
	size_t event = (unsigned)status >> EVENT_SHIFT;
	pid_t tid = tracee->tid;

	vmspy_follow_equip(following, tracee);
	if (event < sizeof(events) / sizeof(events[0]) && events[event])
		events[event](following, tracee);
	resume(tid, status);
}

void vmspy_follow_take(struct vmspy_following *following, pid_t tid, int status)
{
	struct vmspy_tracee *tracee = vmspy_tracee_find(&following->table, tid);

	if (!WIFSTOPPED(status)) {
		if (tracee)
			take_end(following, tracee, status);
		return;
	}
	if (!tracee)
		tracee = meet(following, tid, status);
	if (!tracee)
		return;
	if (tracee->process.refused)
		detach(tid, status);
	else if (tracee->process.unborn)
		tracee->process.status = status;
	else
		take_stop(following, tracee, status);
}
