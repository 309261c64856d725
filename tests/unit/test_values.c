#include "test.h"

#include "symbol/values.h"

static const struct {
	const char *name;
	const void *bytes;
	size_t available;
	uint64_t size_bytes;
	const char *hex, *text;
	bool known, truncated;
} rows[] = {
	{ "an int", "\x64\0\0\0", 4, 4, "64000000", "100", true, false },
	{ "a negative byte", "\xff", 1, 1, "ff", "-1", true, false },
	{ "a short", "\x00\x80", 2, 2, "0080", "-32768", true, false },
	{ "the lowest long", "\0\0\0\0\0\0\0\x80", 8, 8, "0000000000000080", "-9223372036854775808",
	  true, false },
	{ "the highest long", "\xff\xff\xff\xff\xff\xff\xff\x7f", 8, 8, "ffffffffffffff7f",
	  "9223372036854775807", true, false },
	{ "three bytes are no number", "abc", 3, 3, "616263", "", true, false },
	{ "bytes behind the variable are not shown", "abcdef", 6, 2, "6162", "25185", true, false },
	{ "nothing is no value", "abc", 3, 0, "", "", false, false },
	{ "too few bytes are no value", "abc", 3, 4, "", "", false, false },
	{ "63 of 64 kept bytes are no value", "", 63, 100, "", "", false, false },
};

static void values_are_hex_in_memory_order_and_signed_decimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_value value =
			vmspy_value_format(rows[i].bytes, rows[i].available, rows[i].size_bytes);

		test_row(rows[i].name);
		assert_int_equal(value.known, rows[i].known);
		assert_int_equal(value.truncated, rows[i].truncated);
		assert_string_equal(value.hex, rows[i].hex);
		assert_string_equal(value.text, rows[i].text);
	}
}

static void a_long_variable_is_cut_after_64_bytes(void **state)
{
	unsigned char bytes[64];
	struct vmspy_value value;

	(void)state;
	memset(bytes, 0xab, sizeof(bytes));
	value = vmspy_value_format(bytes, sizeof(bytes), UINT64_MAX);
	assert_true(value.known && value.truncated);
	assert_int_equal(strlen(value.hex), 128);
	assert_string_equal(value.text, "");
	value = vmspy_value_format(bytes, sizeof(bytes), sizeof(bytes));
	assert_true(value.known && !value.truncated);
}

static void an_excerpt_tells_where_it_begins_and_whether_more_follows(void **state)
{
	static const unsigned char bytes[] = { 0x28, 0xfd, 0x84, 0x03 };
	struct vmspy_value value = { 0 };

	(void)state;
	vmspy_value_excerpt(&value, 8, bytes, 13);
	assert_string_equal(value.excerpt, "+8:28fd8403...");
	vmspy_value_excerpt(&value, 8, bytes, 12);
	assert_string_equal(value.excerpt, "+8:28fd8403");
	vmspy_value_excerpt(&value, 8, bytes, 9);
	assert_string_equal(value.excerpt, "+8:28");
	vmspy_value_excerpt(&value, UINT64_MAX - 5, bytes, UINT64_MAX);
	assert_string_equal(value.excerpt, "+18446744073709551610:28fd8403...");
}

TEST_MAIN(TEST(values_are_hex_in_memory_order_and_signed_decimal),
	  TEST(a_long_variable_is_cut_after_64_bytes),
	  TEST(an_excerpt_tells_where_it_begins_and_whether_more_follows))
