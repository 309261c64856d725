/* The page words of all memory that writes copy: the private mappings of a space, holes skipped. */
#ifndef VMSPY_TRACE_WALK_H
#define VMSPY_TRACE_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "space/space.h"

/* Adjacent pages of one mapping; it stands until take() returns. */
struct vmspy_walked {
	const struct vmspy_mapping *mapping;
	uint64_t start; /* byte address of the first page */
	const uint64_t *words;
	size_t count;
};

struct vmspy_walker {
	struct vmspy_error *(*take)(void *context, const struct vmspy_walked *walked);
	void *context;
};

/*
 * Read them in ascending order. No page is touched.
 * space:  loaded.
 * Errors: those of take(); GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_walk_private(struct vmspy_space *space,
				       const struct vmspy_walker *walker) VMSPY_MUST_CHECK;

#endif
