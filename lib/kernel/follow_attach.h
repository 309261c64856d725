/* Attaching to a process and its descendants: all of them stopped, told of, and let go. */
#ifndef VMSPY_KERNEL_FOLLOW_ATTACH_H
#define VMSPY_KERNEL_FOLLOW_ATTACH_H

#include <pthread.h>

#include "base/error.h"
#include "kernel/follow_stop.h"
#include "kernel/freeze.h"

/*
 * On the thread that is to trace.
 * freeze: zeroed; what is being stopped at the moment, so that another thread can help
 *         (kernel/stop.h); holds nothing afterwards.
 * lock:   of freeze.
 * Errors: those of the target as vmspy_freeze_begin(); NO_MEMORY. Only the end of the calling
 *         thread lets go of all that is stopped then.
 */
struct vmspy_error *vmspy_follow_attach(struct vmspy_following *following,
					struct vmspy_freeze *freeze,
					pthread_mutex_t *lock) VMSPY_MUST_CHECK;

#endif
