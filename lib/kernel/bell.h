/* What wakes a thread from waitpid(2): a child of it that does nothing but end. */
#ifndef VMSPY_KERNEL_BELL_H
#define VMSPY_KERNEL_BELL_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Start a child of the calling thread that ends when `fd` can be read, or with that thread.
 * fd:     an eventfd: also of later bells; what is written to it rings all of them.
 * ret:    its pid; -1, and errno. To be waited for with __WALL: it sends no signal when it ends.
 * Note:   pthread_cancel() could wake the thread too, but glibc 2.36 hangs in it now and then: a
 *         system call that ends just when it is cancelled waits for a signal that it has had
 *         (__pthread_disable_asynccancel()). And signals belong to the program that we are part of.
 */
pid_t vmspy_bell_start(int fd);

/* Whether something was written to the eventfd. */
bool vmspy_bell_is_rung(int fd);

#endif
