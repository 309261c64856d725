/* Stopping and letting go, as the thread that calls: what kernel/freeze.h does in a thread of its own. */
#ifndef VMSPY_KERNEL_STOP_H
#define VMSPY_KERNEL_STOP_H

#include <pthread.h>
#include <semaphore.h>

#include "base/error.h"
#include "kernel/freeze.h"

/*
 * Trace every thread of freeze->pid, which stops none of them.
 * freeze: zeroed but for pid; also on error it lists what vmspy_stop_release() has to let go.
 * lock:   of freeze; held but for while the kernel lets us wait.
 * Errors: as vmspy_freeze_begin().
 */
struct vmspy_error *vmspy_stop_seize(struct vmspy_freeze *freeze,
				     pthread_mutex_t *lock) VMSPY_MUST_CHECK;

/* Stop every thread of it, traced already or not. The same holds of its arguments and errors. */
struct vmspy_error *vmspy_stop_all(struct vmspy_freeze *freeze,
				   pthread_mutex_t *lock) VMSPY_MUST_CHECK;

/*
 * To be called by another thread while either is at work: note what has ended, until
 * `done` is posted. Without it both programs hang when the target runs exec just then:
 * PTRACE_SEIZE waits for the exec (cred_guard_mutex), the exec for the threads that it ends
 * (fs/exec.c:de_thread()), and one of those that is traced is only gone when its tracer, or any
 * thread beside it, has waited for it.
 */
void vmspy_stop_help(struct vmspy_freeze *freeze, pthread_mutex_t *lock, sem_t *done);

/*
 * Let go what is stopped.
 * Note: a thread that has not stopped cannot be detached: PTRACE_DETACH answers ESRCH, and the
 *       stop that we asked for stays pending. Only the end of the calling thread takes it back:
 *       the kernel then clears it (kernel/ptrace.c:__ptrace_unlink()).
 */
void vmspy_stop_release(struct vmspy_freeze *freeze);

#endif
