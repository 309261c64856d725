#include "test.h"

#include "base/human.h"
#include "render/cell.h"
#include "render_fixture.h"

static void sizes_have_three_digits_that_count(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = {
		{ "0", 0 },
		{ "1023", 1023 },
		{ "1K", 1024 },
		{ "1.5K", 1536 },
		{ "99.9K", 102297 },
		{ "100K", 102400 },
		{ "512K", 524288 },
		{ "1023K", 1047552 },
		{ "1M", 1048064 },
		{ "1M", 1048575 },
		{ "61.3M", 64277709 },
		{ "512M", 536870912 },
		{ "16T", UINT64_C(1) << 44 },
		{ "16E", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		char text[VMSPY_HUMAN_MAX];

		vmspy_human_bytes(rows[i].bytes, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void durations_have_three_digits_that_count(void **state)
{
	static const struct {
		const char *text;
		uint64_t duration_ns;
	} rows[] = {
		{ "0ns", 0 },        { "999ns", 999 },
		{ "1us", 1000 },     { "3.1ms", 3100000 },
		{ "1s", 999999999 }, { "12s", 12000000000 },
		{ "200us", 200000 }, { "18446744074s", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		char text[VMSPY_HUMAN_MAX];

		vmspy_human_duration(rows[i].duration_ns, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void assert_cells(const struct things *things, struct cell_style style,
			 const char *const *expected)
{
	style.page_bytes = 4096;
	for (const struct vmspy_column *column = thing_columns; column->heading; column++) {
		struct vmspy_buf buf = { 0 };

		test_row(column->heading);
		assert_ok(cell_append(&buf, column, things, &style));
		assert_string_equal(vmspy_buf_text(&buf), *expected++);
		vmspy_buf_deinit(&buf);
	}
}

static void people_get_units_that_fit(void **state)
{
	static const char *const expected[] = {
		"a text", "word", "rd,wr", "7f0000001000", "1234", "0",   "1.5K", "12K",
		"12345",  "42",   "3.1ms", "254:1",        "yes",  "100", "2",    "/a/path",
	};

	(void)state;
	assert_cells(&known_things, (struct cell_style){ 0 }, expected);
}

static void scripts_get_plain_numbers_and_no_spaces(void **state)
{
	static const char *const expected[] = {
		"a\\x20text", "word", "rd,wr",   "7f0000001000", "1234", "0",   "1536", "12288",
		"12345",      "42",   "3100000", "254:1",        "yes",  "100", "2",    "/a/path",
	};

	(void)state;
	assert_cells(&known_things, (struct cell_style){ .raw = true, .in_bytes = true }, expected);
}

static void unknown_is_a_dash_whatever_the_unit(void **state)
{
	static const char *const dashes[] = { "-", "-", "-", "-", "-", "-", "-", "-",
					      "-", "-", "-", "-", "-", "-", "-", "-" };

	(void)state;
	assert_cells(&unknown_things, (struct cell_style){ 0 }, dashes);
	assert_cells(&unknown_things, (struct cell_style){ .raw = true }, dashes);
}

static void raw_text_can_be_had_back(void **state)
{
	static const struct {
		const char *text, *raw;
	} rows[] = {
		{ "plain", "plain" },
		{ "two words", "two\\x20words" },
		{ " ", "\\x20" },
		{ "a\nb\tc", "a\\x0ab\\x09c" },
		{ "back\\slash", "back\\x5cslash" },
		{ "caf\xc3\xa9 \xe9", "caf\xc3\xa9\\x20\\xe9" },
		{ "", "-" },
		{ "-", "\\x2d" },
		{ "--", "--" },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_buf buf = { 0 };

		assert_ok(cell_append_raw_text(&buf, rows[i].text));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].raw);
		vmspy_buf_deinit(&buf);
	}
}

static void a_change_has_its_sign_and_no_change_has_none(void **state)
{
	static const struct {
		uint64_t before, now;
		const char *pages, *bytes, *raw;
	} rows[] = {
		{ 0, 0, "0", "0", "0" },
		{ 0, 1024, "+4M", "+1K", "+4194304" },
		{ 1, 0, "-4K", "-1", "-4096" },
		{ 1025, 1, "-4M", "-1K", "-4194304" },
		{ VMSPY_UNKNOWN, 1, "-", "-", "-" },
		{ 1, VMSPY_UNKNOWN, "-", "-", "-" },
	};
	static const struct vmspy_column pages = THING("P", pages, VMSPY_UNIT_PAGES_CHANGE);
	static const struct vmspy_column bytes = THING("B", pages, VMSPY_UNIT_BYTES_CHANGE);
	const struct cell_style style = { .page_bytes = 4096 };
	const struct cell_style raw = { .page_bytes = 4096, .raw = true, .in_bytes = true };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct things things = { .pages = vmspy_change_of(rows[i].before, rows[i].now) };
		struct vmspy_buf buf = { 0 };

		assert_ok(cell_append(&buf, &pages, &things, &style));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].pages);
		buf.length = 0;
		assert_ok(cell_append(&buf, &bytes, &things, &style));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].bytes);
		buf.length = 0;
		assert_ok(cell_append(&buf, &pages, &things, &raw));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].raw);
		vmspy_buf_deinit(&buf);
	}
}

static void a_value_without_a_number_is_shown_in_hex(void **state)
{
	struct things things = known_things;
	static const struct vmspy_column column = THING("VALUE", value, VMSPY_UNIT_VALUE);
	struct vmspy_buf buf = { 0 };

	(void)state;
	things.value = (struct vmspy_value){ .known = true, .truncated = true, .hex = "00ff" };
	assert_ok(cell_append(&buf, &column, &things, &(struct cell_style){ 0 }));
	assert_string_equal(vmspy_buf_text(&buf), "00ff...");
	vmspy_buf_deinit(&buf);
}

static void a_ratio_is_short_for_people_and_exact_for_scripts(void **state)
{
	static const struct vmspy_column column = THING("RATIO", count, VMSPY_UNIT_RATIO);
	static const struct {
		uint64_t thousandths;
		const char *people, *scripts;
	} rows[] = {
		{ 0, "0x", "0.000" },
		{ 1234, "1.2x", "1.234" },
		{ 1300050, "1,300x", "1300.050" },
		{ VMSPY_UNKNOWN, "-", "-" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * TEST_COUNT(rows); i++) {
		struct things things = { .count = rows[i / 2].thousandths };
		struct cell_style style = { .in_bytes = i % 2, .raw = i % 2 };
		struct vmspy_buf buf = { 0 };

		assert_ok(cell_append(&buf, &column, &things, &style));
		assert_string_equal(vmspy_buf_text(&buf),
				    i % 2 ? rows[i / 2].scripts : rows[i / 2].people);
		vmspy_buf_deinit(&buf);
	}
}

static void people_get_the_part_of_a_long_value_that_differs(void **state)
{
	static const struct vmspy_column column = THING("VALUE", value, VMSPY_UNIT_VALUE);
	static const struct {
		const char *name, *hex, *text, *shown;
		bool raw;
	} rows[] = {
		{ "one whose beginning is not known", "", "", "+6:66778899", false },
		{ "scripts get no part of it", "", "", "-", true },
		{ "a long one", "00112233445566778899", "", "+6:66778899", false },
		{ "scripts get all of it", "00112233445566778899", "", "00112233445566778899",
		  true },
		{ "a short one is shown whole", "001122", "", "001122", false },
		{ "a number is one", "0100000000000000", "1", "1", false },
		{ "a text is a cell as others", "61", "\"a\t\xe9\"", "\"a\\x09\\xe9\"", false },
		{ "scripts get a text without spaces", "61", "RED | BLUE", "RED\\x20|\\x20BLUE",
		  true },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct things things = known_things;
		struct vmspy_buf buf = { 0 };

		test_row(rows[i].name);
		things.value =
			(struct vmspy_value){ .known = rows[i].hex[0], .excerpt = "+6:66778899" };
		memcpy(things.value.hex, rows[i].hex, strlen(rows[i].hex));
		memcpy(things.value.text, rows[i].text, strlen(rows[i].text));
		assert_ok(cell_append(&buf, &column, &things,
				      &(struct cell_style){ .raw = rows[i].raw }));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].shown);
		vmspy_buf_deinit(&buf);
	}
}

TEST_MAIN(TEST(sizes_have_three_digits_that_count), TEST(durations_have_three_digits_that_count),
	  TEST(people_get_units_that_fit), TEST(scripts_get_plain_numbers_and_no_spaces),
	  TEST(unknown_is_a_dash_whatever_the_unit), TEST(raw_text_can_be_had_back),
	  TEST(a_change_has_its_sign_and_no_change_has_none),
	  TEST(a_value_without_a_number_is_shown_in_hex),
	  TEST(a_ratio_is_short_for_people_and_exact_for_scripts),
	  TEST(people_get_the_part_of_a_long_value_that_differs))
