/* The threads that read both sides, and a window for each. */
#ifndef VMSPY_COMPARE_TEAM_H
#define VMSPY_COMPARE_TEAM_H

#include <stdbool.h>

#include "base/error.h"
#include "compare/window.h"
#include "kernel/pool.h"

/* Begins with one: who calls. Nobody else may touch a window while all work. */
struct vmspy_team {
	struct vmspy_pool *pool; /* NULL: there is but one */
	unsigned count;
	bool is_grown;
	struct vmspy_window *window[VMSPY_POOL_MAX];
};

/* ret: end it with vmspy_team_deinit(). Errors: NO_MEMORY. */
struct vmspy_error *vmspy_team_init(struct vmspy_team *ret, struct vmspy_space *a,
				    struct vmspy_space *b) VMSPY_MUST_CHECK;

/*
 * Have as many as there are processors, if both spaces can be asked by several: worth while where
 * the work takes longer than waking a thread does. Where not all can be had there are fewer.
 * Errors: those of opening what is read.
 */
struct vmspy_error *vmspy_team_grow(struct vmspy_team *team) VMSPY_MUST_CHECK;

/* Read a, b, a, b from now on. */
void vmspy_team_read_four_times(struct vmspy_team *team);

/* Safe on a zeroed struct. */
void vmspy_team_deinit(struct vmspy_team *team);

#endif
