#include "kernel/second.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

#include "base/banned.h"

/* Between a post of `asked` and one of `done` all else belongs to the thread. */
struct vmspy_second {
	pthread_t thread;
	sem_t asked, done;
	bool ends;
	vmspy_half *half;
	void *context;
	struct vmspy_error *err;
};

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		continue;
}

static void *be_second(void *argument)
{
	struct vmspy_second *second = argument;

	for (wait_for(&second->asked); !second->ends; wait_for(&second->asked)) {
		second->err = second->half(second->context, true);
		sem_post(&second->done);
	}
	return NULL;
}

/* Signals are for the threads that the program knows. */
static int start_thread(struct vmspy_second *second)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&second->thread, NULL, be_second, second);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

struct vmspy_error *vmspy_second_create(struct vmspy_second **ret)
{
	struct vmspy_second *second = calloc(1, sizeof(*second));
	int code;

	if (!second)
		return vmspy_error_no_memory();
	sem_init(&second->asked, 0, 0);
	sem_init(&second->done, 0, 0);
	code = start_thread(second);
	if (code) {
		free(second);
		return vmspy_error_system(code, "cannot start a thread");
	}
	*ret = second;
	return NULL;
}

void vmspy_second_destroy(struct vmspy_second *second)
{
	if (!second)
		return;
	second->ends = true;
	sem_post(&second->asked);
	pthread_join(second->thread, NULL);
	sem_destroy(&second->asked);
	sem_destroy(&second->done);
	free(second);
}

struct vmspy_error *vmspy_second_share(struct vmspy_second *second, vmspy_half *half, void *context)
{
	struct vmspy_error *err;

	second->half = half;
	second->context = context;
	sem_post(&second->asked);
	err = half(context, false);
	wait_for(&second->done);
	if (!err)
		return second->err;
	vmspy_error_destroy(second->err);
	return err;
}
