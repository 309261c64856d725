/* Threads of our own that share one piece of work. */
#ifndef VMSPY_KERNEL_POOL_H
#define VMSPY_KERNEL_POOL_H

#include "base/error.h"

enum {
	VMSPY_POOL_MAX = 8, /* more only wait for the memory that they all read */
};

struct vmspy_pool;

/*
 * As many threads as there are processors that we may run on, at most VMSPY_POOL_MAX; who calls is
 * one of them. Where some cannot be had there are fewer.
 * ret:    end it with vmspy_pool_destroy(); NULL: there would be nobody but who calls.
 */
struct vmspy_error *vmspy_pool_create(struct vmspy_pool **ret) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_pool_destroy(struct vmspy_pool *pool);

/* How many work at once, with who calls: 1 of NULL. */
unsigned vmspy_pool_count(const struct vmspy_pool *pool);

/*
 * What each does: `index`, below vmspy_pool_count(), is 0 for who calls. None may write what
 * another touches.
 */
typedef struct vmspy_error *vmspy_share(void *context, unsigned index);

/*
 * Have all do their share, and wait for the last; of NULL, who calls does its own.
 * Errors: of the lowest index.
 */
struct vmspy_error *vmspy_pool_run(struct vmspy_pool *pool, vmspy_share *share,
				   void *context) VMSPY_MUST_CHECK;

#endif
