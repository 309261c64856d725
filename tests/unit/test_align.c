#include "test.h"

#include "compare/align.h"
#include "random.h"

enum {
	PAGE = 4096
};

/* A mapping of `count` pages: anonymous unless a row says more. */
#define MAP(page, count, ...)                                                                      \
	{                                                                                          \
		.vma = {.start = UINT64_C(page) * PAGE,                                            \
			.end = UINT64_C(page) * PAGE + UINT64_C(count) * PAGE,                     \
			__VA_ARGS__ }                                                              \
	}
#define FILE_AT(page) .device_major = 8, .inode = 77, .offset_bytes = UINT64_C(page) * PAGE

static struct vmspy_layout layout_of(struct vmspy_mapping *mapping)
{
	struct vmspy_layout layout = { .mapping = mapping };

	while (mapping[layout.count].vma.end)
		layout.count++;
	return layout;
}

/* --- where intervals begin and end --------------------------------------------------------- */

enum {
	SIDE_MAX = 5,
	INTERVAL_MAX = 8,
};

/* which: index into the side, -1 for none. Lists end with an empty item. */
struct expected {
	uint64_t page, count;
	int a, b;
};

static struct align_row {
	const char *name;
	struct vmspy_mapping a[SIDE_MAX], b[SIDE_MAX];
	struct expected interval[INTERVAL_MAX];
} align_rows[] = {
	{ "nothing on either side", { { { 0 } } }, { { { 0 } } }, { { 0 } } },
	{ "nothing in b", { MAP(10, 4) }, { { { 0 } } }, { { 10, 4, 0, -1 } } },
	{ "nothing in a", { { { 0 } } }, { MAP(10, 4) }, { { 10, 4, -1, 0 } } },
	{ "the same", { MAP(10, 4) }, { MAP(10, 4) }, { { 10, 4, 0, 0 } } },
	{ "from address 0 on", { MAP(0, 4) }, { MAP(0, 4) }, { { 0, 4, 0, 0 } } },
	{ "apart", { MAP(10, 4) }, { MAP(20, 4) }, { { 10, 4, 0, -1 }, { 20, 4, -1, 0 } } },
	{ "side by side", { MAP(10, 4) }, { MAP(14, 4) }, { { 10, 4, 0, -1 }, { 14, 4, -1, 0 } } },
	{ "b starts later", { MAP(10, 6) }, { MAP(12, 4) }, { { 10, 2, 0, -1 }, { 12, 4, 0, 0 } } },
	{ "b ends earlier (munmap)",
	  { MAP(10, 6) },
	  { MAP(10, 4) },
	  { { 10, 4, 0, 0 }, { 14, 2, 0, -1 } } },
	{ "b inside a",
	  { MAP(10, 6) },
	  { MAP(12, 2) },
	  { { 10, 2, 0, -1 }, { 12, 2, 0, 0 }, { 14, 2, 0, -1 } } },
	{ "overlapping",
	  { MAP(10, 6) },
	  { MAP(13, 6) },
	  { { 10, 3, 0, -1 }, { 13, 3, 0, 0 }, { 16, 3, -1, 0 } } },
	{ "a hole in the middle of b",
	  { MAP(10, 6) },
	  { MAP(10, 2), MAP(14, 2) },
	  { { 10, 2, 0, 0 }, { 12, 2, 0, -1 }, { 14, 2, 0, 1 } } },
	{ "split by mprotect in b",
	  { MAP(10, 6) },
	  { MAP(10, 2), MAP(12, 2), MAP(14, 2) },
	  { { 10, 2, 0, 0 }, { 12, 2, 0, 1 }, { 14, 2, 0, 2 } } },
	{ "split at different places",
	  { MAP(10, 3), MAP(13, 3) },
	  { MAP(10, 2), MAP(12, 4) },
	  { { 10, 2, 0, 0 }, { 12, 1, 0, 1 }, { 13, 3, 1, 1 } } },
	{ "a new mapping of b right behind",
	  { MAP(10, 4) },
	  { MAP(10, 4), MAP(14, 4) },
	  { { 10, 4, 0, 0 }, { 14, 4, -1, 1 } } },
	{ "moved by mremap",
	  { MAP(10, 4), MAP(30, 2) },
	  { MAP(20, 4), MAP(30, 2) },
	  { { 10, 4, 0, -1 }, { 20, 4, -1, 0 }, { 30, 2, 1, 1 } } },
	{ "all different after exec",
	  { MAP(10, 4), MAP(20, 4) },
	  { MAP(15, 2), MAP(40, 4) },
	  { { 10, 4, 0, -1 }, { 15, 2, -1, 0 }, { 20, 4, 1, -1 }, { 40, 4, -1, 1 } } },
	{ "the vsyscall page, up to almost the last address",
	  { MAP(0xffffffffff600, 1) },
	  { MAP(0xffffffffff600, 1) },
	  { { 0xffffffffff600, 1, 0, 0 } } },
};

static void check_side(const struct vmspy_mapping *mapping, const struct vmspy_mapping *side,
		       int index)
{
	assert_ptr_equal(mapping, index < 0 ? NULL : &side[index]);
}

static void intervals_have_one_mapping_or_none_on_each_side(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(align_rows); i++) {
		struct align_row *row = &align_rows[i];
		struct vmspy_layout a = layout_of(row->a), b = layout_of(row->b);
		struct vmspy_interval_list list;
		size_t count = 0;

		test_row(row->name);
		assert_ok(vmspy_align(&a, &b, &list));
		for (; row->interval[count].count; count++) {
			const struct expected *expected = &row->interval[count];

			assert_in_range(list.count, count + 1, INTERVAL_MAX);
			assert_int_equal(list.interval[count].start, expected->page * PAGE);
			assert_int_equal(list.interval[count].end,
					 (expected->page + expected->count) * PAGE);
			check_side(list.interval[count].a, row->a, expected->a);
			check_side(list.interval[count].b, row->b, expected->b);
		}
		assert_int_equal(list.count, count);
		vmspy_interval_list_deinit(&list);
	}
}

/* --- how two mappings fit ------------------------------------------------------------------ */

static struct fit_row {
	const char *name;
	struct vmspy_mapping a[2], b[2];
	struct vmspy_fit fit; /* of the last interval */
} fit_rows[] = {
	{ "anonymous memory", { MAP(10, 4) }, { MAP(10, 4) }, { 0 } },
	{ "anonymous memory from different starts", { MAP(10, 4) }, { MAP(8, 6) }, { 0 } },
	{ "permissions do not matter",
	  { MAP(10, 4, .writable = true) },
	  { MAP(10, 4, .readable = true) },
	  { 0 } },
	{ "one file",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, FILE_AT(3)) },
	  { .same_file = true } },
	{ "one file, seen from different starts",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(8, 6, FILE_AT(1)) },
	  { .same_file = true } },
	{ "another offset",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, FILE_AT(4)) },
	  { .remapped = true } },
	{ "equal offsets of different starts",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(8, 6, FILE_AT(3)) },
	  { .remapped = true } },
	{ "another inode",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, .device_major = 8, .inode = 78, .offset_bytes = 3 * PAGE) },
	  { .remapped = true } },
	{ "another device",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, .device_major = 9, .inode = 77, .offset_bytes = 3 * PAGE) },
	  { .remapped = true } },
	{ "another minor device",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, FILE_AT(3), .device_minor = 1) },
	  { .remapped = true } },
	{ "a file against anonymous memory",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4) },
	  { .remapped = true } },
	{ "one file, private here and shared there",
	  { MAP(10, 4, FILE_AT(3)) },
	  { MAP(10, 4, FILE_AT(3), .shared = true) },
	  { .remapped = true, .same_file = true } },
	{ "the first System V segment, whose inode is 0",
	  { MAP(10, 4, .device_minor = 1, .shared = true) },
	  { MAP(10, 4, .device_minor = 1, .shared = true) },
	  { .same_file = true } },
	{ "the same segment at another offset",
	  { MAP(10, 4, .device_minor = 1, .shared = true) },
	  { MAP(10, 4, .device_minor = 1, .shared = true, .offset_bytes = PAGE) },
	  { .remapped = true } },
};

static void a_fit_is_decided_by_file_offset_and_sharing(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(fit_rows); i++) {
		struct vmspy_layout a = layout_of(fit_rows[i].a), b = layout_of(fit_rows[i].b);
		const struct vmspy_interval *last;
		struct vmspy_interval_list list;

		test_row(fit_rows[i].name);
		assert_ok(vmspy_align(&a, &b, &list));
		last = &list.interval[list.count - 1];
		assert_int_equal(last->fit.remapped, fit_rows[i].fit.remapped);
		assert_int_equal(last->fit.same_file, fit_rows[i].fit.same_file);
		vmspy_interval_list_deinit(&list);
	}
}

static void one_side_alone_fits_nothing(void **state)
{
	struct vmspy_mapping side[] = { MAP(10, 4, FILE_AT(3)), { { 0 } } };
	struct vmspy_layout a = layout_of(side), b = { 0 };
	struct vmspy_interval_list list;

	(void)state;
	assert_ok(vmspy_align(&a, &b, &list));
	assert_false(list.interval[0].fit.remapped);
	assert_false(list.interval[0].fit.same_file);
	assert_false(vmspy_interval_is_private(&list.interval[0]));
	assert_false(vmspy_interval_is_named(&list.interval[0]));
	vmspy_interval_list_deinit(&list);
}

/* --- what an interval is for --------------------------------------------------------------- */

static void only_private_memory_of_a_file_and_its_bss_has_names(void **state)
{
	static const struct vmspy_mapping file = MAP(10, 4, FILE_AT(3));
	static const struct vmspy_mapping shared_file = MAP(10, 4, FILE_AT(3), .shared = true);
	static const struct vmspy_mapping anon = { .vma = { .end = PAGE },
						   .kind = VMSPY_KIND_ANON };
	static const struct vmspy_mapping bss = { .vma = { .end = PAGE }, .kind = VMSPY_KIND_BSS };
	static const struct {
		const char *name;
		struct vmspy_interval interval;
		bool is_private, is_named;
	} rows[] = {
		{ "a private file", { .a = &file, .b = &file }, true, true },
		{ "bss", { .a = &bss, .b = &bss }, true, true },
		{ "anonymous memory", { .a = &anon, .b = &anon }, true, false },
		{ "a shared file", { .a = &shared_file, .b = &shared_file }, false, false },
		{ "private here, shared there", { .a = &file, .b = &shared_file }, false, false },
		{ "remapped",
		  { .a = &file, .b = &file, .fit = { .remapped = true } },
		  true,
		  false },
		{ "a alone", { .a = &file }, false, false },
		{ "b alone", { .b = &file }, false, false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name);
		assert_int_equal(vmspy_interval_is_private(&rows[i].interval), rows[i].is_private);
		assert_int_equal(vmspy_interval_is_named(&rows[i].interval), rows[i].is_named);
	}
}

/* --- many, and at random ------------------------------------------------------------------- */

enum {
	MANY = 60000,
	PAGES = 120,
	TRIALS = 300,
};

static void sixty_thousand_mappings_a_side_are_no_trouble(void **state)
{
	struct vmspy_mapping *mapping = calloc(2 * MANY, sizeof(*mapping));
	struct vmspy_layout a = { .mapping = mapping, .count = MANY };
	struct vmspy_layout b = { .mapping = mapping + MANY, .count = MANY };
	struct vmspy_interval_list list;

	(void)state;
	assert_non_null(mapping);
	for (uint64_t i = 0; i < MANY; i++) {
		a.mapping[i].vma =
			(struct vmspy_vma){ .start = 4 * i * PAGE, .end = (4 * i + 2) * PAGE };
		b.mapping[i].vma = (struct vmspy_vma){ .start = (4 * i + 1) * PAGE,
						       .end = (4 * i + 3) * PAGE };
	}
	assert_ok(vmspy_align(&a, &b, &list));
	assert_int_equal(list.count, 3 * MANY);
	vmspy_interval_list_deinit(&list);
	free(mapping);
}

/* Mappings of a few pages, some adjacent, in the first PAGES pages. */
static size_t random_side(struct random *random, struct vmspy_mapping *mapping)
{
	uint64_t page = random_below(random, 4), end;
	size_t count = 0;

	for (; page < PAGES;
	     page = end + (random_once_in(random, 2) ? random_below(random, 5) : 0)) {
		end = page + 1 + random_below(random, 7);
		mapping[count++].vma = (struct vmspy_vma){
			.start = page * PAGE,
			.end = end * PAGE,
			.inode = random_below(random, 2),
			.offset_bytes = random_below(random, 2) * UINT64_C(4096),
			.shared = random_once_in(random, 4),
		};
	}
	return count;
}

static const struct vmspy_mapping *naive_find(const struct vmspy_layout *layout, uint64_t address)
{
	for (size_t i = 0; i < layout->count; i++)
		if (layout->mapping[i].vma.start <= address && address < layout->mapping[i].vma.end)
			return &layout->mapping[i];
	return NULL;
}

static const struct vmspy_interval *naive_interval(const struct vmspy_interval_list *list,
						   uint64_t address)
{
	const struct vmspy_interval *found = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (list->interval[i].start <= address && address < list->interval[i].end) {
			assert_null(found);
			found = &list->interval[i];
		}
	return found;
}

static void check_page(const struct vmspy_layout *a, const struct vmspy_layout *b,
		       const struct vmspy_interval_list *list, uint64_t address)
{
	const struct vmspy_mapping *in_a = naive_find(a, address), *in_b = naive_find(b, address);
	const struct vmspy_interval *interval = naive_interval(list, address);
	bool same;

	assert_int_equal(interval != NULL, in_a || in_b);
	if (!interval)
		return;
	assert_ptr_equal(interval->a, in_a);
	assert_ptr_equal(interval->b, in_b);
	if (!in_a || !in_b)
		return;
	same = in_a->vma.inode == in_b->vma.inode &&
	       (!in_a->vma.inode || in_a->vma.offset_bytes + address - in_a->vma.start ==
					    in_b->vma.offset_bytes + address - in_b->vma.start);
	assert_int_equal(interval->fit.remapped, !same || in_a->vma.shared != in_b->vma.shared);
	assert_int_equal(interval->fit.same_file, same && in_a->vma.inode);
}

static void intervals_say_of_every_page_what_the_layouts_say(void **state)
{
	struct random random = { 7 };

	(void)state;
	for (int trial = 0; trial < TRIALS; trial++) {
		struct vmspy_mapping in_a[PAGES] = { 0 }, in_b[PAGES] = { 0 };
		struct vmspy_layout a = { .mapping = in_a, .count = random_side(&random, in_a) };
		struct vmspy_layout b = { .mapping = in_b, .count = random_side(&random, in_b) };
		struct vmspy_interval_list list;

		assert_ok(vmspy_align(&a, &b, &list));
		for (uint64_t page = 0; page < PAGES + 10; page++)
			check_page(&a, &b, &list, page * PAGE);
		for (size_t i = 1; i < list.count; i++)
			assert_true(list.interval[i - 1].end <= list.interval[i].start);
		vmspy_interval_list_deinit(&list);
	}
}

TEST_MAIN(TEST(intervals_have_one_mapping_or_none_on_each_side),
	  TEST(a_fit_is_decided_by_file_offset_and_sharing), TEST(one_side_alone_fits_nothing),
	  TEST(only_private_memory_of_a_file_and_its_bss_has_names),
	  TEST(sixty_thousand_mappings_a_side_are_no_trouble),
	  TEST(intervals_say_of_every_page_what_the_layouts_say))
