#include "test.h"

#include "base/utf8.h"

/* One character of each length: 1, 2, 3 and 4 bytes. */
static const char text[] = "a\u00e4\u20ac\U0001f600";

static void characters_are_counted_and_bytes_are_not(void **state)
{
	(void)state;
	assert_int_equal(vmspy_utf8_count(text, strlen(text)), 4);
	assert_int_equal(vmspy_utf8_count(text, 2), 2);
	assert_int_equal(vmspy_utf8_count(text, 0), 0);
}

static void so_many_characters_have_so_many_bytes(void **state)
{
	static const size_t bytes[] = { 0, 1, 3, 6, 10, 10 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bytes); i++)
		assert_int_equal(vmspy_utf8_span(text, strlen(text), i), bytes[i]);
	assert_int_equal(vmspy_utf8_span(text, 4, 3), 4);
}

static void text_is_cut_between_characters(void **state)
{
	static const size_t cut[] = { 0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10 };

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cut); i++)
		assert_int_equal(vmspy_utf8_cut(text, i), cut[i]);
	assert_int_equal(vmspy_utf8_cut("\x80\x80\x80", 2), 0);
}

TEST_MAIN(TEST(characters_are_counted_and_bytes_are_not),
	  TEST(so_many_characters_have_so_many_bytes), TEST(text_is_cut_between_characters))
