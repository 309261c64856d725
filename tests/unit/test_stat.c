#include "test.h"

#include "format/stat.h"

static struct vmspy_stat parse_data(const char *name)
{
	struct vmspy_buf buf = test_data(name);
	struct vmspy_stat stat;

	assert_ok(vmspy_stat_parse(vmspy_buf_text(&buf), buf.length, &stat));
	vmspy_buf_deinit(&buf);
	return stat;
}

static void a_comm_cannot_fake_fields(void **state)
{
	struct vmspy_stat stat = parse_data("stat/hostile-comm");

	(void)state;
	assert_int_equal(stat.pid, 4242);
	assert_string_equal(stat.comm, ") R 1 (\n");
	assert_int_equal(stat.state, 'S');
	assert_int_equal(stat.parent_pid, 1);
	assert_int_equal(stat.thread_count, 3);
	assert_int_equal(stat.start_time_ticks, 123456);
}

static void the_bounds_are_fields_26_to_28_and_45_to_51(void **state)
{
	struct vmspy_mm_bounds bounds = parse_data("stat/hostile-comm").bounds;

	(void)state;
	assert_true(bounds.known);
	assert_int_equal(bounds.start_code, 94000000000000);
	assert_int_equal(bounds.end_code, 94000000001000);
	assert_int_equal(bounds.start_stack, 140720000000000);
	assert_int_equal(bounds.start_data, 94000000002000);
	assert_int_equal(bounds.end_data, 94000000003000);
	assert_int_equal(bounds.start_brk, 94000000100000);
	assert_int_equal(bounds.arg_start, 140720000000100);
	assert_int_equal(bounds.arg_end, 140720000000110);
	assert_int_equal(bounds.env_start, 140720000000110);
	assert_int_equal(bounds.env_end, 140720000000200);
}

static void a_recorded_process_is_read(void **state)
{
	struct vmspy_stat stat = parse_data("stat/cat");

	(void)state;
	assert_string_equal(stat.comm, "cat");
	assert_int_equal(stat.state, 'R');
	assert_int_equal(stat.thread_count, 1);
	assert_true(stat.bounds.known);
	assert_true(stat.bounds.start_code < stat.bounds.end_code);
	assert_true(stat.bounds.end_code < stat.bounds.start_data);
	assert_true(stat.bounds.start_stack < stat.bounds.arg_start);
}

static void hidden_bounds_are_unknown_and_zero(void **state)
{
	static const struct vmspy_mm_bounds nothing;
	struct vmspy_mm_bounds bounds = parse_data("stat/hidden").bounds;

	(void)state;
	assert_false(bounds.known);
	assert_memory_equal(&bounds, &nothing, sizeof(nothing));
}

static void a_kernel_thread_has_no_bounds(void **state)
{
	struct vmspy_stat stat = parse_data("stat/kernel-thread");

	(void)state;
	assert_string_equal(stat.comm, "kthreadd");
	assert_int_equal(stat.parent_pid, 0);
	assert_false(stat.bounds.known);
}

#define ZEROS10 " 0 0 0 0 0 0 0 0 0 0"
#define FIELDS  ZEROS10 ZEROS10 ZEROS10 ZEROS10 " 0 0 0 0 0 0 0 0" /* 4 to 51 */
#define LONG16  "0123456789abcdef"

static const struct {
	const char *name;
	const char *text;
} good[] = {
	{ "no newline at the end", "1 (a) R" FIELDS },
	{ "more fields than we know", "1 (a) R" FIELDS " 1 2 3\n" },
	{ "an empty comm", "1 () R" FIELDS "\n" },
	{ "the longest comm", "1 (" LONG16 LONG16 LONG16 "0123456789abcde) R" FIELDS },
};

static const struct {
	const char *name;
	const char *text;
} bad[] = {
	{ "nothing", "" },
	{ "no comm", "1 R" FIELDS },
	{ "a comm without its end", "1 (a R" FIELDS },
	{ "a parenthesis before the pid", ") 1 (a" },
	{ "a comm that is too long", "1 (" LONG16 LONG16 LONG16 LONG16 ") R" FIELDS },
	{ "a negative pid", "-1 (a) R" FIELDS },
	{ "a pid beyond 31 bits", "2147483648 (a) R" FIELDS },
	{ "no state", "1 (a)" FIELDS },
	{ "one field too few", "1 (a) R" ZEROS10 ZEROS10 ZEROS10 ZEROS10 " 0 0 0 0 0 0 0" },
	{ "a field that is no number", "1 (a) R x" FIELDS },
	{ "a negative parent", "1 (a) R -5" FIELDS },
	{ "two spaces", "1 (a) R " FIELDS },
};

static void a_stat_of_any_length_after_field_51_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(good); i++) {
		struct vmspy_stat stat;

		test_row(good[i].name);
		assert_ok(vmspy_stat_parse(good[i].text, strlen(good[i].text), &stat));
		assert_int_equal(stat.pid, 1);
	}
}

static void what_is_no_stat_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		struct vmspy_stat stat;

		test_row(bad[i].name);
		assert_error(vmspy_stat_parse(bad[i].text, strlen(bad[i].text), &stat),
			     VMSPY_ERROR_BAD_DATA, "cannot read stat: ");
	}
}

TEST_MAIN(TEST(a_comm_cannot_fake_fields), TEST(the_bounds_are_fields_26_to_28_and_45_to_51),
	  TEST(a_recorded_process_is_read), TEST(hidden_bounds_are_unknown_and_zero),
	  TEST(a_kernel_thread_has_no_bounds), TEST(a_stat_of_any_length_after_field_51_is_read),
	  TEST(what_is_no_stat_is_an_error))
