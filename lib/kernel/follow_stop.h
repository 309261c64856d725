/* What each stop of a thread that is followed means, and how it goes on from there. */
#ifndef VMSPY_KERNEL_FOLLOW_STOP_H
#define VMSPY_KERNEL_FOLLOW_STOP_H

#include <stdint.h>
#include <sys/types.h>

#include "kernel/follow.h"
#include "kernel/tracee.h"

/* All of it belongs to the thread that traces. */
struct vmspy_following {
	struct vmspy_follow_options options;
	struct vmspy_tracee_table table;
	uint64_t unborn_ns; /* CLOCK_MONOTONIC: since when the youngest of the unborn waits */
};

/* Tell the one who asked. event: all but what is known of the process. */
void vmspy_follow_tell(const struct vmspy_following *following, const struct vmspy_tracee *leader,
		       struct vmspy_follow_event event);

/* Have a stopped thread stop also for fork, exec and its end. */
void vmspy_follow_equip(const struct vmspy_following *following, struct vmspy_tracee *tracee);

/*
 * Take what waitpid(2) told of a thread: tell what happened, and let it go on.
 * Note: waits for a new process to come to its first stop.
 */
void vmspy_follow_take(struct vmspy_following *following, pid_t tid, int status);

/* Tell of those whose makers were killed before they could, and let them go on. */
void vmspy_follow_adopt_unborn(struct vmspy_following *following);

/*
 * As waitpid(2), of any kind of child.
 * Note: a signal that is on its way is seen, and not taken: waitpid(2) takes it from the thread that
 *       is to get it, and if we ended before we gave it back, the kernel would let that thread run on
 *       without it (kernel/exit.c:wait_task_stopped()). The thread may be continued all the same.
 */
pid_t vmspy_follow_wait(pid_t tid, int options, int *status);

#endif
