#include "report/survey_rows.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/banned.h"

/* clang-format off */
#define FLAGS VMSPY_NEED_FLAGS
#define AT(member) offsetof(struct vmspy_sum_row, member)
const struct vmspy_column vmspy_sum_columns[] = {
	{ "STATE", "state", "what stands there: frame, zero, swap, guard, marker, in-flight", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "FLAGS", "flags", "the kernel's flags of the frame, as a number", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, FLAGS, AT(flags.flags) },
	{ "PAGES", "pages", "how many pages are alike", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(pages) },
	{ "SIZE", "size_bytes", "the same in bytes", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(size_bytes) },
	{ "LETTERS", "letters", "the flags, a letter for each", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT | VMSPY_SHOW_IF_ROOM, FLAGS, AT(flags.letters) },
	{ "NAMES", "page_flags", "the flags by name", VMSPY_UNIT_WORDS, VMSPY_SHOW | VMSPY_SHOW_CUT, FLAGS, AT(flags.names) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_range_row, member)
const struct vmspy_column vmspy_range_columns[] = {
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(end) },
	{ "PAGES", "pages", "how many pages it has", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(pages) },
	{ "STATE", "state", "what stands there: frame, zero, swap, guard, marker, in-flight", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "FRAME", "frame", "frame of the first page", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame) },
	{ "CONTIGUOUS", "frames_contiguous", "whether the frames count up", VMSPY_UNIT_BOOL, VMSPY_SHOW_JSON, 0, AT(frames_contiguous) },
	{ "FLAGS", "flags", "the kernel's flags of the frames, as a number", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, FLAGS, AT(flags.flags) },
	{ "LETTERS", "letters", "the flags, a letter for each", VMSPY_UNIT_WORD, VMSPY_SHOW_ASKED, FLAGS, AT(flags.letters) },
	{ "NAMES", "page_flags", "the flags by name", VMSPY_UNIT_WORDS, VMSPY_SHOW | VMSPY_SHOW_CUT, FLAGS, AT(flags.names) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OFFSET", "offset", "where in its file the first page is", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0, AT(object_offset_bytes) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};

const struct vmspy_column vmspy_each_columns[] = {
	{ "ADDRESS", "address", "of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "STATE", "state", "what stands there: frame, zero, swap, guard, marker, in-flight", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "FRAME", "frame", "number of the frame", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame) },
	{ "SWAP", "swap", "where it is swapped out to: type and offset", VMSPY_UNIT_WORD, VMSPY_SHOW_NONZERO, 0, AT(swap) },
	{ "MAPPED", "map_count", "how often the frame is mapped", VMSPY_UNIT_COUNT, VMSPY_SHOW, VMSPY_NEED_MAP_COUNT, AT(map_count) },
	{ "EXCLUSIVE", "exclusive", "mapped here alone, by its word (see CAVEATS)", VMSPY_UNIT_BOOL, VMSPY_SHOW_JSON, 0, AT(exclusive) },
	{ "FLAGS", "flags", "the kernel's flags of the frame, as a number", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, FLAGS, AT(flags.flags) },
	{ "LETTERS", "letters", "the flags, a letter for each", VMSPY_UNIT_WORD, VMSPY_SHOW_ASKED, FLAGS, AT(flags.letters) },
	{ "NAMES", "page_flags", "the flags by name", VMSPY_UNIT_WORDS, VMSPY_SHOW | VMSPY_SHOW_CUT, FLAGS, AT(flags.names) },
	{ "CGROUP", "cgroup", "inode of the memory cgroup that pays for it", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, VMSPY_NEED_CGROUP, AT(cgroup) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OFFSET", "offset", "where in its file the page is", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0, AT(object_offset_bytes) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_sharers_row, member)
#define BOTH (VMSPY_NEED_FLAGS | VMSPY_NEED_MAP_COUNT)
const struct vmspy_column vmspy_sharers_columns[] = {
	{ "MAPPED", "mapped", "how often their frames are mapped, by whomever", VMSPY_UNIT_WORD, VMSPY_SHOW, BOTH, AT(mapped) },
	{ "LOWEST", "map_count_min", "the lowest count of the row", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, BOTH, AT(lowest) },
	{ "HIGHEST", "map_count_max", "the highest count of the row", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, BOTH, AT(highest) },
	{ "SIZE", "mapped_pages", "all such pages", VMSPY_UNIT_PAGES, VMSPY_SHOW, BOTH, AT(pages) },
	{ "ANON", "anonymous_pages", "private memory that is no page of a file", VMSPY_UNIT_PAGES, VMSPY_SHOW, BOTH, AT(anonymous_pages) },
	{ "SHMEM", "shmem_pages", "shared memory", VMSPY_UNIT_PAGES, VMSPY_SHOW, BOTH, AT(shmem_pages) },
	{ "FILE", "file_pages", "pages of files", VMSPY_UNIT_PAGES, VMSPY_SHOW, BOTH, AT(file_pages) },
	{ "OTHER", "other_pages", "the zero page, and the kernel's own", VMSPY_UNIT_PAGES, VMSPY_SHOW, BOTH, AT(other_pages) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_folio_row, member)
const struct vmspy_column vmspy_folio_columns[] = {
	{ "START", "start", "address of the mapping's first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, FLAGS, AT(start) },
	{ "END", "end", "address behind its last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, FLAGS, AT(end) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, FLAGS, AT(kind) },
	{ "SIZE", "size_bytes", "size of the mapping", VMSPY_UNIT_BYTES, VMSPY_SHOW, FLAGS, AT(size_bytes) },
	{ "FOLIO", "folio_bytes", "size of the huge pages", VMSPY_UNIT_BYTES, VMSPY_SHOW, FLAGS, AT(folio_bytes) },
	{ "BY", "mapped_by", "what the page table maps them by: pmd, pte, hugetlb", VMSPY_UNIT_WORD, VMSPY_SHOW, FLAGS, AT(mapped) },
	{ "ALIGNMENT", "alignment", "aligned, unaligned, or partial: only some of it is mapped", VMSPY_UNIT_WORD, VMSPY_SHOW, FLAGS, AT(alignment) },
	{ "MEMORY", "memory", "anon, or file: the page cache and shared memory", VMSPY_UNIT_WORD, VMSPY_SHOW, FLAGS, AT(memory) },
	{ "HUGE", "huge_pages", "how much of the mapping lies in such", VMSPY_UNIT_PAGES, VMSPY_SHOW, FLAGS, AT(pages) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, FLAGS, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

const char *vmspy_standing_name(enum vmspy_standing standing)
{
	static const char *const names[VMSPY_STANDING_COUNT] = {
		[VMSPY_STANDING_NONE] = "none",           [VMSPY_STANDING_ANON] = "frame",
		[VMSPY_STANDING_FILE] = "frame",          [VMSPY_STANDING_ZERO] = "zero",
		[VMSPY_STANDING_SWAP] = "swap",           [VMSPY_STANDING_GUARD] = "guard",
		[VMSPY_STANDING_MARKER] = "marker",       [VMSPY_STANDING_IN_FLIGHT] = "in-flight",
		[VMSPY_STANDING_UNTRACKED] = "untracked", [VMSPY_STANDING_NO_MAPPING] = "none",
	};

	return names[standing];
}

static void fill_flags(const struct vmspy_page_sum *kind, struct vmspy_flag_cells *ret)
{
	ret->flags = kind->flags_known ? kind->flags : VMSPY_UNKNOWN;
	ret->letters =
		kind->flags_known ? vmspy_kpageflags_letters(kind->flags, ret->letters_text) : NULL;
	ret->names =
		kind->flags_known ? vmspy_kpageflags_names(kind->flags, ret->names_text) : NULL;
}

void vmspy_sum_row_get(const struct vmspy_page_sum *sum, uint32_t page_bytes,
		       struct vmspy_sum_row *ret)
{
	ret->state = vmspy_standing_name(sum->standing);
	ret->pages = sum->pages;
	ret->size_bytes = sum->pages * page_bytes;
	fill_flags(sum, &ret->flags);
}

static const char *fill_swap(const struct vmspy_page *page, char *text, size_t size)
{
	if (page->place != VMSPY_PAGE_IN_SWAP)
		return NULL;
	snprintf(text, size, "%u:%" PRIx64, page->swap_type, page->swap_offset);
	return text;
}

void vmspy_range_row_get(const struct vmspy_page_range *range, uint32_t page_bytes,
			 struct vmspy_range_row *ret)
{
	const struct vmspy_vma *vma = &range->mapping->vma;
	struct vmspy_page page = vmspy_pagemap_decode(range->word);
	bool has_frame = page.place == VMSPY_PAGE_IN_FRAME;

	ret->start = range->start;
	ret->end = range->start + range->pages * page_bytes;
	ret->pages = range->pages;
	ret->object_offset_bytes =
		vma->inode ? vma->offset_bytes + (range->start - vma->start) : VMSPY_UNKNOWN;
	ret->state = vmspy_standing_name(range->kind.standing);
	ret->kind = vmspy_mapping_kind_name(range->mapping->kind);
	ret->object = vma->name;
	ret->frame = has_frame ? page.frame : VMSPY_UNKNOWN;
	ret->frames_contiguous = has_frame ? range->frames_contiguous : VMSPY_UNKNOWN;
	ret->map_count = range->fact[VMSPY_FRAME_MAP_COUNT];
	ret->cgroup = range->fact[VMSPY_FRAME_CGROUP];
	ret->exclusive =
		vmspy_standing_is_present(range->kind.standing) ? page.exclusive : VMSPY_UNKNOWN;
	ret->swap = fill_swap(&page, ret->swap_text, sizeof(ret->swap_text));
	fill_flags(&range->kind, &ret->flags);
}

void vmspy_sharers_row_get(const struct vmspy_sharers *sharers, size_t step,
			   struct vmspy_sharers_row *ret)
{
	const uint64_t *pages = sharers->pages[step];

	ret->lowest = vmspy_sharers_lowest(step);
	ret->highest = vmspy_sharers_highest(step);
	ret->anonymous_pages = pages[VMSPY_USE_ANON];
	ret->shmem_pages = pages[VMSPY_USE_SHMEM];
	ret->file_pages = pages[VMSPY_USE_FILE];
	ret->other_pages = pages[VMSPY_USE_OTHER];
	ret->pages = pages[VMSPY_USE_ANON] + pages[VMSPY_USE_SHMEM] + pages[VMSPY_USE_FILE] +
		     pages[VMSPY_USE_OTHER];
	if (ret->lowest == ret->highest)
		snprintf(ret->mapped_text, sizeof(ret->mapped_text), "%" PRIu64, ret->lowest);
	else
		snprintf(ret->mapped_text, sizeof(ret->mapped_text), "%" PRIu64 "-%" PRIu64,
			 ret->lowest, ret->highest);
	ret->mapped = ret->mapped_text;
}

struct vmspy_folio_row vmspy_folio_row_of(const struct vmspy_folio_sum *sum,
					  const struct vmspy_layout *layout)
{
	static const char *const mapped[VMSPY_FOLIO_BY_COUNT] = {
		[VMSPY_FOLIO_BY_PTE] = "pte",
		[VMSPY_FOLIO_BY_PMD] = "pmd",
		[VMSPY_FOLIO_BY_HUGETLB] = "hugetlb",
	};
	static const char *const alignments[VMSPY_FOLIO_ALIGNMENTS] = {
		[VMSPY_FOLIO_ALIGNED] = "aligned",
		[VMSPY_FOLIO_UNALIGNED] = "unaligned",
		[VMSPY_FOLIO_PARTIAL] = "partial",
	};
	const struct vmspy_mapping *mapping = &layout->mapping[sum->mapping_index];

	return (struct vmspy_folio_row){
		.start = mapping->vma.start,
		.end = mapping->vma.end,
		.size_bytes = mapping->vma.end - mapping->vma.start,
		.kind = vmspy_mapping_kind_name(mapping->kind),
		.object = mapping->vma.name,
		.mapped = mapped[sum->mapped],
		.alignment = alignments[sum->alignment],
		.memory = sum->is_anonymous ? "anon" : "file",
		.folio_bytes = sum->folio_bytes ? sum->folio_bytes : VMSPY_UNKNOWN,
		.pages = sum->pages,
	};
}
