/* Waiting for seized threads to stop. */
#ifndef VMSPY_KERNEL_AWAIT_H
#define VMSPY_KERNEL_AWAIT_H

#include <stddef.h>
#include <sys/types.h>

#include "kernel/freeze.h"

/* State letters of /proc/PID/stat. */
enum {
	VMSPY_STATE_BLOCKED = 'D',
	VMSPY_STATE_GONE = 'X',
	VMSPY_STATE_ZOMBIE = 'Z',
};

/* ret: the state letter of a thread; VMSPY_STATE_GONE if it is not there. */
char vmspy_await_state(pid_t pid, pid_t tid);

/*
 * Wait until every thread of the list has stopped or ended, or is not worth waiting for: in state
 * D for 100 ms, or in any other for 2 s. Counted from freeze->begin_ns.
 */
void vmspy_await_stops(struct vmspy_freeze *freeze);

/*
 * Take what the threads that have not stopped have to report, without waiting.
 * ret:  how many have not stopped.
 */
size_t vmspy_await_collect(struct vmspy_freeze *freeze);

/*
 * As vmspy_await_collect(), and note which of the stopped ones have ended: an exec ends them, and
 * waits until their end has been noted.
 */
size_t vmspy_await_collect_all(struct vmspy_freeze *freeze);

#endif
