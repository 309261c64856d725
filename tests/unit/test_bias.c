#include "test.h"

#include "symbol/bias.h"

enum {
	MAPPINGS_MAX = 6,
	LOADS_MAX = 4
};

#define PAGE UINT64_C(0x1000)

/* Mappings end with one that has no end, segments with one that has no memory. */
static const struct {
	const char *name;
	struct vmspy_vma vma[MAPPINGS_MAX];
	struct vmspy_elf_load load[LOADS_MAX];
	bool is_fixed;
	size_t asked; /* index of the mapping */
	bool found;
	uint64_t bias;
} rows[] = {
	{ "the data of a library linked for 0",
	  { { 0x700000, 0x701000, 0, 9 },
	    { 0x701000, 0x702000, 0x1000, 9, .executable = true },
	    { 0x703000, 0x704000, 0x2000, 9 } },
	  { { 0, 0, 0x800, 0x800 },
	    { 0x1000, 0x1000, 0x100, 0x100, true },
	    { 0x3e10, 0x2e10, 0x100, 0x900 } },
	  false,
	  2,
	  true,
	  0x700000 },
	{ "text and data on one page of the file",
	  { { 0x400000, 0x401000, 0, 9, .executable = true }, { 0x401000, 0x402000, 0, 9 } },
	  { { 0x400000, 0, 0x700, 0x700, true }, { 0x401700, 0x700, 0x100, 0x200 } },
	  true,
	  1,
	  true,
	  0 },
	{ "segments that all share a page, and a bss behind that would take any",
	  { { 0x410000, 0x411000, 0, 9 },
	    { 0x411000, 0x412000, 0, 9, .executable = true },
	    { 0x412000, 0x413000, 0, 9 },
	    { 0x413000, 0x440000 } },
	  { { 0x10000, 0, 0x300, 0x300 },
	    { 0x11300, 0x300, 0x100, 0x100, true },
	    { 0x12400, 0x400, 0x100, 0x9000 } },
	  false,
	  2,
	  true,
	  0x400000 },
	{ "a library below the address that it was linked for",
	  { { 0x100000, 0x101000, 0, 9 } },
	  { { 0x41000000, 0, 0x300, 0x300 } },
	  false,
	  0,
	  true,
	  UINT64_C(0x100000) - 0x41000000 },
	{ "text that was moved to huge pages",
	  { { 0x700000, 0x702000 }, { 0x702000, 0x703000, 0x2000, 9 } },
	  { { 0, 0, 0x1800, 0x1800, true }, { 0x2000, 0x2000, 0x100, 0x100 } },
	  false,
	  1,
	  true,
	  0x700000 },
	{ "half of a segment, split by its protection",
	  { { 0x700000, 0x701000, 0, 9 }, { 0x701000, 0x703000, 0x1000, 9 } },
	  { { 0, 0, 0x3000, 0x3000 } },
	  false,
	  1,
	  true,
	  0x700000 },
	{ "a program at a fixed address that is mapped as data",
	  { { 0x700000, 0x701000, 0, 9 } },
	  { { 0x400000, 0, 0x800, 0x800 } },
	  true,
	  0,
	  false },
	{ "a file mapped as data: the text cannot be run",
	  { { 0x700000, 0x704000, 0, 9 } },
	  { { 0, 0, 0x800, 0x800 }, { 0x1000, 0x1000, 0x100, 0x100, true } },
	  false,
	  0,
	  false },
	{ "a file mapped as data: the data is elsewhere",
	  { { 0x700000, 0x704000, 0, 9, .executable = true } },
	  { { 0, 0, 0x800, 0x800, true }, { 0x2e10, 0x1e10, 0x100, 0x100 } },
	  false,
	  0,
	  false },
	{ "a part behind all segments",
	  { { 0x700000, 0x701000, 0x9000, 9 } },
	  { { 0, 0, 0x800, 0x800 } },
	  false,
	  0,
	  false },
	{ "a file mapped shared",
	  { { 0x700000, 0x701000, 0, 9, .shared = true } },
	  { { 0, 0, 0x800, 0x800 } },
	  false,
	  0,
	  false },
	{ "another file where a segment should be",
	  { { 0x700000, 0x701000, 0, 9 }, { 0x701000, 0x702000, 0x1000, 10 } },
	  { { 0, 0, 0x800, 0x800 }, { 0x1000, 0x1000, 0x100, 0x100 } },
	  false,
	  0,
	  false },
	{ "a segment that no loader can place: address and offset differ inside the page",
	  { { 0x700000, 0x701000, 0, 9 } },
	  { { 0x10, 0x20, 0x800, 0x800 } },
	  false,
	  0,
	  false },
	{ "a segment that would wrap around",
	  { { 0x700000, 0x701000, 0, 9 } },
	  { { 0, 0, 0x800, UINT64_MAX - 0x600000 } },
	  false,
	  0,
	  false },
	{ "nothing but a bss",
	  { { 0x700000, 0x701000, 0, 9 } },
	  { { 0, 0, 0, 0x800 } },
	  false,
	  0,
	  false },
};

static void a_bias_is_what_brings_all_segments_to_their_mappings(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_mapping mapping[MAPPINGS_MAX] = { 0 };
		struct vmspy_elf_load load[LOADS_MAX];
		struct vmspy_layout layout = { .mapping = mapping };
		struct vmspy_elf elf = { .is_fixed = rows[i].is_fixed, .load = load };
		struct vmspy_bias_query query = { &layout, &mapping[rows[i].asked], &elf, PAGE };
		uint64_t bias = 0;

		test_row(rows[i].name);
		memcpy(load, rows[i].load, sizeof(load));
		while (elf.count < LOADS_MAX && load[elf.count].memory_bytes)
			elf.count++;
		for (; layout.count < MAPPINGS_MAX && rows[i].vma[layout.count].end; layout.count++)
			mapping[layout.count].vma = rows[i].vma[layout.count];
		assert_int_equal(vmspy_bias_find(&query, &bias), rows[i].found);
		assert_int_equal(bias, rows[i].bias);
	}
}

TEST_MAIN(TEST(a_bias_is_what_brings_all_segments_to_their_mappings))
