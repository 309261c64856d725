#include "format/pagemap.h"

#include "base/banned.h"

enum {
	SWAP_TYPE_BITS = 5,
	SWAP_TYPE_MASK = (1 << SWAP_TYPE_BITS) - 1,
	SWAP_TYPE_SPECIAL = 23, /* the lowest MAX_SWAPFILES of any configuration */
	SWAP_TYPE_MARKER = 31,
};

static enum vmspy_page_place place_of_swapped(uint64_t entry)
{
	uint64_t number = entry & VMSPY_PAGEMAP_FRAME_MASK;
	unsigned type = number & SWAP_TYPE_MASK;

	if (entry & VMSPY_PAGEMAP_FILE)
		return VMSPY_PAGE_IN_FLIGHT;
	if (!number) /* slot 0 of a swap area is its header, so this is no slot */
		return VMSPY_PAGE_SWAP_HIDDEN;
	if (type == SWAP_TYPE_MARKER)
		return VMSPY_PAGE_MARKER;
	return type >= SWAP_TYPE_SPECIAL ? VMSPY_PAGE_IN_FLIGHT : VMSPY_PAGE_IN_SWAP;
}

static enum vmspy_page_place place_of(uint64_t entry)
{
	if (entry & VMSPY_PAGEMAP_PRESENT)
		return entry & VMSPY_PAGEMAP_FRAME_MASK ? VMSPY_PAGE_IN_FRAME
							: VMSPY_PAGE_FRAME_HIDDEN;
	if (entry & VMSPY_PAGEMAP_GUARD)
		return VMSPY_PAGE_GUARD;
	return entry & VMSPY_PAGEMAP_SWAPPED ? place_of_swapped(entry) : VMSPY_PAGE_NONE;
}

struct vmspy_page vmspy_pagemap_decode(uint64_t entry)
{
	uint64_t number = entry & VMSPY_PAGEMAP_FRAME_MASK;
	struct vmspy_page page = {
		.place = place_of(entry),
		.file = entry & VMSPY_PAGEMAP_FILE,
		.exclusive = entry & VMSPY_PAGEMAP_EXCLUSIVE,
		.write_protected = entry & VMSPY_PAGEMAP_WRITE_PROTECTED,
		.soft_dirty = entry & VMSPY_PAGEMAP_SOFT_DIRTY,
	};

	if (entry & VMSPY_PAGEMAP_PRESENT) {
		page.frame = number;
	} else if (entry & VMSPY_PAGEMAP_SWAPPED) {
		page.swap_type = number & SWAP_TYPE_MASK;
		page.swap_offset = number >> SWAP_TYPE_BITS;
	}
	return page;
}
