#include "test.h"

#include "format/perf_map.h"

static struct vmspy_perf_map parse(const char *text)
{
	struct vmspy_perf_map map;

	assert_ok(vmspy_perf_map_parse(text, strlen(text), &map));
	return map;
}

static void must_be(const struct vmspy_perf_map *map, size_t index, uint64_t start, uint64_t end,
		    const char *name)
{
	assert_true(index < map->count);
	assert_int_equal(map->entry[index].start, start);
	assert_int_equal(map->entry[index].end, end);
	assert_string_equal(map->entry[index].name, name);
}

static void a_name_goes_to_the_end_of_its_line(void **state)
{
	struct vmspy_perf_map map = parse("7f10 20 Lazy:~main app.js:1 \n7f00 10 a\n");

	(void)state;
	assert_int_equal(map.count, 2);
	must_be(&map, 0, 0x7f00, 0x7f10, "a");
	must_be(&map, 1, 0x7f10, 0x7f30, "Lazy:~main app.js:1 ");
	vmspy_perf_map_deinit(&map);
}

static void numbers_may_have_the_prefix_of_hex(void **state)
{
	struct vmspy_perf_map map = parse("0x10 0X20 a\n");

	(void)state;
	must_be(&map, 0, 0x10, 0x30, "a");
	vmspy_perf_map_deinit(&map);
}

static void of_two_that_overlap_the_later_line_is_kept(void **state)
{
	static const char *const texts[] = {
		"100 40 old\n120 10 new\n",
		"120 10 old\n100 40 new\n",
		"100 40 old\n100 40 new\n",
		"100 40 old\n100 10 new\n",
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(texts); i++) {
		struct vmspy_perf_map map = parse(texts[i]);

		test_row(texts[i]);
		assert_int_equal(map.count, 1);
		assert_string_equal(map.entry[0].name, "new");
		vmspy_perf_map_deinit(&map);
	}
}

static void lines_that_are_none_are_skipped(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"nonsense\n",
		"10 20\n",
		"10 20 \n",
		"10 0 empty\n",
		"-10 20 a\n",
		"10  a\n",
		"ffffffffffffffff 2 a\n",
		"10000000000000000 2 a\n",
		"10 20 unfinished",
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(texts); i++) {
		struct vmspy_perf_map map = parse(texts[i]);

		test_row(texts[i]);
		assert_int_equal(map.count, 0);
		vmspy_perf_map_deinit(&map);
	}
}

static void an_endless_name_is_cut(void **state)
{
	enum {
		LENGTH = 3 * VMSPY_PERF_MAP_NAME_MAX
	};
	static char text[LENGTH + 16];
	struct vmspy_perf_map map;

	(void)state;
	memset(text, 'x', LENGTH);
	memcpy(text, "10 20 ", strlen("10 20 "));
	memcpy(text + LENGTH, "\n50 1 b\n", strlen("\n50 1 b\n"));
	map = parse(text);
	assert_int_equal(map.count, 2);
	assert_int_equal(strlen(map.entry[0].name), VMSPY_PERF_MAP_NAME_MAX);
	must_be(&map, 1, 0x50, 0x51, "b");
	vmspy_perf_map_deinit(&map);
}

static void a_name_with_a_nul_is_none(void **state)
{
	static const char text[] = "10 20 a\0b\n";
	struct vmspy_perf_map map;

	(void)state;
	assert_ok(vmspy_perf_map_parse(text, sizeof(text) - 1, &map));
	assert_int_equal(map.count, 0);
	vmspy_perf_map_deinit(&map);
}

static void an_address_leads_to_the_first_that_ends_above_it(void **state)
{
	struct vmspy_perf_map map = parse("10 10 a\n30 10 b\n");

	(void)state;
	assert_int_equal(vmspy_perf_map_at(&map, 0), 0);
	assert_int_equal(vmspy_perf_map_at(&map, 0x1f), 0);
	assert_int_equal(vmspy_perf_map_at(&map, 0x20), 1);
	assert_int_equal(vmspy_perf_map_at(&map, 0x3f), 1);
	assert_int_equal(vmspy_perf_map_at(&map, 0x40), 2);
	vmspy_perf_map_deinit(&map);
}

TEST_MAIN(TEST(a_name_goes_to_the_end_of_its_line), TEST(numbers_may_have_the_prefix_of_hex),
	  TEST(of_two_that_overlap_the_later_line_is_kept), TEST(lines_that_are_none_are_skipped),
	  TEST(an_endless_name_is_cut), TEST(a_name_with_a_nul_is_none),
	  TEST(an_address_leads_to_the_first_that_ends_above_it))
