#include "test.h"

#include "base/human.h"

static void sizes_in_a_sentence_name_their_unit(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 bytes" },  { 1, "1 byte" },          { 1023, "1023 bytes" },
		{ 1024, "1 KiB" }, { 25900000, "24.7 MiB" }, { UINT64_MAX, "16 EiB" },
	};
	char text[VMSPY_HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vmspy_human_size(rows[i].bytes, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void thousands_stand_apart(void **state)
{
	static const struct {
		uint64_t count;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 41000, "41,000" },
		{ 1234567, "1,234,567" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};
	char text[VMSPY_HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vmspy_human_count(rows[i].count, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void a_part_is_neither_nothing_nor_all(void **state)
{
	static const struct {
		uint64_t part, whole;
		const char *text;
	} rows[] = {
		{ 0, 7, "0%" },
		{ 7, 7, "100%" },
		{ 1, 100000, "under 0.1%" },
		{ 99999, 100000, "over 99.9%" },
		{ 991, 1000, "99.1%" },
		{ 1, 2, "50%" },
	};
	char text[VMSPY_HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vmspy_human_percent(rows[i].part, rows[i].whole, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void a_ratio_has_two_digits_or_all_of_them(void **state)
{
	static const struct {
		uint64_t thousandths;
		const char *text;
	} rows[] = {
		{ 0, "0x" },      { 149, "0.1x" },       { 1000, "1x" },
		{ 4150, "4.2x" }, { 9949, "9.9x" },      { 9950, "10x" },
		{ 12499, "12x" }, { 1300500, "1,301x" }, { UINT64_MAX, "18,446,744,073,709,552x" },
	};
	char text[VMSPY_HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		vmspy_human_ratio(rows[i].thousandths, text);
		assert_string_equal(text, rows[i].text);
	}
}

TEST_MAIN(TEST(sizes_in_a_sentence_name_their_unit), TEST(thousands_stand_apart),
	  TEST(a_part_is_neither_nothing_nor_all), TEST(a_ratio_has_two_digits_or_all_of_them))
