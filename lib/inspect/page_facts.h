/* All that can be seen of one page of one space. */
#ifndef VMSPY_INSPECT_PAGE_FACTS_H
#define VMSPY_INSPECT_PAGE_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "format/pagemap.h"
#include "space/space.h"
#include "space/standing.h"

/* What was not seen of a frame. */
#define VMSPY_FACT_UNKNOWN UINT64_MAX

struct vmspy_page_facts {
	uint64_t address;                    /* of its first byte */
	const struct vmspy_mapping *mapping; /* borrowed; NULL: nothing is mapped there */
	enum vmspy_standing standing;
	struct vmspy_page page; /* the word; NONE where the kernel has none */
	bool is_settled;        /* the word was the same before and after all else was read */
	bool marks_known;       /* PAGEMAP_SCAN was asked */
	uint8_t marks;          /* VMSPY_MARK_* */
	uint64_t fact[VMSPY_FRAME_FACT_COUNT]; /* VMSPY_FACT_UNKNOWN: no frame, or not visible */
};

/*
 * Look at the page that holds an address: its word, what PAGEMAP_SCAN adds, what the kernel knows
 * of its frame, and its word again. A page that moves is read again, a few times.
 * space:  loaded.
 * Errors: GONE, NOT_PERMITTED (no right to pagemap), SYSTEM.
 * Note:   nothing is faulted in and no byte of the page is read.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_page_facts_read(
	struct vmspy_space *space, uint64_t address, struct vmspy_page_facts *ret) VMSPY_MUST_CHECK;

#endif
