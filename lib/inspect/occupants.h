/* Which threads have their stack or their TLS in which mapping. Pure. */
#ifndef VMSPY_INSPECT_OCCUPANTS_H
#define VMSPY_INSPECT_OCCUPANTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "space/space.h"

/* What a thread has in a mapping. */
enum vmspy_occupancy {
	VMSPY_OCCUPANCY_STACK,
	VMSPY_OCCUPANCY_TLS,
	VMSPY_OCCUPANCY_BOTH, /* as the C library makes it: static TLS on top of the stack */
	VMSPY_OCCUPANCY_COUNT,
};

enum {
	VMSPY_OCCUPANTS_TOLD = 3, /* of each such group are told one by one */
};

#define VMSPY_NO_THREAD SIZE_MAX

/* The threads of one mapping, by their places in the list of threads. */
struct vmspy_occupants {
	size_t mapping_index;
	size_t lowest; /* who stands lowest in it; VMSPY_NO_THREAD: none stands in it */
	struct {
		size_t count;
		size_t first[VMSPY_OCCUPANTS_TOLD]; /* by tid */
	} group[VMSPY_OCCUPANCY_COUNT];
	uint64_t guard_bytes; /* written by whoever looks at the pages */
};

/* Shape: ascending by mapping_index; only mappings that have occupants. A zeroed struct is empty. */
struct vmspy_occupants_list {
	struct vmspy_occupants *occupants;
	size_t count;
	size_t room;
};

/*
 * threads: those whose stack or thread pointer is not known have no place.
 * ret:     end it with vmspy_occupants_list_deinit().
 * Errors:  NO_MEMORY.
 */
struct vmspy_error *vmspy_occupants_find(const struct vmspy_layout *layout,
					 const struct vmspy_thread_list *threads,
					 struct vmspy_occupants_list *ret) VMSPY_MUST_CHECK;

/* ret: those of a mapping, NULL if it has none. Borrowed. */
const struct vmspy_occupants *vmspy_occupants_of(const struct vmspy_occupants_list *list,
						 size_t mapping_index);

void vmspy_occupants_list_deinit(struct vmspy_occupants_list *list);

#endif
