/* A window of pages, and what is known of each: for the survey alone. */
#ifndef VMSPY_INSPECT_PANE_H
#define VMSPY_INSPECT_PANE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "inspect/page_facts.h"
#include "kernel/pool.h"
#include "space/space.h"

enum {
	VMSPY_PANE_PAGES = 32768, /* as many words stay in the cache */
};

/* A zeroed struct with space and facts set; one mapping's pages at a time. */
struct vmspy_pane {
	struct vmspy_space *space;
	uint32_t facts; /* bits 1 << enum vmspy_frame_fact: what is looked up, if it is visible */
	bool with_marks;
	bool checked; /* words are read again behind the facts: what moved is in flight */
	struct vmspy_pool *pool; /* NULL: we work alone */
	const struct vmspy_mapping *mapping;
	uint64_t start; /* of the first page */
	size_t count;
	size_t moved_pages[VMSPY_POOL_MAX]; /* that each thread saw */
	uint64_t words[VMSPY_PANE_PAGES];
	uint64_t fact[VMSPY_FRAME_FACT_COUNT][VMSPY_PANE_PAGES];
	uint8_t marks[VMSPY_PANE_PAGES];
	uint8_t standing[VMSPY_PANE_PAGES];
	/* While it is read. What a thread has of its part lies behind the first page's place. */
	_Atomic size_t next; /* page that no thread has taken */
	uint64_t again[VMSPY_PANE_PAGES];
	uint64_t frames[VMSPY_PANE_PAGES];
	uint64_t found[VMSPY_PANE_PAGES];
	bool is_huge[VMSPY_PANE_PAGES]; /* of a huge entry: its tails are alike */
};

/* Whether this fact is looked up. */
bool vmspy_pane_has(const struct vmspy_pane *pane, enum vmspy_frame_fact fact);

/* Whether marks are. Where frames are hidden, PAGEMAP_SCAN still tells zero pages. */
bool vmspy_pane_has_marks(const struct vmspy_pane *pane);

/*
 * Open what will be asked, and have more threads where they help.
 * Errors: SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_pane_prepare(struct vmspy_pane *pane) VMSPY_MUST_CHECK;

/*
 * Read the pages of [start, start + count) of pane->mapping.
 * Errors: GONE, NOT_PERMITTED, SYSTEM.
 */
struct vmspy_error *vmspy_pane_read(struct vmspy_pane *pane, uint64_t start,
				    size_t count) VMSPY_MUST_CHECK;

#endif
