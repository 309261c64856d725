#include "test.h"

#include "compare/areas.h"

#define MIB         (UINT64_C(1) << 20)
#define BASE        UINT64_C(0x7f1200000000) /* a multiple of 64 MiB */
#define SMALL_BASE  UINT64_C(0xf7000000)
#define BORDER_HIGH UINT64_C(0x7fff00000000)

/* The heap of an arena, and what lies behind it. */
static const struct {
	const char *name;
	uint64_t start, size, rest_size;
	bool rest_is_open, is_named, is_small;
	const char *wanted;
} rows[] = {
	{ "a heap and its rest", BASE, MIB, 63 * MIB, .wanted = "glibc-arena" },
	{ "one with another guard right behind", BASE, MIB, 65 * MIB, .wanted = "glibc-arena" },
	{ "not at a multiple", BASE + MIB, MIB, 63 * MIB },
	{ "a rest that is too short", BASE, MIB, 62 * MIB },
	{ "a rest that can be read", BASE, MIB, 63 * MIB, .rest_is_open = true },
	{ "no rest", BASE, MIB, 0 },
	{ "memory with a name", BASE, MIB, 63 * MIB, .is_named = true },
	{ "that of 32 bits", SMALL_BASE, MIB / 4, MIB * 3 / 4, .is_small = true,
	  .wanted = "glibc-arena" },
	{ "the size of 64 bits in 32", SMALL_BASE + MIB / 2, MIB, 63 * MIB, .is_small = true },
};

static struct vmspy_interval interval_of(struct vmspy_mapping *mapping)
{
	return (struct vmspy_interval){
		.start = mapping->vma.start,
		.end = mapping->vma.end,
		.a = mapping,
		.b = mapping,
	};
}

static void heaps_of_arenas_are_known_by_their_shape(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		uint64_t middle = rows[i].start + rows[i].size;
		struct vmspy_mapping heap = {
			.vma = { .start = rows[i].start,
				 .end = middle,
				 .readable = true,
				 .writable = true,
				 .name = rows[i].is_named ? "[anon:x]" : NULL },
			.kind = VMSPY_KIND_ANON,
		};
		struct vmspy_mapping rest = {
			.vma = { .start = middle,
				 .end = middle + rows[i].rest_size,
				 .readable = rows[i].rest_is_open },
			.kind = rows[i].rest_is_open ? VMSPY_KIND_ANON : VMSPY_KIND_GUARD,
		};
		struct vmspy_mapping stack = {
			.vma = { .start = BORDER_HIGH, .end = BORDER_HIGH + MIB },
			.kind = VMSPY_KIND_STACK,
		};
		struct vmspy_interval interval[] = { interval_of(&heap), interval_of(&rest),
						     interval_of(&stack) };
		struct vmspy_interval_list list = { interval, rows[i].is_small ? 2 : 3, 0 };
		const char *area;

		if (!rows[i].rest_size)
			interval[1] = interval[2];
		test_row(rows[i].name);
		area = vmspy_area_name(&list, 0);
		assert_string_equal(area ? area : "none", rows[i].wanted ? rows[i].wanted : "none");
	}
}

static void a_heap_that_one_side_has_grown_is_one_in_all_its_parts(void **state)
{
	struct vmspy_mapping heap_a = {
		.vma = { .start = BASE, .end = BASE + 2 * MIB, .readable = true, .writable = true },
		.kind = VMSPY_KIND_ANON,
	};
	struct vmspy_mapping heap_b = heap_a;
	struct vmspy_mapping rest_a = { .vma = { .start = BASE + 2 * MIB, .end = BASE + 64 * MIB },
					.kind = VMSPY_KIND_GUARD };
	struct vmspy_mapping rest_b = { .vma = { .start = BASE + MIB, .end = BASE + 64 * MIB },
					.kind = VMSPY_KIND_GUARD };
	struct vmspy_interval interval[] = {
		{ .start = BASE, .end = BASE + MIB, .a = &heap_a, .b = &heap_b },
		{ .start = BASE + MIB, .end = BASE + 2 * MIB, .a = &heap_a, .b = &rest_b },
		{ .start = BASE + 2 * MIB, .end = BASE + 64 * MIB, .a = &rest_a, .b = &rest_b },
	};
	struct vmspy_interval_list list = { interval, TEST_COUNT(interval), 0 };

	(void)state;
	heap_b.vma.end = BASE + MIB;
	assert_string_equal(vmspy_area_name(&list, 0), "glibc-arena");
	assert_string_equal(vmspy_area_name(&list, 1), "glibc-arena");
	assert_null(vmspy_area_name(&list, 2));
}

TEST_MAIN(TEST(heaps_of_arenas_are_known_by_their_shape),
	  TEST(a_heap_that_one_side_has_grown_is_one_in_all_its_parts))
