#include "test.h"

#include "command.h"
#include "watch.h"

static struct arguments given(const char *value)
{
	struct arguments arguments = { .command = &command_diff,
				       .given = OPTION_BIT(OPTION_WATCH) };

	arguments.value[OPTION_WATCH] = value;
	return arguments;
}

static void an_interval_is_seconds_and_parts_of_them(void **state)
{
	static const struct {
		const char *text;
		uint64_t interval_ns;
	} rows[] = {
		{ NULL, 2000000000 }, { "1", 1000000000 },
		{ "0.5", 500000000 }, { ".25", 250000000 },
		{ "2.", 2000000000 }, { "3600", 3600000000000 },
		{ "0.000000001", 1 }, { "1000000000", 1000000000000000000 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct arguments arguments = given(rows[i].text);
		uint64_t interval_ns;

		test_row(rows[i].text ? rows[i].text : "(none)");
		assert_ok(watch_parse(&arguments, &interval_ns));
		assert_int_equal(interval_ns, rows[i].interval_ns);
	}
}

static void anything_else_is_no_interval(void **state)
{
	static const char *const rows[] = { "",      "0",          "0.0",         "-1", "+1",
					    "x",     "nan",        "inf",         "1s", "1e3",
					    "0x10",  " 1",         "1 ",          ".",  "..",
					    "1.2.3", "1000000001", "0.0000000001" };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct arguments arguments = given(rows[i]);
		uint64_t interval_ns;

		test_row(rows[i]);
		assert_error(watch_parse(&arguments, &interval_ns), VMSPY_ERROR_BAD_DATA,
			     "cannot watch every");
	}
}

static void without_the_option_there_is_no_interval(void **state)
{
	const struct arguments arguments = { .command = &command_diff };
	uint64_t interval_ns = 1;

	(void)state;
	assert_ok(watch_parse(&arguments, &interval_ns));
	assert_int_equal(interval_ns, 0);
}

TEST_MAIN(TEST(an_interval_is_seconds_and_parts_of_them), TEST(anything_else_is_no_interval),
	  TEST(without_the_option_there_is_no_interval))
