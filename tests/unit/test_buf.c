#include "test.h"

static void an_empty_buffer_reads_as_empty_text(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_string_equal(vmspy_buf_text(&buf), "");
	assert_null(vmspy_buf_take(&buf));
	vmspy_buf_deinit(&buf);
}

static void text_is_appended_and_ends_in_nul(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_ok(vmspy_buf_append(&buf, "abc", 2));
	assert_ok(vmspy_buf_append(&buf, "", 0));
	assert_ok(vmspy_buf_printf(&buf, "-%d-%s", 42, "x"));
	assert_string_equal(vmspy_buf_text(&buf), "ab-42-x");
	assert_int_equal(buf.length, 7);
	vmspy_buf_deinit(&buf);
	assert_null(buf.text);
}

static void bytes_may_be_nul(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_ok(vmspy_buf_append(&buf, "a\0b", 3));
	assert_int_equal(buf.length, 3);
	assert_memory_equal(buf.text, "a\0b", 4);
	vmspy_buf_deinit(&buf);
}

static void it_grows_past_its_first_room(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++)
		assert_ok(vmspy_buf_append(&buf, "0123456789", 10));
	assert_int_equal(buf.length, 100000);
	assert_int_equal(strlen(buf.text), 100000);
	assert_memory_equal(buf.text + 99990, "0123456789", 11);
	vmspy_buf_deinit(&buf);
}

static void long_formats_are_not_cut(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_ok(vmspy_buf_printf(&buf, "%5000d", 1));
	assert_int_equal(buf.length, 5000);
	assert_int_equal(buf.text[4999], '1');
	vmspy_buf_deinit(&buf);
}

static void an_impossible_size_is_out_of_memory(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_ok(vmspy_buf_append(&buf, "kept", 4));
	assert_error(vmspy_buf_reserve(&buf, SIZE_MAX), VMSPY_ERROR_NO_MEMORY, "out of memory");
	assert_error(vmspy_buf_reserve(&buf, SIZE_MAX - 4), VMSPY_ERROR_NO_MEMORY, "");
	assert_string_equal(vmspy_buf_text(&buf), "kept");
	vmspy_buf_deinit(&buf);
}

static void taken_text_belongs_to_the_caller(void **state)
{
	struct vmspy_buf buf = { 0 };
	char *text;

	(void)state;
	assert_ok(vmspy_buf_append(&buf, "mine", 4));
	text = vmspy_buf_take(&buf);
	assert_string_equal(text, "mine");
	assert_int_equal(buf.length, 0);
	assert_ok(vmspy_buf_append(&buf, "next", 4));
	assert_string_equal(text, "mine");
	free(text);
	vmspy_buf_deinit(&buf);
}

TEST_MAIN(TEST(an_empty_buffer_reads_as_empty_text), TEST(text_is_appended_and_ends_in_nul),
	  TEST(bytes_may_be_nul), TEST(it_grows_past_its_first_room),
	  TEST(long_formats_are_not_cut), TEST(an_impossible_size_is_out_of_memory),
	  TEST(taken_text_belongs_to_the_caller))
