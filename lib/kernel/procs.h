/* The processes of this machine: names, parents, children. libproc2 behind one face. */
#ifndef VMSPY_KERNEL_PROCS_H
#define VMSPY_KERNEL_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "format/stat.h"

struct vmspy_proc {
	pid_t pid;
	pid_t parent_pid;
	pid_t session_pid; /* who made its session; 0: outside what we see */
	bool forked;       /* no exec since the fork that made it: it runs its creator's program */
	uint64_t start_time_ticks;
	char comm[VMSPY_COMM_MAX];
};

/* Shape: ascending by pid; thread-group leaders only. A zeroed struct is an empty list. */
struct vmspy_proc_list {
	struct vmspy_proc *proc;
	size_t count;
};

/*
 * List all processes that /proc shows.
 * ret:    end it with vmspy_proc_list_deinit().
 * Errors: UNSUPPORTED (/proc is not mounted), NO_MEMORY, SYSTEM.
 */
struct vmspy_error *vmspy_procs_list(struct vmspy_proc_list *ret) VMSPY_MUST_CHECK;

/* ret: the process with this pid, NULL if the list has none. Borrowed. */
const struct vmspy_proc *vmspy_proc_find(const struct vmspy_proc_list *list, pid_t pid);

void vmspy_proc_list_deinit(struct vmspy_proc_list *list);

#endif
