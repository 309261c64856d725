#include "kernel/own_thread.h"

#include <errno.h>
#include <signal.h>

#include "base/banned.h"

int vmspy_own_thread_start(void *(*run)(void *context), void *context, pthread_t *ret)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(ret, NULL, run, context);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

void vmspy_own_thread_wait(sem_t *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		continue;
}
