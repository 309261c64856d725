/* The page words of a process at one moment, kept. */
#ifndef VMSPY_TRACE_SNAPSHOT_H
#define VMSPY_TRACE_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "space/space.h"

struct vmspy_snapshot;

/*
 * Read the words of all private memory: 8 bytes for each page that is there.
 * space:  loaded.
 * ret:    one reference; end it with vmspy_snapshot_drop(). References belong to one thread.
 * Errors: GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_snapshot_create(struct vmspy_space *space,
					  struct vmspy_snapshot **ret) VMSPY_MUST_CHECK;

/* One more reference. ret: the same. */
struct vmspy_snapshot *vmspy_snapshot_keep(struct vmspy_snapshot *snapshot);

/* NULL is allowed. */
void vmspy_snapshot_drop(struct vmspy_snapshot *snapshot);

/* ret: the word of the page at a byte address; 0: nothing was there. snapshot: NULL is empty. */
uint64_t vmspy_snapshot_word(struct vmspy_snapshot *snapshot, uint64_t address);

/* Who is shown the pages that were there, in ascending order. */
struct vmspy_snapshot_reader {
	struct vmspy_error *(*take)(void *context, uint64_t page_start, uint64_t word);
	void *context;
};

/* Errors: those of take(), which ends it. */
struct vmspy_error *vmspy_snapshot_read(const struct vmspy_snapshot *snapshot,
					const struct vmspy_snapshot_reader *reader)
	VMSPY_MUST_CHECK;

#endif
