/* The priority of a thread of ours that somebody waits for. */
#ifndef VMSPY_KERNEL_PRIORITY_H
#define VMSPY_KERNEL_PRIORITY_H

#include <stdbool.h>
#include <sys/types.h>

/* A zeroed struct: nothing was raised. */
struct vmspy_priority {
	bool is_raised;
	pid_t tid;
	int before;
};

/*
 * Have the calling thread, and those that it starts from now on, run before others: on a busy
 * machine who is held waits half as long. Where that is not permitted, or it is so already, all
 * stays as it is.
 * Source: setpriority(2): on Linux a nice value is a thread's own.
 */
void vmspy_priority_raise(struct vmspy_priority *priority);

/* Give that thread what it had. Safe to call twice and on a zeroed struct; any thread may. */
void vmspy_priority_restore(struct vmspy_priority *priority);

#endif
