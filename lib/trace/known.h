/* What is known of the pages of one memory: as it was at a moment, and what changed since. */
#ifndef VMSPY_TRACE_KNOWN_H
#define VMSPY_TRACE_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/snapshot.h"

struct vmspy_known_change;

/* A zeroed struct knows nothing. */
struct vmspy_known {
	struct vmspy_snapshot *base;       /* NULL: nothing was there */
	struct vmspy_known_change *change; /* a hash by page; NULL: nothing changed */
	size_t count, room;
};

/*
 * Begin again from what was read.
 * base: one reference more is taken; NULL: nothing is there.
 */
void vmspy_known_rebase(struct vmspy_known *known, struct vmspy_snapshot *base);

void vmspy_known_deinit(struct vmspy_known *known);

/*
 * ret:     the word of the page at a byte address; 0: nothing is known to be there.
 * ret_ns:  when it became so (CLOCK_MONOTONIC); 0: it was so at the beginning. NULL: not asked.
 */
uint64_t vmspy_known_word(const struct vmspy_known *known, uint64_t page_start, uint64_t *ret_ns);

/* Errors: NO_MEMORY. */
struct vmspy_error *vmspy_known_set(struct vmspy_known *known, uint64_t page_start, uint64_t word,
				    uint64_t time_ns) VMSPY_MUST_CHECK;

#endif
