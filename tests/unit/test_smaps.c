#include "test.h"

#include "format/smaps.h"

static struct vmspy_smaps_list feed_all(const struct vmspy_buf *buf)
{
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	assert_ok(vmspy_smaps_feed(&list, vmspy_buf_text(buf), buf->length, &used));
	assert_int_equal(used, buf->length);
	return list;
}

static void kilobytes_become_bytes(void **state)
{
	struct vmspy_buf buf = test_data("smaps/cat");
	struct vmspy_smaps_list list = feed_all(&buf);
	const struct vmspy_smaps *first = &list.smaps[0];

	(void)state;
	assert_true(list.count > 20);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(list.smaps[i].bytes[VMSPY_SMAPS_SIZE],
				 list.smaps[i].end - list.smaps[i].start);
	assert_int_equal(first->bytes[VMSPY_SMAPS_RSS], 8192);
	assert_int_equal(first->bytes[VMSPY_SMAPS_PRIVATE_CLEAN] +
				 first->bytes[VMSPY_SMAPS_SHARED_CLEAN],
			 8192);
	assert_int_equal(first->known, (1U << VMSPY_SMAPS_FIELD_COUNT) - 1);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void unknown_keys_are_skipped_and_missing_ones_are_unknown(void **state)
{
	struct vmspy_buf buf = test_data("smaps/unknown-keys");
	struct vmspy_smaps_list list = feed_all(&buf);

	(void)state;
	assert_int_equal(list.count, 1);
	assert_int_equal(list.smaps[0].known, 1U << VMSPY_SMAPS_SIZE | 1U << VMSPY_SMAPS_RSS);
	assert_int_equal(list.smaps[0].bytes[VMSPY_SMAPS_RSS], 4096);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void flags_keep_the_order_of_the_kernel(void **state)
{
	struct vmspy_buf buf = test_data("smaps/unknown-keys");
	struct vmspy_smaps_list list = feed_all(&buf);

	(void)state;
	assert_true(list.smaps[0].flags_known);
	assert_int_equal(list.smaps[0].flag_count, 7);
	assert_memory_equal(list.smaps[0].flags, "rdwrmrmwmeacsd", 14);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void more_flags_than_fit_are_left_out(void **state)
{
	struct vmspy_buf buf = { 0 };
	struct vmspy_smaps_list list;

	(void)state;
	assert_ok(vmspy_buf_printf(&buf, "1000-2000 rw-p 0 0:0 0\nVmFlags:"));
	for (int i = 0; i < 100; i++)
		assert_ok(vmspy_buf_printf(&buf, " f%c", '0' + i % 10));
	assert_ok(vmspy_buf_printf(&buf, "\n"));
	list = feed_all(&buf);
	assert_int_equal(list.smaps[0].flag_count, VMSPY_SMAPS_FLAGS_MAX);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void flags_that_were_not_told_are_unknown(void **state)
{
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	(void)state;
	assert_ok(vmspy_smaps_feed(&list, "1000-2000 rw-p 0 0:0 0\n", 23, &used));
	assert_false(list.smaps[0].flags_known);
	assert_int_equal(list.smaps[0].known, 0);
	vmspy_smaps_list_deinit(&list);
}

static void text_in_pieces_gives_the_same_list(void **state)
{
	struct vmspy_buf buf = test_data("smaps/cat");
	struct vmspy_smaps_list whole = feed_all(&buf), pieces = { 0 };
	size_t at = 0, end = 0, used;

	(void)state;
	while (end < buf.length) {
		end = end + 100 < buf.length ? end + 100 : buf.length;
		assert_ok(vmspy_smaps_feed(&pieces, buf.text + at, end - at, &used));
		at += used;
	}
	assert_int_equal(at, buf.length);
	assert_int_equal(pieces.count, whole.count);
	for (size_t i = 0; i < whole.count; i++) /* there is padding behind the flags */
		assert_memory_equal(&pieces.smaps[i], &whole.smaps[i],
				    offsetof(struct vmspy_smaps, flags) +
					    sizeof(whole.smaps[i].flags));
	vmspy_smaps_list_deinit(&whole);
	vmspy_smaps_list_deinit(&pieces);
	vmspy_buf_deinit(&buf);
}

static void a_line_without_its_end_is_not_taken(void **state)
{
	struct vmspy_smaps_list list = { 0 };
	size_t used = 1;

	(void)state;
	assert_ok(vmspy_smaps_feed(&list, "1000-2000 rw-p 0 0:0 0", 22, &used));
	assert_int_equal(used, 0);
	assert_int_equal(list.count, 0);
	assert_ok(vmspy_smaps_feed(&list, "", 0, &used));
	assert_int_equal(used, 0);
	vmspy_smaps_list_deinit(&list);
}

#define HEAD "1000-2000 rw-p 0 0:0 0\n"

static const struct {
	const char *name;
	const char *text;
	const char *message;
} bad[] = {
	{ "a value before the first mapping", "Size: 4 kB\n", "before the first mapping" },
	{ "a mapping twice", HEAD HEAD, "does not ascend" },
	{ "a broken head line", "1000-2000 rw-\n", "is no mapping" },
	{ "a line without a colon", HEAD "Rss 4 kB\n", "neither a mapping nor a value" },
	{ "an empty line", HEAD "\n", "neither a mapping nor a value" },
	{ "a value without a number", HEAD "Rss: kB\n", "is no number of kB" },
	{ "a value in another unit", HEAD "Rss: 4 MB\n", "is no number of kB" },
	{ "text behind the unit", HEAD "Rss: 4 kBytes\n", "is no number of kB" },
	{ "more kB than 64 bits of bytes", HEAD "Rss: 18014398509481984 kB\n",
	  "is no number of kB" },
};

static void what_is_no_smaps_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		struct vmspy_smaps_list list = { 0 };
		size_t used;

		test_row(bad[i].name);
		assert_error(vmspy_smaps_feed(&list, bad[i].text, strlen(bad[i].text), &used),
			     VMSPY_ERROR_BAD_DATA, bad[i].message);
		vmspy_smaps_list_deinit(&list);
	}
}

static void a_value_that_does_not_fit_changes_nothing(void **state)
{
	static const char text[] = HEAD "Rss: 18014398509481985 kB\n";
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	(void)state;
	assert_error(vmspy_smaps_feed(&list, text, strlen(text), &used), VMSPY_ERROR_BAD_DATA,
		     "kB");
	assert_int_equal(list.smaps[0].bytes[VMSPY_SMAPS_RSS], 0);
	vmspy_smaps_list_deinit(&list);
}

static void counters_are_found_by_their_exact_mapping(void **state)
{
	const char *text =
		"1000-2000 rw-p 0 0:0 0\n2000-4000 rw-p 0 0:0 0\n8000-9000 r--p 0 0:0 0\n";
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	(void)state;
	assert_null(vmspy_smaps_find(&list, 0x1000, 0x2000));
	assert_ok(vmspy_smaps_feed(&list, text, strlen(text), &used));
	assert_ptr_equal(vmspy_smaps_find(&list, 0x1000, 0x2000), &list.smaps[0]);
	assert_ptr_equal(vmspy_smaps_find(&list, 0x2000, 0x4000), &list.smaps[1]);
	assert_ptr_equal(vmspy_smaps_find(&list, 0x8000, 0x9000), &list.smaps[2]);
	assert_null(vmspy_smaps_find(&list, 0x2000, 0x3000));
	assert_null(vmspy_smaps_find(&list, 0x3000, 0x4000));
	assert_null(vmspy_smaps_find(&list, 0x9000, 0xa000));
	assert_null(vmspy_smaps_find(&list, 0, 0x1000));
	vmspy_smaps_list_deinit(&list);
}

TEST_MAIN(TEST(kilobytes_become_bytes), TEST(unknown_keys_are_skipped_and_missing_ones_are_unknown),
	  TEST(flags_keep_the_order_of_the_kernel), TEST(more_flags_than_fit_are_left_out),
	  TEST(flags_that_were_not_told_are_unknown), TEST(text_in_pieces_gives_the_same_list),
	  TEST(a_line_without_its_end_is_not_taken), TEST(what_is_no_smaps_is_an_error),
	  TEST(a_value_that_does_not_fit_changes_nothing),
	  TEST(counters_are_found_by_their_exact_mapping))
