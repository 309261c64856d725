#include "test.h"

#include "format/vmstat.h"

static struct vmspy_vmstat parse(const char *text)
{
	return vmspy_vmstat_parse(text, strlen(text));
}

static void the_counters_are_found_among_others(void **state)
{
	struct vmspy_vmstat vmstat = parse("nr_free_pages 1\npswpin 10\npswpout 20\n"
					   "pgmigrate_success 30\npgmigrate_fail 31\n"
					   "thp_collapse_alloc 40\nthp_collapse_alloc_failed 41\n");

	(void)state;
	assert_int_equal(vmstat.swapped_in_pages, 10);
	assert_int_equal(vmstat.swapped_out_pages, 20);
	assert_int_equal(vmstat.migrated_pages, 30);
	assert_int_equal(vmstat.collapsed_count, 40);
}

static void a_counter_without_a_line_is_unknown_and_not_zero(void **state)
{
	struct vmspy_vmstat vmstat = parse("pswpin 0\nswpout 5\npgmigrate_success_extra 1\n");

	(void)state;
	assert_int_equal(vmstat.swapped_in_pages, 0);
	assert_true(vmstat.swapped_out_pages == UINT64_MAX);
	assert_true(vmstat.migrated_pages == UINT64_MAX);
	assert_true(vmstat.collapsed_count == UINT64_MAX);
}

static void lines_that_are_none_are_skipped(void **state)
{
	struct vmspy_vmstat vmstat = parse("\npswpin x\npswpout 1 2\n\npgmigrate_success 3");

	(void)state;
	assert_true(vmstat.swapped_in_pages == UINT64_MAX);
	assert_true(vmstat.swapped_out_pages == UINT64_MAX);
	assert_int_equal(vmstat.migrated_pages, 3);
}

TEST_MAIN(TEST(the_counters_are_found_among_others),
	  TEST(a_counter_without_a_line_is_unknown_and_not_zero),
	  TEST(lines_that_are_none_are_skipped))
