#include "test.h"

#include "format/maps.h"
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
		assert_int_equal(list.smaps[i].value[VMSPY_SMAPS_SIZE],
				 list.smaps[i].end - list.smaps[i].start);
	assert_int_equal(first->value[VMSPY_SMAPS_RSS], 8192);
	assert_int_equal(first->value[VMSPY_SMAPS_PRIVATE_CLEAN] +
				 first->value[VMSPY_SMAPS_SHARED_CLEAN],
			 8192);
	assert_int_equal(first->known, ((1U << VMSPY_SMAPS_FIELD_COUNT) - 1) &
					       ~(1U << VMSPY_SMAPS_PROTECTION_KEY));
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void unknown_keys_are_skipped_and_missing_ones_are_unknown(void **state)
{
	struct vmspy_buf buf = test_data("smaps/unknown-keys");
	struct vmspy_smaps_list list = feed_all(&buf);

	(void)state;
	assert_int_equal(list.count, 1);
	assert_int_equal(list.smaps[0].known, 1U << VMSPY_SMAPS_SIZE | 1U << VMSPY_SMAPS_RSS |
						      1U << VMSPY_SMAPS_PROTECTION_KEY);
	assert_int_equal(list.smaps[0].value[VMSPY_SMAPS_RSS], 4096);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void flags_keep_the_order_of_the_kernel(void **state)
{
	struct vmspy_buf buf = test_data("smaps/unknown-keys");
	struct vmspy_smaps_list list = feed_all(&buf);

	(void)state;
	assert_string_equal(vmspy_smaps_flags(&list, &list.smaps[0]), "rd wr mr mw me ac sd");
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
	assert_int_equal(strlen(vmspy_smaps_flags(&list, &list.smaps[0])),
			 3 * VMSPY_SMAPS_FLAGS_MAX - 1);
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static void flags_that_were_not_told_are_unknown(void **state)
{
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	(void)state;
	assert_ok(vmspy_smaps_feed(&list, "1000-2000 rw-p 0 0:0 0\n", 23, &used));
	assert_null(vmspy_smaps_flags(&list, &list.smaps[0]));
	assert_int_equal(list.smaps[0].known, 0);
	vmspy_smaps_list_deinit(&list);
}

static void mappings_with_the_same_flags_share_them(void **state)
{
	static const char text[] = "1000-2000 rw-p 0 0:0 0\nVmFlags: rd wr \n"
				   "2000-3000 rw-p 0 0:0 0\nVmFlags: rd \n"
				   "3000-4000 rw-p 0 0:0 0\nVmFlags: rd wr \n"
				   "4000-5000 rw-p 0 0:0 0\nVmFlags: \n";
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	(void)state;
	assert_ok(vmspy_smaps_feed(&list, text, strlen(text), &used));
	assert_int_equal(list.flags_count, 3);
	assert_string_equal(vmspy_smaps_flags(&list, &list.smaps[0]), "rd wr");
	assert_string_equal(vmspy_smaps_flags(&list, &list.smaps[1]), "rd");
	assert_ptr_equal(vmspy_smaps_flags(&list, &list.smaps[2]),
			 vmspy_smaps_flags(&list, &list.smaps[0]));
	assert_string_equal(vmspy_smaps_flags(&list, &list.smaps[3]), "");
	vmspy_smaps_list_deinit(&list);
}

/* Every key that the kernel has, with a number of its own, in an order of no kernel. */
static void every_field_is_read_in_any_order(void **state)
{
	static const struct {
		const char *line;
		enum vmspy_smaps_field field;
		uint64_t value;
	} rows[] = {
		{ "ProtectionKey:         7", VMSPY_SMAPS_PROTECTION_KEY, 7 },
		{ "THPeligible:    1", VMSPY_SMAPS_THP_ELIGIBLE, 1 },
		{ "Locked:                1 kB", VMSPY_SMAPS_LOCKED, 1 << 10 },
		{ "SwapPss:               2 kB", VMSPY_SMAPS_SWAP_PSS, 2 << 10 },
		{ "Swap:                  3 kB", VMSPY_SMAPS_SWAP, 3 << 10 },
		{ "Private_Hugetlb:       4 kB", VMSPY_SMAPS_PRIVATE_HUGETLB, 4 << 10 },
		{ "Shared_Hugetlb:        5 kB", VMSPY_SMAPS_SHARED_HUGETLB, 5 << 10 },
		{ "FilePmdMapped:         6 kB", VMSPY_SMAPS_FILE_HUGE, 6 << 10 },
		{ "ShmemPmdMapped:        7 kB", VMSPY_SMAPS_SHMEM_HUGE, 7 << 10 },
		{ "AnonHugePages:         8 kB", VMSPY_SMAPS_ANON_HUGE, 8 << 10 },
		{ "LazyFree:              9 kB", VMSPY_SMAPS_LAZY_FREE, 9 << 10 },
		{ "KSM:                  10 kB", VMSPY_SMAPS_KSM, 10 << 10 },
		{ "Anonymous:            11 kB", VMSPY_SMAPS_ANONYMOUS, 11 << 10 },
		{ "Referenced:           12 kB", VMSPY_SMAPS_REFERENCED, 12 << 10 },
		{ "Private_Dirty:        13 kB", VMSPY_SMAPS_PRIVATE_DIRTY, 13 << 10 },
		{ "Private_Clean:        14 kB", VMSPY_SMAPS_PRIVATE_CLEAN, 14 << 10 },
		{ "Shared_Dirty:         15 kB", VMSPY_SMAPS_SHARED_DIRTY, 15 << 10 },
		{ "Shared_Clean:         16 kB", VMSPY_SMAPS_SHARED_CLEAN, 16 << 10 },
		{ "Pss_Dirty:            17 kB", VMSPY_SMAPS_PSS_DIRTY, 17 << 10 },
		{ "Pss:                  18 kB", VMSPY_SMAPS_PSS, 18 << 10 },
		{ "Rss:          1234567890 kB", VMSPY_SMAPS_RSS, UINT64_C(1234567890) << 10 },
		{ "MMUPageSize:          20 kB", VMSPY_SMAPS_MMU_PAGE, 20 << 10 },
		{ "KernelPageSize:       21 kB", VMSPY_SMAPS_KERNEL_PAGE, 21 << 10 },
		{ "Size:                 22 kB", VMSPY_SMAPS_SIZE, 22 << 10 },
	};
	struct vmspy_smaps_list list = { 0 };
	struct vmspy_buf buf = { 0 };
	size_t used;

	(void)state;
	assert_int_equal(TEST_COUNT(rows), VMSPY_SMAPS_FIELD_COUNT);
	assert_ok(vmspy_buf_printf(&buf, "1000-2000 rw-p 0 0:0 0\n"));
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		assert_ok(vmspy_buf_printf(&buf, "%s\n", rows[i].line));
	assert_ok(vmspy_smaps_feed(&list, buf.text, buf.length, &used));
	assert_int_equal(list.smaps[0].known, (1U << VMSPY_SMAPS_FIELD_COUNT) - 1);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].line);
		assert_int_equal(list.smaps[0].value[rows[i].field], rows[i].value);
	}
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&buf);
}

static struct vmspy_error *add_name(void *context, const struct vmspy_vma *vma,
				    struct vmspy_scan name)
{
	return vmspy_buf_printf(context, "%lx-%lx %c %.*s\n", vma->start, vma->end,
				vma->executable ? 'x' : '-', (int)(name.end - name.at), name.at);
}

static void the_mappings_themselves_can_be_had_too(void **state)
{
	static const char text[] = "1000-2000 r-xp 0 0:0 5    /bin/a b\nRss: 4 kB\n"
				   "2000-3000 rw-p 0 0:0 0\nRss: 4 kB\n";
	struct vmspy_buf names = { 0 };
	struct vmspy_vma_sink sink = { .context = &names, .take = add_name };
	struct vmspy_smaps_list list = { .vmas = &sink };
	size_t used;

	(void)state;
	assert_ok(vmspy_smaps_feed(&list, text, strlen(text), &used));
	assert_int_equal(list.count, 2);
	assert_int_equal(sink.count, 2);
	assert_string_equal(vmspy_buf_text(&names), "1000-2000 x /bin/a b\n2000-3000 - \n");
	vmspy_smaps_list_deinit(&list);
	vmspy_buf_deinit(&names);
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
	for (size_t i = 0; i < whole.count; i++)
		assert_memory_equal(&pieces.smaps[i], &whole.smaps[i], sizeof(whole.smaps[i]));
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
	{ "a number with a unit that has none", HEAD "THPeligible:    1 kB\n", "is no number" },
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
	assert_int_equal(list.smaps[0].value[VMSPY_SMAPS_RSS], 0);
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
	  TEST(flags_that_were_not_told_are_unknown), TEST(mappings_with_the_same_flags_share_them),
	  TEST(every_field_is_read_in_any_order), TEST(the_mappings_themselves_can_be_had_too),
	  TEST(text_in_pieces_gives_the_same_list), TEST(a_line_without_its_end_is_not_taken),
	  TEST(what_is_no_smaps_is_an_error), TEST(a_value_that_does_not_fit_changes_nothing),
	  TEST(counters_are_found_by_their_exact_mapping))
