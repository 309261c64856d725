/* Whether a page is part of something larger than a page, and where in it. */
#ifndef VMSPY_INSPECT_HUGE_H
#define VMSPY_INSPECT_HUGE_H

#include <stdint.h>

#include "base/error.h"
#include "inspect/page_facts.h"
#include "space/space.h"

enum vmspy_huge_how {
	VMSPY_HUGE_UNKNOWN, /* not in a frame, or what would tell is hidden */
	VMSPY_HUGE_NOT,
	VMSPY_HUGE_ENTRY,   /* a transparent huge page, mapped by one huge entry */
	VMSPY_HUGE_FOLIO,   /* part of a large folio of which each page has an entry of its own */
	VMSPY_HUGE_HUGETLB, /* a page of hugetlbfs */
	VMSPY_HUGE_COUNT,
};

struct vmspy_huge {
	enum vmspy_huge_how how;
	uint64_t size_bytes;     /* of the huge page or folio; 0: not known */
	uint64_t position_bytes; /* of the page in it; 0 where the size is not known */
};

/*
 * Find the huge page or the large folio that a page is part of.
 * facts:  of a page of this space.
 * Errors: SYSTEM.
 * Source: Documentation/admin-guide/mm/pagemap.rst: COMPOUND_HEAD, COMPOUND_TAIL; a folio begins
 *         at a frame that is a multiple of its size.
 * Note:   the frames around it are looked up, those of one huge page at most.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_huge_find(struct vmspy_space *space,
						 const struct vmspy_page_facts *facts,
						 struct vmspy_huge *ret) VMSPY_MUST_CHECK;

/* ret: the word of the manual ("entry"), static; NULL: unknown. */
VMSPY_PUBLIC const char *vmspy_huge_name(enum vmspy_huge_how how);

#endif
