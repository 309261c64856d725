#include "compare/partner.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"

#include "base/banned.h"

/* Between a post of `asked` and one of `done` all else belongs to the thread. */
struct vmspy_partner {
	pthread_t thread;
	sem_t asked, done;
	bool ends;
	struct vmspy_stretch stretch;
	struct vmspy_error *err;
};

struct vmspy_error *vmspy_stretch_read(const struct vmspy_stretch *stretch)
{
	struct vmspy_error *err;

	err = vmspy_space_words(stretch->a, stretch->start, stretch->count, stretch->first_a);
	if (!err)
		err = vmspy_space_words(stretch->b, stretch->start, stretch->count,
					stretch->first_b);
	if (!err)
		err = vmspy_space_words(stretch->a, stretch->start, stretch->count,
					stretch->second_a);
	return err;
}

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) && errno == EINTR)
		continue;
}

static void *be_partner(void *argument)
{
	struct vmspy_partner *partner = argument;

	for (wait_for(&partner->asked); !partner->ends; wait_for(&partner->asked)) {
		partner->err = vmspy_stretch_read(&partner->stretch);
		sem_post(&partner->done);
	}
	return NULL;
}

/* Signals are for the threads that the program knows. */
static int start_thread(struct vmspy_partner *partner)
{
	sigset_t all, before;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&partner->thread, NULL, be_partner, partner);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

struct vmspy_error *vmspy_partner_create(struct vmspy_partner **ret)
{
	struct vmspy_partner *partner = calloc(1, sizeof(*partner));
	int code;

	if (!partner)
		return vmspy_error_no_memory();
	sem_init(&partner->asked, 0, 0);
	sem_init(&partner->done, 0, 0);
	code = start_thread(partner);
	if (code) {
		free(partner);
		return vmspy_error_system(code, "cannot start a thread");
	}
	*ret = partner;
	return NULL;
}

void vmspy_partner_destroy(struct vmspy_partner *partner)
{
	if (!partner)
		return;
	partner->ends = true;
	sem_post(&partner->asked);
	pthread_join(partner->thread, NULL);
	sem_destroy(&partner->asked);
	sem_destroy(&partner->done);
	free(partner);
}

static struct vmspy_stretch part_of(const struct vmspy_stretch *stretch, size_t from, size_t to)
{
	struct vmspy_stretch part = *stretch;

	part.start += from * vmspy_space_host(stretch->a)->page_bytes;
	part.count = to - from;
	part.first_a += from;
	part.first_b += from;
	part.second_a += from;
	return part;
}

struct vmspy_error *vmspy_partner_read(struct vmspy_partner *partner,
				       const struct vmspy_stretch *stretch)
{
	struct vmspy_stretch own = part_of(stretch, 0, stretch->count / 2);
	struct vmspy_error *err;

	partner->stretch = part_of(stretch, own.count, stretch->count);
	sem_post(&partner->asked);
	err = vmspy_stretch_read(&own);
	wait_for(&partner->done);
	if (!err)
		return partner->err;
	vmspy_error_destroy(partner->err);
	return err;
}
