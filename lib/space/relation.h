/* How two processes are related. */
#ifndef VMSPY_SPACE_RELATION_H
#define VMSPY_SPACE_RELATION_H

#include <stdbool.h>

#include "base/error.h"
#include "space/space.h"

/* What a is to b. */
enum vmspy_relation {
	VMSPY_RELATION_PARENT,
	VMSPY_RELATION_CHILD,
	VMSPY_RELATION_SIBLING,
	VMSPY_RELATION_ANCESTOR,
	VMSPY_RELATION_DESCENDANT,
	VMSPY_RELATION_SAME_ADDRESS_SPACE, /* two processes, one memory: vfork, CLONE_VM */
	VMSPY_RELATION_UNRELATED,
	VMSPY_RELATION_SAME, /* one process, named twice */
};

/*
 * Find out by the chain of parents as it is now.
 * Note:   a daemon that was reparented to init is unrelated to, or a sibling of, its creator by
 *         this; whether pages were inherited is known from the frames, not from here.
 * Errors: NO_MEMORY, UNSUPPORTED, SYSTEM.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_relation_find(const struct vmspy_space *a,
						     const struct vmspy_space *b,
						     enum vmspy_relation *ret) VMSPY_MUST_CHECK;

/* ret: the word of the manual ("same-address-space"), static. */
VMSPY_PUBLIC const char *vmspy_relation_name(enum vmspy_relation relation);

/*
 * Whether both run the same program image: the same executable and the same bounds of the main
 * program. fork copies the bounds, exec draws new ones (with address randomisation): equal
 * executables that were started apart differ here. Needs vmspy_space_load() of both.
 */
VMSPY_PUBLIC bool vmspy_relation_same_image(const struct vmspy_space *a,
					    const struct vmspy_space *b);

/* Whether these bounds are of one image: what exec draws anew is equal. */
bool vmspy_relation_same_bounds(const struct vmspy_mm_bounds *left,
				const struct vmspy_mm_bounds *right);

/* Whether two processes have one address space (vfork, CLONE_VM). */
bool vmspy_relation_same_memory(const struct vmspy_space *a, const struct vmspy_space *b);

#endif
