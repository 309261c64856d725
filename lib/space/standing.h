/* What stands at an address: of one page of one space, what its word and its mapping say. Pure. */
#ifndef VMSPY_SPACE_STANDING_H
#define VMSPY_SPACE_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "format/pagemap.h"
#include "kernel/host.h"
#include "space/kinds.h"

enum vmspy_standing {
	VMSPY_STANDING_NONE,
	VMSPY_STANDING_ANON, /* private memory in a frame */
	VMSPY_STANDING_FILE, /* page cache or shared memory in a frame */
	VMSPY_STANDING_ZERO, /* the zero page, small or huge */
	VMSPY_STANDING_SWAP,
	VMSPY_STANDING_GUARD,
	VMSPY_STANDING_MARKER,
	VMSPY_STANDING_IN_FLIGHT,
	VMSPY_STANDING_UNTRACKED,
	VMSPY_STANDING_NO_MAPPING,
	VMSPY_STANDING_COUNT,
};

/* What PAGEMAP_SCAN adds to a word; 0 where it was not asked or does not exist. */
enum {
	VMSPY_MARK_ZERO = 1,
	VMSPY_MARK_HUGE = 2, /* mapped by a huge entry */
};

/* ret: the marks of a region that vmspy_space_populated() found. */
uint8_t vmspy_marks_of(uint64_t categories);

/*
 * ret: what stands there. A frame that is hidden, not marked and in private memory reads as ANON:
 *      it may be the zero page.
 */
enum vmspy_standing vmspy_standing_of(const struct vmspy_page *page, uint8_t mark,
				      const struct vmspy_mapping *mapping,
				      const struct vmspy_host *host);

/* Whether a page that stands so is in a frame. */
static inline bool vmspy_standing_is_present(uint8_t standing)
{
	return standing == VMSPY_STANDING_ANON || standing == VMSPY_STANDING_FILE ||
	       standing == VMSPY_STANDING_ZERO;
}

/* The kernel has no page words of these: [vvar] has no pages of its own, [vsyscall] no entries. */
bool vmspy_mapping_is_untracked(const struct vmspy_mapping *mapping);

#endif
