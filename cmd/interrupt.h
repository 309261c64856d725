/* Ending in an orderly way: SIGINT, SIGTERM and SIGHUP are taken, and the command asks for them. */
#ifndef VMSPY_CMD_INTERRUPT_H
#define VMSPY_CMD_INTERRUPT_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	INTERRUPT_SIGNALS = 3
};

/* Signals are the program's: there is one of these at a time. */
struct interrupt {
	int fd; /* readable once it came; stays so. May be polled with others, is never read */
	struct sigaction before[INTERRUPT_SIGNALS];
};

/*
 * Take the signals from now on. The first of each is noted, a second one ends us at once as it
 * always would, for those who will not wait: what we hold, the kernel then lets go.
 * ret:    end it with interrupt_end().
 * Errors: SYSTEM.
 * Note:   SIGHUP stays ignored where it was (nohup). SIGINT does not: a shell without job control
 *         starts what runs in the background with it ignored, and kill -INT is how to end it.
 * Note:   system calls are begun again (SA_RESTART), but for those that never are (signal(7)).
 *         A child has the handlers until it runs exec.
 */
struct vmspy_error *interrupt_begin(struct interrupt *ret) VMSPY_MUST_CHECK;

/* Whether one of them came since interrupt_begin(). */
bool interrupt_came(const struct interrupt *interrupt);

/*
 * Wait until one of them came, or one of some other descriptors has something to say, or it is
 * time.
 * polled:   [0] is set here, the others are the caller's: revents as poll(2) leaves it.
 * count:    of them all, at least 1.
 * until_ns: CLOCK_MONOTONIC; a time that has passed: do not wait. UINT64_MAX: for ever.
 * ret:      whether one of the signals came.
 */
bool interrupt_poll(const struct interrupt *interrupt, struct pollfd *polled, size_t count,
		    uint64_t until_ns);

/* The same with no others. */
bool interrupt_wait(const struct interrupt *interrupt, uint64_t until_ns);

/* The signals do again what they did before. A signal that came is not passed on. */
void interrupt_end(struct interrupt *interrupt);

/*
 * Put off being suspended (Ctrl-Z) while processes are held: who is suspended lets nobody go.
 * ret: what resume_suspension() gets, when they are let go. Nothing else may change the mask
 *      in between.
 */
sigset_t put_off_suspension(void);
void resume_suspension(const sigset_t *before);

#endif
