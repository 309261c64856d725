#include "test.h"

#include "command.h"
#include "limit.h"

static void a_limit_is_pages_a_size_or_a_percentage(void **state)
{
	static const struct {
		const char *text;
		enum limit_unit unit;
		double amount;
	} rows[] = {
		{ NULL, LIMIT_PAGES, 0 },       { "0", LIMIT_PAGES, 0 },
		{ "200", LIMIT_PAGES, 200 },    { "4096B", LIMIT_BYTES, 4096 },
		{ "4K", LIMIT_BYTES, 4096 },    { "1.5M", LIMIT_BYTES, 3 << 19 },
		{ "2G", LIMIT_BYTES, 0x1p31 },  { "1T", LIMIT_BYTES, 0x1p40 },
		{ "2.5%", LIMIT_PERCENT, 2.5 }, { "0%", LIMIT_PERCENT, 0 },
		{ "100%", LIMIT_PERCENT, 100 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct limit limit;

		test_row(rows[i].text ? rows[i].text : "(none)");
		assert_ok(limit_parse(rows[i].text, &limit));
		assert_int_equal(limit.unit, rows[i].unit);
		assert_true(limit.amount == rows[i].amount);
	}
}

static void anything_else_is_no_limit(void **state)
{
	static const char *const rows[] = { "",    "-1",  "+1",   "x",     "%",    "K",
					    "nan", "inf", "1X",   "1KiB",  "1 K",  " 1",
					    "1%%", "1e3", "0x10", "1.2.3", "0x1p3" };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct limit limit;

		test_row(rows[i]);
		assert_error(limit_parse(rows[i], &limit), VMSPY_ERROR_BAD_DATA, "to diverge");
	}
}

/* 10 pages have diverged, 8 of them and 24 shared ones in private mappings. */
static int status_with(const char *text, uint64_t unknown_pages)
{
	struct vmspy_pair pair = {
		.runs.page_bytes = 4096,
		.totals.state_pages = { [VMSPY_STATE_SHARED] = 100,
					[VMSPY_STATE_DIVERGED] = 10,
					[VMSPY_STATE_ONLY_A] = 1000,
					[VMSPY_STATE_SEPARATE] = 1000,
					[VMSPY_STATE_UNKNOWN] = unknown_pages },
		.private_shared_pages = 24,
		.private_diverged_pages = 8,
	};
	struct limit limit;

	assert_ok(limit_parse(text, &limit));
	return limit_status(&limit, &pair);
}

static void the_status_tells_whether_more_than_the_limit_diverged(void **state)
{
	static const struct {
		const char *text;
		int status;
	} rows[] = {
		{ NULL, STATUS_DIVERGED },  { "9", STATUS_DIVERGED },     { "10", STATUS_DONE },
		{ "39K", STATUS_DIVERGED }, { "40K", STATUS_DONE },       { "40960B", STATUS_DONE },
		{ "25%", STATUS_DONE },     { "24.9%", STATUS_DIVERGED },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].text ? rows[i].text : "(none)");
		assert_int_equal(status_with(rows[i].text, 0), rows[i].status);
	}
}

static void what_is_unknown_matters_only_where_it_could_exceed_the_limit(void **state)
{
	(void)state;
	assert_int_equal(status_with("10", 1), STATUS_PART);
	assert_int_equal(status_with("11", 1), STATUS_DONE);
	assert_int_equal(status_with("9", 1), STATUS_DIVERGED);
	assert_int_equal(status_with("40K", 1), STATUS_PART);
	assert_int_equal(status_with("25%", 1), STATUS_PART);
	assert_int_equal(status_with("50%", 1), STATUS_DONE);
}

static void nothing_is_not_more_than_any_part_of_nothing(void **state)
{
	const struct vmspy_pair nothing = { .runs.page_bytes = 4096 };
	struct limit limit;

	(void)state;
	assert_ok(limit_parse("0%", &limit));
	assert_int_equal(limit_status(&limit, &nothing), STATUS_DONE);
}

TEST_MAIN(TEST(a_limit_is_pages_a_size_or_a_percentage), TEST(anything_else_is_no_limit),
	  TEST(the_status_tells_whether_more_than_the_limit_diverged),
	  TEST(what_is_unknown_matters_only_where_it_could_exceed_the_limit),
	  TEST(nothing_is_not_more_than_any_part_of_nothing))
