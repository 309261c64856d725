/* The parent's other children, in the order in which they are worth asking. Pure. */
#ifndef VMSPY_COMPARE_KIN_H
#define VMSPY_COMPARE_KIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "compare/pair.h"

struct vmspy_proc_list;

struct vmspy_kin {
	pid_t pid;
	uint64_t start_time_ticks;
	enum vmspy_age age; /* beside the child */
	size_t rank;        /* 0: of its age the nearest to the child */
};

struct vmspy_kin_list {
	struct vmspy_kin *kin;
	size_t count;
};

/*
 * Only those that have not run another program since they were forked, and whom no foreign session
 * betrays as adopted: nobody at all, if the child itself is betrayed so.
 * Shape:  older and younger ones by turns, the nearest first; those of the same tick, who prove the
 *         least, come last.
 * ret:    free ret->kin.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_kin_find(const struct vmspy_proc_list *list, pid_t parent, pid_t child,
				   struct vmspy_kin_list *ret) VMSPY_MUST_CHECK;

#endif
