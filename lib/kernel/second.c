#include "kernel/second.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kernel/own_thread.h"

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

static void *be_second(void *argument)
{
	struct vmspy_second *second = argument;

	for (vmspy_own_thread_wait(&second->asked); !second->ends;
	     vmspy_own_thread_wait(&second->asked)) {
		second->err = second->half(second->context, true);
		sem_post(&second->done);
	}
	return NULL;
}

struct vmspy_error *vmspy_second_create(struct vmspy_second **ret)
{
	struct vmspy_second *second = calloc(1, sizeof(*second));
	int code;

	if (!second)
		return vmspy_error_no_memory();
	sem_init(&second->asked, 0, 0);
	sem_init(&second->done, 0, 0);
	code = vmspy_own_thread_start(be_second, second, &second->thread);
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
	vmspy_own_thread_wait(&second->done);
	if (!err)
		return second->err;
	vmspy_error_destroy(second->err);
	return err;
}
