#include "test.h"

#include "base/scan.h"

static struct vmspy_scan over(const char *text)
{
	return vmspy_scan_over(text, strlen(text));
}

static void a_character_is_taken_only_if_it_is_there(void **state)
{
	struct vmspy_scan scan = over("ab");

	(void)state;
	assert_false(vmspy_scan_char(&scan, 'b'));
	assert_true(vmspy_scan_char(&scan, 'a'));
	assert_true(vmspy_scan_char(&scan, 'b'));
	assert_false(vmspy_scan_char(&scan, 'b'));
	assert_ptr_equal(scan.at, scan.end);
}

static void text_that_is_cut_off_does_not_match(void **state)
{
	struct vmspy_scan scan = vmspy_scan_over("kBytes", 2);

	(void)state;
	assert_false(vmspy_scan_text(&scan, "kBy"));
	assert_true(vmspy_scan_text(&scan, ""));
	assert_true(vmspy_scan_text(&scan, "kB"));
	assert_ptr_equal(scan.at, scan.end);
}

static void skipping_counts_and_stops_at_the_end(void **state)
{
	struct vmspy_scan scan = over("  x  ");

	(void)state;
	assert_int_equal(vmspy_scan_skip(&scan, ' '), 2);
	assert_int_equal(vmspy_scan_skip(&scan, ' '), 0);
	assert_true(vmspy_scan_char(&scan, 'x'));
	assert_int_equal(vmspy_scan_skip(&scan, ' '), 2);
	assert_int_equal(vmspy_scan_skip(&scan, ' '), 0);
}

static const struct {
	const char *name;
	const char *text;
	bool hex, found;
	uint64_t value;
	size_t taken;
} numbers[] = {
	{ "zero", "0", false, true, 0, 1 },
	{ "leading zeros are allowed", "007x", false, true, 7, 3 },
	{ "a number ends at the first other character", "12ab", false, true, 12, 2 },
	{ "hexadecimal in both cases", "fFa0-", true, true, 0xffa0, 4 },
	{ "64 bits in decimal", "18446744073709551615", false, true, UINT64_MAX, 20 },
	{ "one more is no number", "18446744073709551616", false, false, 0, 0 },
	{ "64 bits in hexadecimal", "ffffffffffffffff", true, true, UINT64_MAX, 16 },
	{ "65 bits are no number", "10000000000000000", true, false, 0, 0 },
	{ "leading zeros do not overflow", "00000000000000000001", true, true, 1, 20 },
	{ "nothing is no number", "", false, false, 0, 0 },
	{ "a sign is no digit", "-1", false, false, 0, 0 },
	{ "a plus is no digit", "+1", false, false, 0, 0 },
	{ "a space is no digit", " 1", false, false, 0, 0 },
	{ "a prefix is not taken", "0x10", true, true, 0, 1 },
	{ "a letter is no decimal digit", "a", false, false, 0, 0 },
	{ "g is no hexadecimal digit", "g", true, false, 0, 0 },
};

static void numbers_are_read_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(numbers); i++) {
		struct vmspy_scan scan = over(numbers[i].text);
		uint64_t value = 0;
		bool found = numbers[i].hex ? vmspy_scan_hex(&scan, &value)
					    : vmspy_scan_decimal(&scan, &value);

		test_row(numbers[i].name);
		assert_int_equal(found, numbers[i].found);
		assert_int_equal(value, numbers[i].value);
		assert_int_equal(scan.at - numbers[i].text, numbers[i].taken);
	}
}

static void signed_numbers_have_at_most_one_minus(void **state)
{
	struct vmspy_scan scan = over("-12 --1 -9223372036854775807 9223372036854775808");
	int64_t value = 0;

	(void)state;
	assert_true(vmspy_scan_signed(&scan, &value));
	assert_int_equal(value, -12);
	assert_true(vmspy_scan_char(&scan, ' '));
	assert_false(vmspy_scan_signed(&scan, &value));
	assert_true(vmspy_scan_text(&scan, "--1 "));
	assert_true(vmspy_scan_signed(&scan, &value));
	assert_true(value == -INT64_MAX);
	assert_true(vmspy_scan_char(&scan, ' '));
	assert_false(vmspy_scan_signed(&scan, &value));
	assert_true(vmspy_scan_text(&scan, "922"));
}

static void a_number_stops_at_the_end_of_the_scan(void **state)
{
	struct vmspy_scan scan = vmspy_scan_over("1234", 2);
	uint64_t value;

	(void)state;
	assert_true(vmspy_scan_decimal(&scan, &value));
	assert_int_equal(value, 12);
}

static void pieces_end_at_the_delimiter_or_the_end(void **state)
{
	struct vmspy_scan scan = over("one\n\nlast"), piece;

	(void)state;
	assert_true(vmspy_scan_until(&scan, '\n', &piece));
	assert_true(piece.end - piece.at == 3 && memcmp(piece.at, "one", 3) == 0);
	assert_true(vmspy_scan_until(&scan, '\n', &piece));
	assert_ptr_equal(piece.at, piece.end);
	assert_true(vmspy_scan_until(&scan, '\n', &piece));
	assert_true(piece.end - piece.at == 4 && memcmp(piece.at, "last", 4) == 0);
	assert_false(vmspy_scan_until(&scan, '\n', &piece));
}

TEST_MAIN(TEST(a_character_is_taken_only_if_it_is_there), TEST(text_that_is_cut_off_does_not_match),
	  TEST(skipping_counts_and_stops_at_the_end), TEST(numbers_are_read_exactly),
	  TEST(signed_numbers_have_at_most_one_minus), TEST(a_number_stops_at_the_end_of_the_scan),
	  TEST(pieces_end_at_the_delimiter_or_the_end))
