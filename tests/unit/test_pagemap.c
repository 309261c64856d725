#include "test.h"

#include "format/pagemap.h"

#define P                VMSPY_PAGEMAP_PRESENT
#define S                VMSPY_PAGEMAP_SWAPPED
#define F                VMSPY_PAGEMAP_FILE
#define G                VMSPY_PAGEMAP_GUARD
#define W                VMSPY_PAGEMAP_WRITE_PROTECTED
#define X                VMSPY_PAGEMAP_EXCLUSIVE
#define D                VMSPY_PAGEMAP_SOFT_DIRTY
#define SLOT(type, slot) ((uint64_t)(slot) << 5 | (type))

static const struct {
	const char *name;
	uint64_t entry;
	struct vmspy_page page;
} rows[] = {
	{ "an empty word is no page", 0, { .place = VMSPY_PAGE_NONE } },
	{ "a frame", P | 0x1234, { .place = VMSPY_PAGE_IN_FRAME, .frame = 0x1234 } },
	{ "soft-dirty is not part of the frame number",
	  P | D | 0x1234,
	  { .place = VMSPY_PAGE_IN_FRAME, .frame = 0x1234, .soft_dirty = true } },
	{ "the highest frame",
	  P | VMSPY_PAGEMAP_FRAME_MASK,
	  { .place = VMSPY_PAGE_IN_FRAME, .frame = VMSPY_PAGEMAP_FRAME_MASK } },
	{ "frame 0 means hidden, not frame 0", P, { .place = VMSPY_PAGE_FRAME_HIDDEN } },
	{ "a hidden frame keeps its flags",
	  P | F | X,
	  { .place = VMSPY_PAGE_FRAME_HIDDEN, .file = true, .exclusive = true } },
	{ "a page of a file that only we map",
	  P | F | X | 7,
	  { .place = VMSPY_PAGE_IN_FRAME, .file = true, .exclusive = true, .frame = 7 } },
	{ "write-protected by userfaultfd",
	  P | W | 7,
	  { .place = VMSPY_PAGE_IN_FRAME, .write_protected = true, .frame = 7 } },
	{ "a swap slot",
	  S | SLOT(3, 0xabc),
	  { .place = VMSPY_PAGE_IN_SWAP, .swap_type = 3, .swap_offset = 0xabc } },
	{ "soft-dirty is not part of the swap slot",
	  S | D | SLOT(0, 1),
	  { .place = VMSPY_PAGE_IN_SWAP, .swap_offset = 1, .soft_dirty = true } },
	{ "the highest swap slot",
	  S | SLOT(22, (UINT64_C(1) << 50) - 1),
	  { .place = VMSPY_PAGE_IN_SWAP,
	    .swap_type = 22,
	    .swap_offset = (UINT64_C(1) << 50) - 1 } },
	{ "swapped without a slot is hidden", S, { .place = VMSPY_PAGE_SWAP_HIDDEN } },
	{ "type 23 is no swap area",
	  S | SLOT(23, 9),
	  { .place = VMSPY_PAGE_IN_FLIGHT, .swap_type = 23, .swap_offset = 9 } },
	{ "a migration entry",
	  S | SLOT(28, 0x1234),
	  { .place = VMSPY_PAGE_IN_FLIGHT, .swap_type = 28, .swap_offset = 0x1234 } },
	{ "a file page on the move",
	  S | F | SLOT(2, 5),
	  { .place = VMSPY_PAGE_IN_FLIGHT, .file = true, .swap_type = 2, .swap_offset = 5 } },
	{ "a file page on the move, hidden",
	  S | F,
	  { .place = VMSPY_PAGE_IN_FLIGHT, .file = true } },
	{ "a marker",
	  S | SLOT(31, 4),
	  { .place = VMSPY_PAGE_MARKER, .swap_type = 31, .swap_offset = 4 } },
	{ "a guard page",
	  S | G | SLOT(31, 4),
	  { .place = VMSPY_PAGE_GUARD, .swap_type = 31, .swap_offset = 4 } },
	{ "a guard page, hidden", S | G, { .place = VMSPY_PAGE_GUARD } },
	{ "bit 58 of a present page is not a guard",
	  P | G | 7,
	  { .place = VMSPY_PAGE_IN_FRAME, .frame = 7 } },
};

static void every_word_has_its_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_page page = vmspy_pagemap_decode(rows[i].entry);

		test_row(rows[i].name);
		assert_int_equal(page.place, rows[i].page.place);
		assert_int_equal(page.file, rows[i].page.file);
		assert_int_equal(page.exclusive, rows[i].page.exclusive);
		assert_int_equal(page.write_protected, rows[i].page.write_protected);
		assert_int_equal(page.soft_dirty, rows[i].page.soft_dirty);
		assert_int_equal(page.frame, rows[i].page.frame);
		assert_int_equal(page.swap_type, rows[i].page.swap_type);
		assert_int_equal(page.swap_offset, rows[i].page.swap_offset);
	}
}

TEST_MAIN(TEST(every_word_has_its_meaning))
