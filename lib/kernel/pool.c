#include "kernel/pool.h"

#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kernel/own_thread.h"

#include "base/banned.h"

/* Between a post of `asked` and its one of `done` all but the pool belongs to the thread. */
struct worker {
	struct vmspy_pool *pool;
	unsigned index;
	pthread_t thread;
	sem_t asked;
	struct vmspy_error *err;
};

struct vmspy_pool {
	struct worker worker[VMSPY_POOL_MAX]; /* the first is who calls, and has no thread */
	unsigned count;
	bool ends;
	sem_t done;
	vmspy_share *share;
	void *context;
};

/* The processors that we may run on: taskset and cpusets leave some of them out. */
static unsigned processors(void)
{
	cpu_set_t allowed;
	int count;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		return 1; /* more than fit into the set: not worth another call */
	count = CPU_COUNT(&allowed);
	return count < VMSPY_POOL_MAX ? (unsigned)count : VMSPY_POOL_MAX;
}

static void *work(void *argument)
{
	struct worker *worker = argument;
	struct vmspy_pool *pool = worker->pool;

	for (vmspy_own_thread_wait(&worker->asked); !pool->ends;
	     vmspy_own_thread_wait(&worker->asked)) {
		worker->err = pool->share(pool->context, worker->index);
		sem_post(&pool->done);
	}
	return NULL;
}

static bool start_worker(struct vmspy_pool *pool)
{
	struct worker *worker = &pool->worker[pool->count];

	worker->pool = pool;
	worker->index = pool->count;
	sem_init(&worker->asked, 0, 0);
	if (vmspy_own_thread_start(work, worker, &worker->thread)) {
		sem_destroy(&worker->asked);
		return false;
	}
	pool->count++;
	return true;
}

struct vmspy_error *vmspy_pool_create(struct vmspy_pool **ret)
{
	unsigned wanted = processors();
	struct vmspy_pool *pool;

	*ret = NULL;
	if (wanted == 1)
		return NULL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return vmspy_error_no_memory();
	sem_init(&pool->done, 0, 0);
	pool->count = 1;
	while (pool->count < wanted && start_worker(pool))
		;
	*ret = pool;
	return NULL;
}

void vmspy_pool_destroy(struct vmspy_pool *pool)
{
	if (!pool)
		return;
	pool->ends = true;
	for (unsigned i = 1; i < pool->count; i++) {
		sem_post(&pool->worker[i].asked);
		pthread_join(pool->worker[i].thread, NULL);
		sem_destroy(&pool->worker[i].asked);
	}
	sem_destroy(&pool->done);
	free(pool);
}

unsigned vmspy_pool_count(const struct vmspy_pool *pool)
{
	return pool ? pool->count : 1;
}

struct vmspy_error *vmspy_pool_run(struct vmspy_pool *pool, vmspy_share *share, void *context)
{
	struct vmspy_error *err;

	if (!pool)
		return share(context, 0);
	pool->share = share;
	pool->context = context;
	for (unsigned i = 1; i < pool->count; i++)
		sem_post(&pool->worker[i].asked);
	err = share(context, 0);
	for (unsigned i = 1; i < pool->count; i++)
		vmspy_own_thread_wait(&pool->done);
	for (unsigned i = 1; i < pool->count; i++) {
		if (err)
			vmspy_error_destroy(pool->worker[i].err);
		else
			err = pool->worker[i].err;
	}
	return err;
}
