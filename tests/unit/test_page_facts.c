#include "fake_space.h"

#include "format/kpageflags.h"
#include "inspect/huge.h"
#include "inspect/page_facts.h"

#define AT UINT64_C(0x10000000)

enum {
	FRAME = 0x1200,
	SWAP_WORD = 0x62, /* area 2, slot 3 */
};

#define PRESENT (VMSPY_PAGEMAP_PRESENT | FRAME)

static struct fake_machine machine;
static struct fake_space fake;

/* One mapping of four pages at AT. */
static int set_up(void **state)
{
	(void)state;
	machine = fake_machine();
	fake_init(&fake, &machine, FAKE_PARENT_PID);
	fake_map(&fake, AT, 4);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmspy_space_close(&fake.space);
	return 0;
}

static struct vmspy_page_facts look_at(uint64_t address)
{
	struct vmspy_page_facts facts;

	assert_ok(vmspy_space_load(&fake.space));
	assert_ok(vmspy_page_facts_read(&fake.space, address, &facts));
	return facts;
}

static void a_page_in_a_frame_is_told_with_all_that_is_known_of_the_frame(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	fake_put(&fake, AT, PRESENT | VMSPY_PAGEMAP_EXCLUSIVE);
	fake_flag(&machine, FRAME, 0x5868);
	machine.flags[0].fact[VMSPY_FRAME_MAP_COUNT] = 3;
	machine.flags[0].fact[VMSPY_FRAME_CGROUP] = 4711;
	facts = look_at(AT + 17);
	assert_int_equal(facts.address, AT);
	assert_ptr_equal(facts.mapping, &fake.mapping[0]);
	assert_int_equal(facts.standing, VMSPY_STANDING_ANON);
	assert_true(facts.is_settled);
	assert_true(facts.marks_known);
	assert_true(facts.page.exclusive);
	assert_int_equal(facts.page.frame, FRAME);
	assert_int_equal(facts.fact[VMSPY_FRAME_FLAGS], 0x5868);
	assert_int_equal(facts.fact[VMSPY_FRAME_MAP_COUNT], 3);
	assert_int_equal(facts.fact[VMSPY_FRAME_CGROUP], 4711);
}

static void every_standing_is_told_apart(void **state)
{
	static const struct {
		const char *name;
		uint64_t word;
		bool zero;
		enum vmspy_standing want;
	} rows[] = {
		{ "none", 0, false, VMSPY_STANDING_NONE },
		{ "frame", PRESENT, false, VMSPY_STANDING_ANON },
		{ "zero by its mark", PRESENT, true, VMSPY_STANDING_ZERO },
		{ "zero by its frame", VMSPY_PAGEMAP_PRESENT | FAKE_ZERO_FRAME, false,
		  VMSPY_STANDING_ZERO },
		{ "swap", VMSPY_PAGEMAP_SWAPPED | SWAP_WORD, false, VMSPY_STANDING_SWAP },
		{ "guard", VMSPY_PAGEMAP_SWAPPED | VMSPY_PAGEMAP_GUARD | 31, false,
		  VMSPY_STANDING_GUARD },
		{ "marker", VMSPY_PAGEMAP_SWAPPED | 31, false, VMSPY_STANDING_MARKER },
		{ "in flight", VMSPY_PAGEMAP_SWAPPED | FRAME << 5 | 28, false,
		  VMSPY_STANDING_IN_FLIGHT },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name);
		fake.page_count = 0;
		fake_put(&fake, AT, rows[i].word)->zero = rows[i].zero;
		assert_int_equal(look_at(AT).standing, rows[i].want);
	}
}

static void a_page_that_moves_is_read_again_until_it_stands(void **state)
{
	struct fake_page *page = fake_put(&fake, AT, PRESENT);
	struct vmspy_page_facts facts;

	(void)state;
	page->turns_at = 2; /* between the two looks */
	page->later = VMSPY_PAGEMAP_PRESENT | (FRAME + 1);
	fake_flag(&machine, FRAME + 1, 1 << VMSPY_KPF_KSM);
	facts = look_at(AT);
	assert_true(facts.is_settled);
	assert_int_equal(facts.page.frame, FRAME + 1);
	assert_int_equal(facts.fact[VMSPY_FRAME_FLAGS], 1 << VMSPY_KPF_KSM);
}

static void a_page_in_flight_is_waited_for(void **state)
{
	struct fake_page *page = fake_put(&fake, AT, VMSPY_PAGEMAP_SWAPPED | FRAME << 5 | 28);
	struct vmspy_page_facts facts;

	(void)state;
	page->turns_at = 3; /* both looks of the first attempt see it in flight */
	page->later = PRESENT;
	facts = look_at(AT);
	assert_int_equal(facts.standing, VMSPY_STANDING_ANON);
	assert_true(facts.is_settled);
}

static void a_page_that_never_stands_is_not_settled_and_not_read_for_ever(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	fake_put(&fake, AT, PRESENT)->restless = true;
	facts = look_at(AT);
	assert_false(facts.is_settled);
	assert_true(fake.words_calls <= 32);
}

static void what_is_hidden_is_unknown_and_not_nought(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	fake_put(&fake, AT, VMSPY_PAGEMAP_PRESENT);
	facts = look_at(AT);
	assert_int_equal(facts.page.place, VMSPY_PAGE_FRAME_HIDDEN);
	for (size_t fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		assert_int_equal(facts.fact[fact], VMSPY_FACT_UNKNOWN);
	fake.page_count = 0;
	fake_put(&fake, AT, PRESENT);
	fake_flag(&machine, FRAME, 8);
	machine.host.fact_visible[VMSPY_FRAME_CGROUP] = false;
	facts = look_at(AT);
	assert_int_equal(facts.fact[VMSPY_FRAME_FLAGS], 8);
	assert_int_equal(facts.fact[VMSPY_FRAME_CGROUP], VMSPY_FACT_UNKNOWN);
}

static void without_pagemap_scan_marks_are_not_known(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	machine.host.scan_categories = 0;
	fake_put(&fake, AT, PRESENT)->huge = true;
	facts = look_at(AT);
	assert_false(facts.marks_known);
	assert_int_equal(facts.marks, 0);
	assert_int_equal(facts.standing, VMSPY_STANDING_ANON);
}

static void where_nothing_is_mapped_nothing_is_read(void **state)
{
	struct vmspy_page_facts facts = look_at(AT + 4 * FAKE_PAGE);

	(void)state;
	assert_null(facts.mapping);
	assert_int_equal(facts.standing, VMSPY_STANDING_NO_MAPPING);
	assert_true(facts.is_settled);
	assert_int_equal(fake.words_calls, 0);
	assert_int_equal(look_at(UINT64_MAX).standing, VMSPY_STANDING_NO_MAPPING);
}

static void pages_without_words_are_not_asked_for_them(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	fake.mapping[0].kind = VMSPY_KIND_VSYSCALL;
	facts = look_at(AT);
	assert_int_equal(facts.standing, VMSPY_STANDING_UNTRACKED);
	assert_int_equal(fake.words_calls, 0);
}

static void no_byte_of_the_page_is_read(void **state)
{
	(void)state;
	fake_put(&fake, AT, PRESENT);
	look_at(AT);
	assert_int_equal(fake.bytes_asked, 0);
}

static void a_process_that_is_gone_is_an_error(void **state)
{
	struct vmspy_page_facts facts;

	(void)state;
	fake_put(&fake, AT, PRESENT);
	fake.gone_after = 1;
	assert_ok(vmspy_space_load(&fake.space));
	assert_error(vmspy_page_facts_read(&fake.space, AT, &facts), VMSPY_ERROR_GONE, "gone");
}

/* --- huge pages ---------------------------------------------------------------------------- */

#define HEAD ((UINT64_C(1) << VMSPY_KPF_COMPOUND_HEAD) | (UINT64_C(1) << VMSPY_KPF_THP))
#define TAIL ((UINT64_C(1) << VMSPY_KPF_COMPOUND_TAIL) | (UINT64_C(1) << VMSPY_KPF_THP))

static struct vmspy_huge huge_at(uint64_t address)
{
	struct vmspy_page_facts facts = look_at(address);
	struct vmspy_huge huge;

	assert_ok(vmspy_huge_find(&fake.space, &facts, &huge));
	return huge;
}

/* Frames of one folio. */
static void put_folio(uint64_t frame, size_t pages)
{
	fake_flag(&machine, frame, HEAD);
	for (size_t i = 1; i < pages; i++)
		fake_flag(&machine, frame + i, TAIL);
}

static void a_large_folio_is_measured_between_its_neighbours(void **state)
{
	struct vmspy_huge huge;

	(void)state;
	put_folio(FRAME - 16, 16);
	put_folio(FRAME, 16);
	put_folio(FRAME + 16, 16);
	fake_put(&fake, AT, PRESENT + 5);
	fake_put(&fake, AT + FAKE_PAGE, PRESENT);
	fake_put(&fake, AT + 2 * FAKE_PAGE, PRESENT + 15);
	huge = huge_at(AT);
	assert_int_equal(huge.how, VMSPY_HUGE_FOLIO);
	assert_int_equal(huge.size_bytes, 16 * FAKE_PAGE);
	assert_int_equal(huge.position_bytes, 5 * FAKE_PAGE);
	assert_int_equal(huge_at(AT + FAKE_PAGE).position_bytes, 0);
	assert_int_equal(huge_at(AT + 2 * FAKE_PAGE).position_bytes, 15 * FAKE_PAGE);
	assert_int_equal(huge_at(AT + 2 * FAKE_PAGE).size_bytes, 16 * FAKE_PAGE);
}

static void tails_without_a_head_have_no_size(void **state)
{
	struct vmspy_huge huge;

	(void)state;
	for (size_t i = 0; i < 32; i++)
		fake_flag(&machine, FRAME + i, TAIL);
	fake_put(&fake, AT, PRESENT + 20);
	huge = huge_at(AT);
	assert_int_equal(huge.how, VMSPY_HUGE_FOLIO);
	assert_int_equal(huge.size_bytes, 0);
}

static void frames_at_the_bottom_of_memory_have_few_neighbours(void **state)
{
	(void)state;
	put_folio(4, 4);
	fake_put(&fake, AT, VMSPY_PAGEMAP_PRESENT | 6);
	assert_int_equal(huge_at(AT).size_bytes, 4 * FAKE_PAGE);
	assert_int_equal(huge_at(AT).position_bytes, 2 * FAKE_PAGE);
}

static void a_page_that_is_no_part_of_anything_is_not_huge(void **state)
{
	(void)state;
	fake_put(&fake, AT, PRESENT);
	assert_int_equal(huge_at(AT).how, VMSPY_HUGE_NOT);
	assert_int_equal(huge_at(AT + FAKE_PAGE).how, VMSPY_HUGE_UNKNOWN); /* no page */
}

static void a_huge_entry_is_measured_by_the_page_table(void **state)
{
	(void)state;
	fake_put(&fake, AT + FAKE_PAGE, PRESENT)->huge = true;
	assert_int_equal(huge_at(AT + FAKE_PAGE).how, VMSPY_HUGE_ENTRY);
	assert_int_equal(huge_at(AT + FAKE_PAGE).size_bytes, 0); /* an unknown machine */
	strcpy(machine.host.machine, "x86_64");
	machine.host.page_table_levels = 4;
	assert_int_equal(huge_at(AT + FAKE_PAGE).size_bytes, 2 << 20);
	assert_int_equal(huge_at(AT + FAKE_PAGE).position_bytes, FAKE_PAGE);
}

static void hugetlb_is_measured_by_its_mapping(void **state)
{
	(void)state;
	fake.mapping[0].kind = VMSPY_KIND_HUGETLB;
	fake.mapping[0].page_bytes = 1 << 30;
	fake_put(&fake, AT + 2 * FAKE_PAGE, PRESENT)->huge = true;
	assert_int_equal(huge_at(AT + 2 * FAKE_PAGE).how, VMSPY_HUGE_HUGETLB);
	assert_int_equal(huge_at(AT + 2 * FAKE_PAGE).size_bytes, 1 << 30);
	assert_int_equal(huge_at(AT + 2 * FAKE_PAGE).position_bytes, AT + 2 * FAKE_PAGE);
}

static void where_flags_are_hidden_a_folio_is_not_ruled_out(void **state)
{
	(void)state;
	machine.host.fact_visible[VMSPY_FRAME_FLAGS] = false;
	fake_put(&fake, AT, PRESENT);
	assert_int_equal(huge_at(AT).how, VMSPY_HUGE_UNKNOWN);
}

#define FACTS(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(FACTS(a_page_in_a_frame_is_told_with_all_that_is_known_of_the_frame),
	  FACTS(every_standing_is_told_apart),
	  FACTS(a_page_that_moves_is_read_again_until_it_stands),
	  FACTS(a_page_in_flight_is_waited_for),
	  FACTS(a_page_that_never_stands_is_not_settled_and_not_read_for_ever),
	  FACTS(what_is_hidden_is_unknown_and_not_nought),
	  FACTS(without_pagemap_scan_marks_are_not_known),
	  FACTS(where_nothing_is_mapped_nothing_is_read),
	  FACTS(pages_without_words_are_not_asked_for_them), FACTS(no_byte_of_the_page_is_read),
	  FACTS(a_process_that_is_gone_is_an_error),
	  FACTS(a_large_folio_is_measured_between_its_neighbours),
	  FACTS(tails_without_a_head_have_no_size),
	  FACTS(frames_at_the_bottom_of_memory_have_few_neighbours),
	  FACTS(a_page_that_is_no_part_of_anything_is_not_huge),
	  FACTS(a_huge_entry_is_measured_by_the_page_table),
	  FACTS(hugetlb_is_measured_by_its_mapping),
	  FACTS(where_flags_are_hidden_a_folio_is_not_ruled_out))
