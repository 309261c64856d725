#include "test.h"

#include "report/address_rows.h"

enum {
	PAGE = 4096,
	FRAME = 0x1234,
};

/* Three mappings: two that touch, one far above. */
static struct vmspy_mapping mappings[] = {
	{ .vma = { .start = 0x10000, .end = 0x12000, .readable = true, .name = "low" },
	  .kind = VMSPY_KIND_ANON },
	{ .vma = { .start = 0x12000, .end = 0x13000, .writable = true, .name = "middle" },
	  .kind = VMSPY_KIND_ANON },
	{ .vma = { .start = 0x20000, .end = 0x21000, .inode = 7, .name = "/high" },
	  .kind = VMSPY_KIND_FILE },
};

static const struct vmspy_layout layout = { .mapping = mappings, .count = TEST_COUNT(mappings) };

static void neighbours_are_found_around_what_is_mapped_and_what_is_not(void **state)
{
	static const struct {
		const char *name;
		uint64_t address;
		const char *above, *here, *below; /* NULL: none */
		uint64_t gap_above, gap_below;
	} rows[] = {
		{ "below all", 0x1000, "low", NULL, NULL, 0xf000, 0 },
		{ "in the lowest", 0x10000, "middle", "low", NULL, 0, 0 },
		{ "its last byte", 0x11fff, "middle", "low", NULL, 0, 0 },
		{ "in the middle", 0x12345, "/high", "middle", "low", 0xd000, 0 },
		{ "between", 0x14000, "/high", NULL, "middle", 0xc000, 0x1000 },
		{ "in the highest", 0x20fff, NULL, "/high", "middle", 0, 0xd000 },
		{ "above all", 0x21000, NULL, NULL, "/high", 0, 0 },
		{ "the last address", UINT64_MAX, NULL, NULL, "/high", 0, UINT64_MAX - 0x21000 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		const char *want[VMSPY_NEAR_COUNT] = { rows[i].above, rows[i].here, rows[i].below };
		struct vmspy_near_row row;

		test_row(rows[i].name);
		for (enum vmspy_near near = 0; near < VMSPY_NEAR_COUNT; near++) {
			bool found = vmspy_near_row_get(&layout, rows[i].address, near, &row);

			assert_int_equal(found, want[near] != NULL);
			if (!found)
				continue;
			assert_string_equal(row.object, want[near]);
			if (near == VMSPY_NEAR_ABOVE)
				assert_int_equal(row.gap_bytes, rows[i].gap_above);
			if (near == VMSPY_NEAR_BELOW)
				assert_int_equal(row.gap_bytes, rows[i].gap_below);
		}
	}
}

static void without_mappings_there_are_no_neighbours(void **state)
{
	static const struct vmspy_layout empty = { 0 };
	struct vmspy_near_row row;

	(void)state;
	for (enum vmspy_near near = 0; near < VMSPY_NEAR_COUNT; near++)
		assert_false(vmspy_near_row_get(&empty, 0x1000, near, &row));
}

/* What is looked at: root sees all of a page in a frame, unless a test says otherwise. */
static struct vmspy_host host;
static struct vmspy_page_facts facts;
static struct vmspy_huge huge;
static struct vmspy_spot spot;
static struct vmspy_source_line source;
static struct vmspy_address_sight sight;
static struct vmspy_address_row row;

static int set_up(void **state)
{
	(void)state;
	host = (struct vmspy_host){
		.machine = "x86_64",
		.page_bytes = PAGE,
		.page_table_levels = 4,
		.frames_visible = true,
		.fact_visible = { true, true, true },
	};
	facts = (struct vmspy_page_facts){
		.address = 0x10000,
		.mapping = &mappings[0],
		.standing = VMSPY_STANDING_ANON,
		.page = { .place = VMSPY_PAGE_IN_FRAME, .frame = FRAME, .exclusive = true },
		.is_settled = true,
		.marks_known = true,
		.fact = { 1 << 12 | 1 << 11, 1, 99 },
	};
	huge = (struct vmspy_huge){ .how = VMSPY_HUGE_NOT };
	spot = (struct vmspy_spot){ 0 };
	source = (struct vmspy_source_line){ 0 };
	sight = (struct vmspy_address_sight){
		.word = "word",
		.address = 0x10123,
		.host = &host,
		.layout = &layout,
		.facts = &facts,
		.huge = &huge,
		.spot = &spot,
		.source = &source,
	};
	return 0;
}

static void a_frame_is_told_with_its_physical_address_flags_and_counts(void **state)
{
	(void)state;
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "frame");
	assert_string_equal(row.backing, "anon");
	assert_int_equal(row.frame, FRAME);
	assert_int_equal(row.physical, FRAME * PAGE + 0x123);
	assert_string_equal(row.page_flags, "mmap anonymous");
	assert_int_equal(row.map_count, 1);
	assert_int_equal(row.cgroup_inode, 99);
	assert_int_equal(row.exclusive, true);
	assert_string_equal(row.huge, "no");
	assert_int_equal(row.hidden.count, 0);
	assert_int_equal(row.index[VMSPY_LEVEL_PTE], 0x10);
	assert_int_equal(row.index[VMSPY_LEVEL_P4D], VMSPY_UNKNOWN);
	assert_int_equal(row.page_offset, 0x123);
}

static const struct vmspy_hidden *hidden_row(const char *what)
{
	for (size_t i = 0; i < row.hidden.count; i++)
		if (!strcmp(row.hidden_row[i].what, what))
			return &row.hidden_row[i];
	return NULL;
}

static void what_is_hidden_is_told_with_what_would_show_it(void **state)
{
	(void)state;
	facts.page = (struct vmspy_page){ .place = VMSPY_PAGE_FRAME_HIDDEN };
	for (size_t i = 0; i < VMSPY_FRAME_FACT_COUNT; i++) {
		facts.fact[i] = VMSPY_FACT_UNKNOWN;
		host.fact_visible[i] = false;
	}
	huge.how = VMSPY_HUGE_UNKNOWN;
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "frame");
	assert_int_equal(row.frame, VMSPY_UNKNOWN);
	assert_null(row.page_flags);
	assert_int_equal(row.hidden.count, VMSPY_HIDDEN_MAX);
	assert_non_null(strstr(hidden_row("frame")->needs, "CAP_SYS_ADMIN"));
	assert_non_null(strstr(hidden_row("page_flags")->needs, "uid 0"));
	assert_non_null(strstr(hidden_row("map_count")->needs, "/proc/kpagecount"));
	assert_non_null(strstr(hidden_row("cgroup_inode")->needs, "/proc/kpagecgroup"));
	assert_non_null(strstr(hidden_row("huge")->needs, "uid 0"));

	/* Root of a container may read the files, but does not know what to look for. */
	host.fact_visible[VMSPY_FRAME_FLAGS] = true;
	vmspy_address_row_get(&sight, &row);
	assert_non_null(strstr(hidden_row("page_flags")->needs, "CAP_SYS_ADMIN"));
	assert_non_null(strstr(hidden_row("huge")->needs, "CAP_SYS_ADMIN"));
}

static void behind_a_huge_entry_nobody_knows_whether_a_page_is_exclusive(void **state)
{
	(void)state;
	huge = (struct vmspy_huge){ VMSPY_HUGE_ENTRY, 2 << 20, 9 * PAGE };
	vmspy_address_row_get(&sight, &row);
	assert_int_equal(row.exclusive, VMSPY_UNKNOWN);
	assert_string_equal(row.huge, "entry");
	assert_int_equal(row.huge_position_bytes, 9 * PAGE);
	huge.how = VMSPY_HUGE_NOT;
	facts.marks_known = false; /* it may be behind one */
	vmspy_address_row_get(&sight, &row);
	assert_int_equal(row.exclusive, VMSPY_UNKNOWN);
}

static void what_could_not_be_seen_has_an_unknown_state_and_a_reason(void **state)
{
	(void)state;
	facts.is_settled = false;
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "unknown");
	assert_int_equal(row.frame, VMSPY_UNKNOWN);
	sight.refused = "cannot read";
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "unknown");
	assert_string_equal(row.means, "cannot read");
	assert_string_equal(hidden_row("state")->needs, "cannot read");
}

static void a_swap_slot_without_a_number_may_be_something_else(void **state)
{
	(void)state;
	facts.standing = VMSPY_STANDING_SWAP;
	facts.page = (struct vmspy_page){ .place = VMSPY_PAGE_IN_SWAP,
					  .swap_type = 1,
					  .swap_offset = 5 };
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "swap");
	assert_int_equal(row.swap_type, 1);
	assert_int_equal(row.swap_offset_pages, 5);
	facts.page = (struct vmspy_page){ .place = VMSPY_PAGE_SWAP_HIDDEN };
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "unknown");
	assert_int_equal(row.swap_type, VMSPY_UNKNOWN);
	assert_non_null(hidden_row("swap"));
}

static void addresses_beyond_user_space_are_told_as_such(void **state)
{
	(void)state;
	facts = (struct vmspy_page_facts){ .standing = VMSPY_STANDING_NO_MAPPING,
					   .is_settled = true };
	sight.address = 0xffff888000000000;
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.state, "none");
	assert_non_null(strstr(row.means, "kernel's half"));
	sight.address = 0x800000000000;
	vmspy_address_row_get(&sight, &row);
	assert_non_null(strstr(row.means, "beyond user space"));
	sight.address = 0x14000;
	vmspy_address_row_get(&sight, &row);
	assert_non_null(strstr(row.means, "SIGSEGV"));
}

static void soft_dirty_is_unknown_where_it_is_not_tracked(void **state)
{
	(void)state;
	vmspy_address_row_get(&sight, &row);
	assert_int_equal(row.soft_dirty, VMSPY_UNKNOWN);
	host.soft_dirty_tracked = true;
	vmspy_address_row_get(&sight, &row);
	assert_int_equal(row.soft_dirty, false);
}

static void all_flags_at_once_fit(void **state)
{
	(void)state;
	facts.fact[VMSPY_FRAME_FLAGS] = UINT64_MAX - 1; /* all ones mean unknown */
	vmspy_address_row_get(&sight, &row);
	assert_true(strlen(row.page_flags) + 1 < VMSPY_KPAGEFLAGS_NAMES);
	assert_non_null(strstr(row.page_flags, "thp"));
}

static void a_source_of_any_length_is_cut(void **state)
{
	char *file = calloc(1, 3 * VMSPY_SOURCE_TEXT_MAX);

	(void)state;
	assert_non_null(file);
	memset(file, 'x', 2 * VMSPY_SOURCE_TEXT_MAX);
	source = (struct vmspy_source_line){ file, 7 };
	vmspy_address_row_get(&sight, &row);
	assert_int_equal(strlen(row.source), VMSPY_SOURCE_TEXT_MAX - 1);
	source = (struct vmspy_source_line){ file, 0 };
	strcpy(file, "a.c");
	vmspy_address_row_get(&sight, &row);
	assert_string_equal(row.source, "a.c");
	free(file);
}

#define SEEN(function) cmocka_unit_test_setup(function, set_up)

TEST_MAIN(TEST(neighbours_are_found_around_what_is_mapped_and_what_is_not),
	  TEST(without_mappings_there_are_no_neighbours),
	  SEEN(a_frame_is_told_with_its_physical_address_flags_and_counts),
	  SEEN(what_is_hidden_is_told_with_what_would_show_it),
	  SEEN(behind_a_huge_entry_nobody_knows_whether_a_page_is_exclusive),
	  SEEN(what_could_not_be_seen_has_an_unknown_state_and_a_reason),
	  SEEN(a_swap_slot_without_a_number_may_be_something_else),
	  SEEN(addresses_beyond_user_space_are_told_as_such),
	  SEEN(soft_dirty_is_unknown_where_it_is_not_tracked), SEEN(all_flags_at_once_fit),
	  SEEN(a_source_of_any_length_is_cut))
