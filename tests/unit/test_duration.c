#include "test.h"

#include "duration.h"

static void times_have_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "5", UINT64_C(5000000000) },     { "1.5s", UINT64_C(1500000000) },
		{ "500ms", UINT64_C(500000000) },  { "2m", UINT64_C(120000000000) },
		{ "1h", UINT64_C(3600000000000) }, { "0.001", 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		uint64_t ns = 0;

		assert_ok(duration_parse(cases[i].text, &ns));
		assert_int_equal(ns, cases[i].ns);
	}
}

static void a_bare_number_may_mean_milliseconds(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "5", 5000000 }, { "0.5", 500000 }, { "5ms", 5000000 }, { "1s", 1000000000 }
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cases); i++) {
		uint64_t ns = 0;

		assert_ok(duration_parse_ms(cases[i].text, &ns));
		assert_int_equal(ns, cases[i].ns);
	}
}

static void anything_else_is_no_time(void **state)
{
	static const char *const bad[] = { "",     "0",     "0ms", "-1",    "+1",         "1e3",
					   "0x10", "nan",   "inf", "s",     "1d",         "1 s",
					   "5ss",  "1.2.3", " 1",  "1e-30", "9999999999h" };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		uint64_t ns = 7;

		assert_error(duration_parse(bad[i], &ns), VMSPY_ERROR_BAD_DATA, "no time above 0");
		assert_int_equal(ns, 7);
		assert_error(duration_parse_ms(bad[i], &ns), VMSPY_ERROR_BAD_DATA, "milliseconds");
		assert_int_equal(ns, 7);
	}
}

TEST_MAIN(TEST(times_have_units), TEST(a_bare_number_may_mean_milliseconds),
	  TEST(anything_else_is_no_time))
