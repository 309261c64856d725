#include "space/standing.h"

#include "kernel/uapi.h"

#include "base/banned.h"

uint8_t vmspy_marks_of(uint64_t categories)
{
	return (categories & VMSPY_PAGE_IS_PFNZERO ? VMSPY_MARK_ZERO : 0) |
	       (categories & VMSPY_PAGE_IS_HUGE ? VMSPY_MARK_HUGE : 0);
}

bool vmspy_mapping_is_untracked(const struct vmspy_mapping *mapping)
{
	return mapping->kind == VMSPY_KIND_VSYSCALL || mapping->kind == VMSPY_KIND_VVAR;
}

/*
 * The zero page is known by its frame, or by its mark. The huge zero page carries the file bit,
 * which no other page of an anonymous mapping does.
 */
static enum vmspy_standing standing_in_frame(const struct vmspy_page *page, uint8_t mark,
					     const struct vmspy_mapping *mapping,
					     const struct vmspy_host *host)
{
	bool is_zero = mark & VMSPY_MARK_ZERO || (page->place == VMSPY_PAGE_IN_FRAME &&
						  !page->file && page->frame == host->zero_frame);

	if (is_zero || (page->file && vmspy_mapping_is_anonymous(mapping)))
		return VMSPY_STANDING_ZERO;
	return page->file ? VMSPY_STANDING_FILE : VMSPY_STANDING_ANON;
}

enum vmspy_standing vmspy_standing_of(const struct vmspy_page *page, uint8_t mark,
				      const struct vmspy_mapping *mapping,
				      const struct vmspy_host *host)
{
	static const enum vmspy_standing by_place[] = {
		[VMSPY_PAGE_NONE] = VMSPY_STANDING_NONE,
		[VMSPY_PAGE_IN_SWAP] = VMSPY_STANDING_SWAP,
		[VMSPY_PAGE_SWAP_HIDDEN] = VMSPY_STANDING_SWAP,
		[VMSPY_PAGE_GUARD] = VMSPY_STANDING_GUARD,
		[VMSPY_PAGE_MARKER] = VMSPY_STANDING_MARKER,
		[VMSPY_PAGE_IN_FLIGHT] = VMSPY_STANDING_IN_FLIGHT,
	};

	if (!mapping)
		return VMSPY_STANDING_NO_MAPPING;
	if (vmspy_mapping_is_untracked(mapping))
		return VMSPY_STANDING_UNTRACKED;
	if (page->place == VMSPY_PAGE_IN_FRAME || page->place == VMSPY_PAGE_FRAME_HIDDEN)
		return standing_in_frame(page, mark, mapping, host);
	return by_place[page->place];
}
