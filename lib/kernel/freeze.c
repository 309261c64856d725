#include "kernel/freeze.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

#include "kernel/host.h"
#include "kernel/own_thread.h"
#include "kernel/stop.h"

#include "base/banned.h"

/*
 * The thread that traces. It begins and ends with the hold, because its end is the only thing that
 * lets a thread in state D go: such a thread cannot be detached, and the stop that we asked for
 * would catch it, unattended, as soon as it comes out of D. When a tracer ends, the kernel detaches
 * all it traces, takes pending stops back and delivers the signals that were on their way
 * (kernel/exit.c:forget_original_parent(), kernel/ptrace.c:exit_ptrace(), __ptrace_unlink()).
 */
struct vmspy_tracer {
	pthread_t thread;
	sem_t done;   /* all is traced, or stopped, or err says why not */
	bool stops;   /* what is traced is to be stopped */
	sem_t wake;   /* the same; or there is work, or, without any, all is to be let go */
	sem_t worked; /* the work is done */
	void (*work)(const struct vmspy_freeze *freeze, void *context);
	void *context;
	pthread_mutex_t lock; /* of freeze, until all is stopped */
	struct vmspy_freeze freeze;
	struct vmspy_error *err; /* of the last step */
	uint64_t end_ns;
};

/* ptrace answers the thread that traces and no other: what it is asked for is done here. */
static void serve(struct vmspy_tracer *tracer)
{
	for (vmspy_own_thread_wait(&tracer->wake); tracer->work;
	     vmspy_own_thread_wait(&tracer->wake)) {
		tracer->work(&tracer->freeze, tracer->context);
		tracer->work = NULL;
		sem_post(&tracer->worked);
	}
}

/* ret: whether there is something to be held. */
static bool end_step(struct vmspy_tracer *tracer, struct vmspy_error *err)
{
	tracer->err = err;
	if (err)
		vmspy_stop_release(&tracer->freeze);
	sem_post(&tracer->done);
	return !err;
}

static void *hold(void *data)
{
	struct vmspy_tracer *tracer = data;

	if (!end_step(tracer, vmspy_stop_seize(&tracer->freeze, &tracer->lock)))
		return NULL;
	vmspy_own_thread_wait(&tracer->wake);
	if (tracer->stops) {
		if (!end_step(tracer, vmspy_stop_all(&tracer->freeze, &tracer->lock)))
			return NULL;
		serve(tracer);
	}
	vmspy_stop_release(&tracer->freeze);
	tracer->end_ns = vmspy_host_now_ns();
	return NULL;
}

static struct vmspy_tracer *tracer_create(pid_t pid)
{
	struct vmspy_tracer *tracer = calloc(1, sizeof(*tracer));

	if (!tracer)
		return NULL;
	tracer->freeze.pid = pid;
	tracer->freeze.tracer = tracer;
	sem_init(&tracer->done, 0, 0);
	sem_init(&tracer->wake, 0, 0);
	sem_init(&tracer->worked, 0, 0);
	pthread_mutex_init(&tracer->lock, NULL);
	return tracer;
}

static void tracer_destroy(struct vmspy_tracer *tracer)
{
	sem_destroy(&tracer->done);
	sem_destroy(&tracer->wake);
	sem_destroy(&tracer->worked);
	pthread_mutex_destroy(&tracer->lock);
	free(tracer->freeze.thread);
	free(tracer);
}

/* Wait for a step; after one that failed there is no tracer. */
static struct vmspy_error *await_step(struct vmspy_tracer *tracer)
{
	struct vmspy_error *err;

	vmspy_stop_help(&tracer->freeze, &tracer->lock, &tracer->done);
	err = tracer->err;
	if (err) {
		pthread_join(tracer->thread, NULL);
		tracer_destroy(tracer);
	}
	return err;
}

struct vmspy_error *vmspy_freeze_prepare(pid_t pid, struct vmspy_freeze *ret)
{
	struct vmspy_tracer *tracer;
	struct vmspy_error *err;
	int code;

	if (pid <= 0)
		return vmspy_error_create(VMSPY_ERROR_GONE, "no process '%d'", pid);
	if (pid == getpid())
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot stop '%d': it is this program itself (use "
					  "--no-hold)",
					  pid);
	tracer = tracer_create(pid);
	if (!tracer)
		return vmspy_error_no_memory();
	code = vmspy_own_thread_start(hold, tracer, &tracer->thread);
	if (code) {
		tracer_destroy(tracer);
		return vmspy_error_system(code, "cannot start a thread to stop '%d' with", pid);
	}
	if ((err = await_step(tracer)))
		return err;
	*ret = (struct vmspy_freeze){ .pid = pid, .tracer = tracer };
	return NULL;
}

struct vmspy_error *vmspy_freeze_stop(struct vmspy_freeze *freeze)
{
	struct vmspy_tracer *tracer = freeze->tracer;
	struct vmspy_error *err;

	*freeze = (struct vmspy_freeze){ 0 };
	tracer->stops = true;
	sem_post(&tracer->wake);
	if ((err = await_step(tracer)))
		return err;
	*freeze = tracer->freeze;
	return NULL;
}

struct vmspy_error *vmspy_freeze_begin(pid_t pid, struct vmspy_freeze *ret)
{
	struct vmspy_freeze freeze;
	struct vmspy_error *err;

	if ((err = vmspy_freeze_prepare(pid, &freeze)) || (err = vmspy_freeze_stop(&freeze)))
		return err;
	*ret = freeze;
	return NULL;
}

void vmspy_freeze_call(struct vmspy_freeze *freeze,
		       void (*work)(const struct vmspy_freeze *freeze, void *context),
		       void *context)
{
	struct vmspy_tracer *tracer = freeze->tracer;

	if (!tracer || !tracer->stops)
		return;
	tracer->work = work;
	tracer->context = context;
	sem_post(&tracer->wake);
	vmspy_own_thread_wait(&tracer->worked);
}

uint64_t vmspy_freeze_end(struct vmspy_freeze *freeze)
{
	struct vmspy_tracer *tracer = freeze->tracer;
	uint64_t held_ns;

	if (!tracer)
		return 0;
	sem_post(&tracer->wake);
	pthread_join(tracer->thread, NULL);
	held_ns = tracer->stops ? tracer->end_ns - tracer->freeze.begin_ns : 0;
	tracer_destroy(tracer);
	*freeze = (struct vmspy_freeze){ 0 };
	return held_ns;
}

void vmspy_freeze_deinit(struct vmspy_freeze *freeze)
{
	vmspy_freeze_end(freeze);
}
