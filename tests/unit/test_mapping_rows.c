#include "test.h"

#include "fake_space.h"
#include "report/gaps.h"
#include "report/mapping_rows.h"
#include "report/mapping_sums.h"

#define USER_END UINT64_C(0x7ffffffff000)
#define VSYSCALL UINT64_C(0xffffffffff600000)

static struct vmspy_mapping mapping_of(uint64_t start, uint64_t end, enum vmspy_mapping_kind kind,
				       const char *name)
{
	return (struct vmspy_mapping){
		.vma = { .start = start, .end = end, .readable = true, .name = name },
		.kind = kind,
	};
}

/* An address space whose counters are given as the text of smaps. */
struct sized {
	struct vmspy_space space;
	const char *smaps;
	struct vmspy_mapping mapping[FAKE_MAPPINGS_MAX];
	size_t count;
};

static struct vmspy_error *sized_load(struct vmspy_space *space)
{
	struct sized *sized = (struct sized *)space;

	space->layout = (struct vmspy_layout){ .mapping = sized->mapping, .count = sized->count };
	return NULL;
}

static struct vmspy_error *sized_smaps(struct vmspy_space *space, struct vmspy_smaps_list *ret)
{
	struct sized *sized = (struct sized *)space;
	struct vmspy_smaps_list list = { 0 };
	size_t used;

	assert_ok(vmspy_smaps_feed(&list, sized->smaps, strlen(sized->smaps), &used));
	*ret = list;
	return NULL;
}

static const struct vmspy_space_ops sized_ops = { .load = sized_load, .smaps = sized_smaps };

static void sized_init(struct sized *sized, const char *smaps)
{
	*sized = (struct sized){ .smaps = smaps };
	vmspy_space_init(&sized->space, &sized_ops, NULL);
	sized->mapping[0] = mapping_of(0x1000, 0x3000, VMSPY_KIND_TEXT, "/bin/a");
	sized->mapping[1] = mapping_of(0x3000, 0x4000, VMSPY_KIND_DATA, "/bin/a");
	sized->mapping[2] = mapping_of(0x8000, 0x9000, VMSPY_KIND_ANON, NULL);
	sized->mapping[3] = mapping_of(0x9000, 0xa000, VMSPY_KIND_ANON, "[anon:arena]");
	sized->count = 4;
}

static const char smaps_text[] = "1000-3000 r-xp 0 8:1 5 /bin/a\n"
				 "Rss:                  8 kB\n"
				 "Shared_Clean:         4 kB\n"
				 "Shared_Dirty:         1 kB\n"
				 "KSM:                  2 kB\n"
				 "KernelPageSize:       4 kB\n"
				 "ProtectionKey:         3\n"
				 "VmFlags: rd ex zz\n"
				 "3000-4000 r--p 0 8:1 5 /bin/a\n"
				 "Rss:                  4 kB\n"
				 "Shared_Clean:         0 kB\n"
				 "KSM:                  1 kB\n"
				 "KernelPageSize:       4 kB\n"
				 "8000-9000 r--p 0 0:0 0\n"
				 "9000-a000 r--p 0 0:0 0 [anon:arena]\n"
				 "Rss:                  4 kB\n";

enum {
	ALL_NEEDS = VMSPY_NEED_SMAPS | VMSPY_NEED_DETAILS | VMSPY_NEED_FLAG_NAMES
};

static void what_smaps_does_not_tell_is_unknown_and_not_zero(void **state)
{
	struct vmspy_mapping_rows rows;
	struct vmspy_mapping_row row;
	struct sized sized;

	(void)state;
	sized_init(&sized, smaps_text);
	assert_ok(vmspy_mapping_rows_load(&sized.space, ALL_NEEDS, &rows));
	vmspy_mapping_rows_get(&rows, 0, &row);
	assert_int_equal(row.resident_bytes, 8192);
	assert_int_equal(row.shared_bytes, 5120);
	assert_int_equal(row.shared_dirty_bytes, 1024);
	assert_int_equal(row.ksm_bytes, 2048);
	assert_int_equal(row.kernel_page_bytes, 4096);
	assert_int_equal(row.protection_key, 3);
	assert_int_equal(row.swap_bytes, VMSPY_UNKNOWN);
	assert_int_equal(row.private_clean_bytes, VMSPY_UNKNOWN);
	assert_int_equal(row.thp_eligible, VMSPY_UNKNOWN);
	assert_string_equal(row.flags, "rd ex zz");
	assert_string_equal(row.flag_names, "readable executable zz");
	vmspy_mapping_rows_get(&rows, 1, &row);
	assert_int_equal(row.shared_clean_bytes, 0);
	assert_int_equal(row.shared_dirty_bytes, VMSPY_UNKNOWN);
	assert_null(row.flags);
	assert_null(row.flag_names);
	vmspy_mapping_rows_get(&rows, 2, &row);
	assert_int_equal(row.resident_bytes, VMSPY_UNKNOWN);
	assert_int_equal(row.size_bytes, 4096);
	vmspy_mapping_rows_deinit(&rows);
}

static void sizes_that_are_not_needed_are_not_read(void **state)
{
	struct vmspy_mapping_rows rows;
	struct vmspy_mapping_row row;
	struct sized sized;

	(void)state;
	sized_init(&sized, "this is no smaps\n");
	assert_ok(vmspy_mapping_rows_load(&sized.space, 0, &rows));
	vmspy_mapping_rows_get(&rows, 0, &row);
	assert_int_equal(row.size_bytes, 8192);
	assert_int_equal(row.resident_bytes, VMSPY_UNKNOWN);
	assert_null(row.flags);
	vmspy_mapping_rows_deinit(&rows);
}

/* Each sum as "KIND OBJECT MAPPINGS SIZE RSS KSM;", unknown numbers as "?". */
static void assert_sums(const struct vmspy_mapping_set *set, uint32_t by, const char *expected)
{
	struct vmspy_mapping_sums sums;
	struct vmspy_buf buf = { 0 };

	assert_ok(vmspy_mapping_sums_make(set, by, &sums));
	for (size_t i = 0; i < sums.count; i++) {
		const struct vmspy_mapping_row *row = &sums.row[i];

		assert_ok(vmspy_buf_printf(&buf, "%s %s %d %d ", row->kind ? row->kind : "-",
					   row->object ? row->object : "-", (int)row->mapping_count,
					   (int)row->size_bytes));
		if (row->resident_bytes == VMSPY_UNKNOWN)
			assert_ok(vmspy_buf_printf(&buf, "?;"));
		else
			assert_ok(vmspy_buf_printf(&buf, "%d;", (int)row->resident_bytes));
	}
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
	vmspy_mapping_sums_deinit(&sums);
}

static void mappings_are_added_up_by_kind_by_object_or_by_both(void **state)
{
	struct vmspy_mapping_rows rows;
	struct vmspy_mapping_set all = { &rows, NULL, 4 };
	struct sized sized;

	(void)state;
	sized_init(&sized, smaps_text);
	assert_ok(vmspy_mapping_rows_load(&sized.space, ALL_NEEDS, &rows));
	assert_sums(&all, VMSPY_NEED_KIND,
		    "text - 1 8192 8192;data - 1 4096 4096;anon - 2 8192 4096;");
	assert_sums(&all, VMSPY_NEED_OBJECT,
		    "- /bin/a 2 12288 12288;- [anon:arena] 1 4096 4096;- [anon] 1 4096 ?;");
	assert_sums(&all, VMSPY_NEED_KIND | VMSPY_NEED_OBJECT,
		    "text /bin/a 1 8192 8192;data /bin/a 1 4096 4096;"
		    "anon [anon:arena] 1 4096 4096;anon [anon] 1 4096 ?;");
	vmspy_mapping_rows_deinit(&rows);
}

static void only_the_chosen_mappings_are_added_up(void **state)
{
	static const size_t chosen[] = { 0, 3 };
	struct vmspy_mapping_rows rows;
	struct vmspy_mapping_set set = { &rows, chosen, 2 };
	struct vmspy_mapping_row total;
	struct sized sized;

	(void)state;
	sized_init(&sized, smaps_text);
	assert_ok(vmspy_mapping_rows_load(&sized.space, ALL_NEEDS, &rows));
	assert_sums(&set, VMSPY_NEED_KIND, "text - 1 8192 8192;anon - 1 4096 4096;");
	vmspy_mapping_sums_total(&set, &total);
	assert_int_equal(total.mapping_count, 2);
	assert_int_equal(total.size_bytes, 12288);
	assert_int_equal(total.resident_bytes, 12288);
	assert_int_equal(total.ksm_bytes, 2048);
	assert_int_equal(total.kernel_page_bytes, VMSPY_UNKNOWN);
	assert_int_equal(total.swap_bytes, VMSPY_UNKNOWN);
	set.count = 0;
	vmspy_mapping_sums_total(&set, &total);
	assert_int_equal(total.size_bytes, 0);
	vmspy_mapping_rows_deinit(&rows);
}

/* Each gap as "START-END NEXT;". */
static void assert_gaps(const struct vmspy_layout *layout, uint64_t user_end, const char *expected)
{
	struct vmspy_gap_list list;
	struct vmspy_buf buf = { 0 };

	assert_ok(vmspy_gaps_find(layout, user_end, &list));
	for (size_t i = 0; i < list.count; i++)
		assert_ok(vmspy_buf_printf(&buf, "%lx-%lx %zu;", list.gap[i].start, list.gap[i].end,
					   list.gap[i].next));
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
	vmspy_gap_list_deinit(&list);
}

static void what_is_not_mapped_lies_between_below_and_above(void **state)
{
	struct vmspy_mapping mapping[] = {
		mapping_of(0x1000, 0x2000, VMSPY_KIND_TEXT, NULL),
		mapping_of(0x2000, 0x3000, VMSPY_KIND_TEXT, NULL),
		mapping_of(0x5000, 0x6000, VMSPY_KIND_ANON, NULL),
		mapping_of(VSYSCALL, VSYSCALL + 0x1000, VMSPY_KIND_VSYSCALL, "[vsyscall]"),
	};
	struct vmspy_layout layout = { .mapping = mapping, .count = 4 };

	(void)state;
	assert_gaps(&layout, USER_END, "0-1000 0;3000-5000 2;6000-7ffffffff000 3;");
	assert_gaps(&layout, 0, "0-1000 0;3000-5000 2;");
	layout.count = 3;
	assert_gaps(&layout, USER_END, "0-1000 0;3000-5000 2;6000-7ffffffff000 3;");
	assert_gaps(&layout, 0x6000, "0-1000 0;3000-5000 2;");
	layout.count = 0;
	assert_gaps(&layout, USER_END, "0-7ffffffff000 0;");
	assert_gaps(&layout, 0, "");
}

static void a_gap_at_address_0_is_only_there_if_nothing_is_mapped_there(void **state)
{
	struct vmspy_mapping mapping[] = { mapping_of(0, 0x2000, VMSPY_KIND_ANON, NULL) };
	struct vmspy_layout layout = { .mapping = mapping, .count = 1 };

	(void)state;
	assert_gaps(&layout, 0x2000, "");
}

static void the_end_of_user_space_is_that_of_the_machine(void **state)
{
	struct vmspy_host host = { .machine = "x86_64",
				   .page_bytes = 4096,
				   .page_table_levels = 4 };
	struct vmspy_layout layout = { .bounds = { .known = true, .start_stack = 0x7ffd00000000 } };

	(void)state;
	assert_int_equal(vmspy_user_end(&host, &layout), USER_END);
	layout.bounds.start_stack = 0xffd00000; /* a 32-bit program */
	assert_int_equal(vmspy_user_end(&host, &layout), 0);
	host.page_table_levels = 0;
	assert_int_equal(vmspy_user_end(&host, &layout), 0);
}

TEST_MAIN(TEST(what_smaps_does_not_tell_is_unknown_and_not_zero),
	  TEST(sizes_that_are_not_needed_are_not_read),
	  TEST(mappings_are_added_up_by_kind_by_object_or_by_both),
	  TEST(only_the_chosen_mappings_are_added_up),
	  TEST(what_is_not_mapped_lies_between_below_and_above),
	  TEST(a_gap_at_address_0_is_only_there_if_nothing_is_mapped_there),
	  TEST(the_end_of_user_space_is_that_of_the_machine))
