#include "test.h"

#include "census.h"

#include "compare/census.h"

enum {
	PAGE = 4096,
	LOW = 0x400000, /* two ranges, far apart for addresses of 32 bits as well */
	HIGH = 0x7f000000,
	RANGE = 0x3000,
};

static const struct vmspy_census_range ranges[] = {
	{ LOW, LOW + RANGE },
	{ HIGH, HIGH + RANGE },
};

struct fixture {
	struct vmspy_census *census;
	size_t word_bytes;
	unsigned char a[PAGE] __attribute__((aligned(8)));
	unsigned char b[PAGE] __attribute__((aligned(8)));
};

static struct fixture begin(size_t word_bytes)
{
	struct fixture fixture = { .word_bytes = word_bytes };

	assert_ok(vmspy_census_create(ranges, TEST_COUNT(ranges), word_bytes, &fixture.census));
	return fixture;
}

static void put(const struct fixture *fixture, unsigned char *page, size_t offset, uint64_t value)
{
	memcpy(page + offset, &value, fixture->word_bytes);
}

static void put_both(struct fixture *fixture, size_t offset, uint64_t value)
{
	put(fixture, fixture->a, offset, value);
	put(fixture, fixture->b, offset, value);
}

static void add(struct fixture *fixture)
{
	census_add(fixture->census, &(struct vmspy_census_page){ fixture->a, fixture->b, PAGE });
}

static void must_have_targets(const struct fixture *fixture,
			      const struct vmspy_census_target *wanted, size_t count)
{
	struct vmspy_census_target_list list;

	assert_ok(vmspy_census_targets(fixture->census, &list));
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(list.target[i].address, wanted[i].address);
		assert_int_equal(list.target[i].words, wanted[i].words);
		assert_int_equal(list.target[i].pages, wanted[i].pages);
	}
	free(list.target);
}

static void must_have_changes(const struct fixture *fixture,
			      const struct vmspy_census_change *wanted, size_t count)
{
	struct vmspy_census_change_list list;

	assert_ok(vmspy_census_changes(fixture->census, &list));
	assert_int_equal(list.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(list.change[i].address, wanted[i].address);
		assert_int_equal(list.change[i].distance_bytes, wanted[i].distance_bytes);
		assert_int_equal(list.change[i].words, wanted[i].words);
	}
	free(list.change);
}

static void words_and_pages_are_counted(void **state)
{
	static const struct vmspy_census_target wanted[] = { { HIGH + 8, 3, 2 }, { LOW, 1, 1 } };
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 0, HIGH + 8);
	add(&fixture);
	put_both(&fixture, 8, HIGH + 8);
	put_both(&fixture, PAGE - 8, LOW);
	add(&fixture);
	must_have_targets(&fixture, wanted, 2);
	assert_int_equal(vmspy_census_pages(fixture.census), 2);
	assert_int_equal(vmspy_census_left_out(fixture.census), 0);
	vmspy_census_destroy(fixture.census);
}

static void the_ends_of_a_range_are_told_apart(void **state)
{
	static const struct vmspy_census_target wanted[] = { { LOW, 1, 1 },
							     { HIGH + RANGE - 1, 1, 1 } };
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 0, LOW - 1);
	put_both(&fixture, 8, LOW);
	put_both(&fixture, 16, LOW + RANGE);
	put_both(&fixture, 24, HIGH + RANGE - 1);
	put_both(&fixture, 32, HIGH + RANGE);
	/* The coarse map begins again every 4 GiB. */
	put_both(&fixture, 40, LOW + (UINT64_C(1) << 32));
	add(&fixture);
	must_have_targets(&fixture, wanted, 2);
	vmspy_census_destroy(fixture.census);
}

static void a_pointer_across_two_words_is_none(void **state)
{
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 12, LOW); /* across two words */
	add(&fixture);
	must_have_targets(&fixture, NULL, 0);
	vmspy_census_destroy(fixture.census);
}

static void a_word_counts_once_where_both_sides_agree_and_for_each_where_not(void **state)
{
	static const struct vmspy_census_target wanted[] = { { LOW, 2, 1 }, { HIGH, 2, 1 } };
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 0, LOW);
	put(&fixture, fixture.a, 8, LOW);
	put(&fixture, fixture.b, 8, HIGH);
	put(&fixture, fixture.b, 16, HIGH);
	add(&fixture);
	must_have_targets(&fixture, wanted, 2);
	vmspy_census_destroy(fixture.census);
}

/* Counts before the pointer to the type, objects back to back. */
static void a_count_of_references_reads_minus_one_word(void **state)
{
	static const size_t words[] = { 4, 8 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(words); i++) {
		const struct vmspy_census_change wanted = { HIGH, -(int64_t)words[i],
							    PAGE / words[i] / 2 };
		struct fixture fixture = begin(words[i]);

		for (size_t at = 0; at < PAGE; at += 2 * words[i]) {
			put(&fixture, fixture.a, at, 1);
			put(&fixture, fixture.b, at, 2);
			put_both(&fixture, at + words[i], HIGH);
		}
		add(&fixture);
		must_have_changes(&fixture, &wanted, 1);
		vmspy_census_destroy(fixture.census);
	}
}

static void a_change_is_told_from_the_nearest_pointer(void **state)
{
	static const struct vmspy_census_change wanted[] = { { LOW, 16, 1 }, { HIGH, -8, 1 } };
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 800, LOW);
	put(&fixture, fixture.b, 816, 7);
	put(&fixture, fixture.b, 1000, 7);
	put_both(&fixture, 1008, HIGH);
	add(&fixture);
	must_have_changes(&fixture, wanted, 2);
	vmspy_census_destroy(fixture.census);
}

static void a_change_too_far_from_all_pointers_is_nobodys(void **state)
{
	static const struct vmspy_census_change wanted = { LOW, VMSPY_CENSUS_DISTANCE_MAX, 1 };
	struct fixture fixture = begin(8);

	(void)state;
	put_both(&fixture, 800, LOW);
	put(&fixture, fixture.b, 800 + VMSPY_CENSUS_DISTANCE_MAX, 7);
	put(&fixture, fixture.b, 808 + VMSPY_CENSUS_DISTANCE_MAX, 7);
	add(&fixture);
	must_have_changes(&fixture, &wanted, 1);
	vmspy_census_destroy(fixture.census);
}

static void a_pointer_that_changed_is_no_mark_for_others(void **state)
{
	struct fixture fixture = begin(8);

	(void)state;
	put(&fixture, fixture.a, 800, LOW);
	put(&fixture, fixture.b, 800, HIGH);
	put(&fixture, fixture.b, 808, 7);
	add(&fixture);
	must_have_changes(&fixture, NULL, 0);
	vmspy_census_destroy(fixture.census);
}

static void what_is_frequent_stays_when_there_is_too_much(void **state)
{
	const struct vmspy_census_range wide = { UINT64_C(1) << 40, UINT64_C(1) << 41 };
	struct fixture fixture = { .word_bytes = 8 };
	struct vmspy_census_target_list list;
	uint64_t next = wide.start + 8, told = 0;

	(void)state;
	assert_ok(vmspy_census_create(&wide, 1, 8, &fixture.census));
	for (int page = 0; page < 400; page++) {
		for (size_t at = 0; at < PAGE; at += 8, next += 8)
			put_both(&fixture, at, at % 64 ? next : wide.start);
		add(&fixture);
	}
	assert_ok(vmspy_census_targets(fixture.census, &list));
	assert_int_equal(list.target[0].address, wide.start);
	assert_int_equal(list.target[0].words, 400 * PAGE / 64);
	for (size_t i = 0; i < list.count; i++)
		told += list.target[i].words;
	assert_true(vmspy_census_left_out(fixture.census) > 0);
	assert_int_equal(told + vmspy_census_left_out(fixture.census), 400 * PAGE / 8);
	free(list.target);
	vmspy_census_destroy(fixture.census);
}

static struct vmspy_mapping mapping_of(uint64_t start, uint64_t end, enum vmspy_mapping_kind kind)
{
	return (struct vmspy_mapping){
		.vma = { .start = start, .end = end },
		.kind = kind,
	};
}

static void only_memory_of_programs_and_libraries_is_pointed_to(void **state)
{
	static const struct vmspy_census_target wanted[] = { { 0x11000, 1, 1 },
							     { 0x12000, 1, 1 },
							     { 0x13000, 1, 1 } };
	struct vmspy_mapping mapping[] = {
		mapping_of(0x10000, 0x11000, VMSPY_KIND_TEXT),
		mapping_of(0x11000, 0x12000, VMSPY_KIND_RODATA),
		mapping_of(0x12000, 0x13000, VMSPY_KIND_DATA),
		mapping_of(0x13000, 0x14000, VMSPY_KIND_BSS),
		mapping_of(0x14000, 0x15000, VMSPY_KIND_HEAP),
		mapping_of(0x15000, 0x16000, VMSPY_KIND_DATA),
		mapping_of(0x7fff00000000, 0x7fff00001000, VMSPY_KIND_STACK),
	};
	struct vmspy_interval interval[TEST_COUNT(mapping)];
	struct vmspy_interval_list list = { .interval = interval, .count = TEST_COUNT(mapping) };
	struct fixture fixture = { .word_bytes = 8 };

	(void)state;
	for (size_t i = 0; i < list.count; i++)
		interval[i] = (struct vmspy_interval){
			.start = mapping[i].vma.start,
			.end = mapping[i].vma.end,
			.a = &mapping[i],
			.b = &mapping[i],
		};
	interval[5].fit.remapped = true;
	assert_int_equal(vmspy_interval_list_word_bytes(&list), 8);
	assert_ok(vmspy_census_create_over(&list, &fixture.census));
	for (size_t i = 0; i < list.count; i++)
		put_both(&fixture, 8 * i, mapping[i].vma.start);
	add(&fixture);
	must_have_targets(&fixture, wanted, TEST_COUNT(wanted));
	vmspy_census_destroy(fixture.census);
	list.count--;
	assert_int_equal(vmspy_interval_list_word_bytes(&list), 4);
}

TEST_MAIN(TEST(words_and_pages_are_counted), TEST(the_ends_of_a_range_are_told_apart),
	  TEST(a_pointer_across_two_words_is_none),
	  TEST(a_word_counts_once_where_both_sides_agree_and_for_each_where_not),
	  TEST(a_count_of_references_reads_minus_one_word),
	  TEST(a_change_is_told_from_the_nearest_pointer),
	  TEST(a_change_too_far_from_all_pointers_is_nobodys),
	  TEST(a_pointer_that_changed_is_no_mark_for_others),
	  TEST(what_is_frequent_stays_when_there_is_too_much),
	  TEST(only_memory_of_programs_and_libraries_is_pointed_to))
