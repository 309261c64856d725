#include "test.h"

#include "compare/window.h"
#include "fake_pair.h"
#include "format/kpageflags.h"
#include "random.h"

#define BASE          UINT64_C(0x10000000)
#define AT(page)      (BASE + (uint64_t)(page)*FAKE_PAGE)

#define P             VMSPY_PAGEMAP_PRESENT
#define S             VMSPY_PAGEMAP_SWAPPED
#define F             VMSPY_PAGEMAP_FILE
#define G             VMSPY_PAGEMAP_GUARD
#define X             VMSPY_PAGEMAP_EXCLUSIVE
#define SLOT(slot)    (S | (uint64_t)(slot) << 5)
#define MIGRATION     (S | UINT64_C(0x777) << 5 | 28)
#define MARKER        (S | UINT64_C(1) << 5 | 31)
#define FLAG(name)    (UINT64_C(1) << VMSPY_KPF_##name)
#define WINDOW_PAGES  VMSPY_WINDOW_PAGES
#define CONTENT_PAGES 1024 /* 8 MiB of pairs of pages */
#define MANY_PAGES    4096

static struct fake_pair *begin(void)
{
	struct fake_pair *fixture = fake_pair_create();

	fixture->options.keep_runs = true;
	return fixture;
}

/* The same mapping on both sides. */
static void map_both(struct fake_pair *fixture, uint64_t start, uint64_t pages)
{
	fake_map(&fixture->a, start, pages);
	fake_map(&fixture->b, start, pages);
}

/* A private mapping of a file, whose diverged pages can have names. */
static void map_file(struct fake_pair *fixture, uint64_t start, uint64_t pages)
{
	struct vmspy_mapping *a = fake_map(&fixture->a, start, pages);
	struct vmspy_mapping *b = fake_map(&fixture->b, start, pages);

	a->vma.inode = b->vma.inode = 77;
	a->vma.offset_bytes = b->vma.offset_bytes = start - BASE;
	a->kind = b->kind = VMSPY_KIND_DATA;
}

static void put_both(struct fake_pair *fixture, size_t page, uint64_t a, uint64_t b)
{
	if (a)
		fake_put(&fixture->a, AT(page), a);
	if (b)
		fake_put(&fixture->b, AT(page), b);
}

/* --- what every answer promises ------------------------------------------------------------ */

static void check_released(const struct fake_pair *fixture)
{
	assert_int_equal(fixture->a.holds, fixture->a.releases);
	assert_int_equal(fixture->b.holds, fixture->b.releases);
	assert_false(fixture->a.space.held);
	assert_false(fixture->b.space.held);
}

static void check_totals(const struct vmspy_pair *pair)
{
	uint64_t sum[VMSPY_STATE_COUNT] = { 0 }, unknown = 0;

	for (size_t i = 0; i < pair->intervals.count; i++)
		for (int state = 0; state < VMSPY_STATE_COUNT; state++)
			sum[state] += pair->counts[i].state_pages[state];
	for (int state = 0; state < VMSPY_STATE_COUNT; state++)
		assert_int_equal(pair->totals.state_pages[state], sum[state]);
	for (int reason = 0; reason < VMSPY_REASON_COUNT; reason++)
		unknown += pair->unknown_pages[reason];
	assert_int_equal(unknown, sum[VMSPY_STATE_UNKNOWN]);
	assert_int_equal(pair->unknown_pages[VMSPY_REASON_NONE], 0);
}

static bool alike(const struct vmspy_run *x, const struct vmspy_run *y)
{
	return x->interval_index == y->interval_index && x->page_class == y->page_class &&
	       x->reason == y->reason && x->left == y->left;
}

/* Ascending, disjoint, inside their intervals, each as long as it can be. */
static void check_runs(const struct vmspy_pair *pair)
{
	uint64_t sum[VMSPY_STATE_COUNT] = { 0 }, last_end = 0;

	for (size_t i = 0; i < pair->runs.count; i++) {
		const struct vmspy_run *run = &pair->runs.run[i];
		const struct vmspy_interval *interval =
			&pair->intervals.interval[run->interval_index];
		uint64_t run_end = vmspy_run_end(&pair->runs, run);

		assert_true(run->page_count > 0);
		assert_true(run->start >= last_end && run->start >= interval->start &&
			    run_end <= interval->end);
		assert_false(i && run->start == last_end && alike(run, run - 1));
		sum[vmspy_class_state(run->page_class)] += run->page_count;
		last_end = run_end;
	}
	assert_int_equal(sum[VMSPY_STATE_UNCOUNTED], 0);
	for (int state = 0; state < VMSPY_STATE_UNCOUNTED; state++)
		assert_int_equal(sum[state], pair->totals.state_pages[state]);
}

/* Records ascend, and can be found. */
static void check_records(const struct vmspy_compared_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		assert_true(!i || list->page[i - 1].address < list->page[i].address);
		assert_ptr_equal(vmspy_compared_find(list, list->page[i].address), &list->page[i]);
	}
	assert_true(list->content_count <= CONTENT_PAGES);
}

static void check_compared(const struct vmspy_pair *pair)
{
	const struct vmspy_counts *totals = &pair->totals;
	uint64_t steps = 0;

	check_records(&pair->compared);
	for (size_t i = 0; i < VMSPY_CHANGE_STEPS; i++)
		steps += pair->content.step_pages[i];
	assert_int_equal(totals->compared_pages, steps);
	assert_int_equal(totals->identical_pages, pair->content.step_pages[0]);
	assert_true(totals->changed_bytes >= totals->compared_pages - totals->identical_pages);
	assert_true(totals->comparable_pages <= totals->state_pages[VMSPY_STATE_DIVERGED]);
	assert_true(totals->drawn_pages <= totals->comparable_pages);
	assert_true(totals->compared_pages <= totals->drawn_pages);
	assert_int_equal(pair->content.exact,
			 pair->content.mode != VMSPY_CONTENT_NONE &&
				 totals->drawn_pages == totals->comparable_pages);
	if (pair->content.exact)
		assert_int_equal(pair->content.estimate.identical_pages, totals->identical_pages);
}

/* All that is present or swapped was seen: of a space that holds still by now. */
static void check_side(const struct vmspy_side *side, const struct fake_space *fake)
{
	uint64_t present = 0, swapped = 0;

	for (size_t i = 0; i < fake->page_count; i++) {
		struct vmspy_page page = vmspy_pagemap_decode(fake->page[i].word);

		if (!fake_is_mapped(fake, fake->page[i].address))
			continue;
		present +=
			page.place == VMSPY_PAGE_IN_FRAME || page.place == VMSPY_PAGE_FRAME_HIDDEN;
		swapped += page.place == VMSPY_PAGE_IN_SWAP || page.place == VMSPY_PAGE_SWAP_HIDDEN;
	}
	assert_int_equal(side->present_pages, present);
	assert_int_equal(side->swapped_pages, swapped);
	assert_int_equal(fake->absent_bytes_asked, 0);
}

static void compare(struct fake_pair *fixture)
{
	assert_ok(fake_pair_compare(fixture));
	check_released(fixture);
	check_totals(&fixture->pair);
	check_compared(&fixture->pair);
	if (fixture->options.keep_runs)
		check_runs(&fixture->pair);
	if (!fixture->options.start && !fixture->options.end) {
		check_side(&fixture->pair.a, &fixture->a);
		check_side(&fixture->pair.b, &fixture->b);
	}
}

/* Each present or swapped page is in one state or uncounted; not so where in flight or remapped. */
static void check_accounts(const struct vmspy_pair *pair)
{
	const uint64_t *pages = pair->totals.state_pages;
	uint64_t both = pages[VMSPY_STATE_SHARED] + pages[VMSPY_STATE_DIVERGED] +
			pages[VMSPY_STATE_SEPARATE] + pages[VMSPY_STATE_UNKNOWN];

	assert_int_equal(pair->a.present_pages + pair->a.swapped_pages,
			 both + pages[VMSPY_STATE_ONLY_A] + pages[VMSPY_STATE_LAZY_A] +
				 pair->a.uncounted_pages);
	assert_int_equal(pair->b.present_pages + pair->b.swapped_pages,
			 both + pages[VMSPY_STATE_ONLY_B] + pages[VMSPY_STATE_LAZY_B] +
				 pair->b.uncounted_pages);
}

#define assert_pages(fixture, state, pages)                                                        \
	assert_int_equal((fixture)->pair.totals.state_pages[VMSPY_STATE_##state], pages)
#define assert_unknown(fixture, why, pages)                                                        \
	assert_int_equal((fixture)->pair.unknown_pages[VMSPY_REASON_##why], pages)

static const char *class_at(const struct fake_pair *fixture, size_t page)
{
	const struct vmspy_run_list *runs = &fixture->pair.runs;

	for (size_t i = 0; i < runs->count; i++)
		if (runs->run[i].start <= AT(page) && AT(page) < vmspy_run_end(runs, &runs->run[i]))
			return vmspy_class_name(runs->run[i].page_class);
	return "no run";
}

/* --- pages that hold still ----------------------------------------------------------------- */

static const struct still_row {
	const char *name;
	uint64_t a, b;
	const char *page_class; /* in anonymous memory */
} still_rows[] = {
	{ "one frame", P | 5, P | 5, "shared" },
	{ "two frames", P | X | 5, P | X | 6, "diverged" },
	{ "only in a", P | X | 5, 0, "only-A" },
	{ "only in b", 0, P | X | 5, "only-B" },
	{ "the zero page twice", P | FAKE_ZERO_FRAME, P | FAKE_ZERO_FRAME, "no run" },
	{ "the zero page, filled by b", P | FAKE_ZERO_FRAME, P | X | 6, "diverged-zero" },
	{ "the zero page, filled by a", P | X | 6, P | FAKE_ZERO_FRAME, "diverged-zero" },
	{ "the zero page in a alone", P | FAKE_ZERO_FRAME, 0, "lazy-A" },
	{ "the zero page in b alone", 0, P | FAKE_ZERO_FRAME, "lazy-B" },
	{ "the huge zero page", P | F | 0x200, P | F | 0x200, "no run" },
	{ "the huge zero page, filled by b", P | F | 0x200, P | X | 6, "diverged-zero" },
	{ "one slot", SLOT(9), SLOT(9), "swap-same" },
	{ "two slots", SLOT(9), SLOT(10), "swap-diff" },
	{ "a slot in a alone", SLOT(9), 0, "only-A" },
	{ "a slot and a copy", SLOT(9), P | X | 5, "swap-frame-diverged" },
	{ "a slot and its frame", SLOT(9), P | X | 0xca, "swap-frame-unknown" },
	{ "its frame and a slot", P | X | 0xca, SLOT(9), "swap-frame-unknown" },
	{ "merged by KSM", P | 0x55, P | 0x55, "shared-ksm" },
	{ "a huge page, bit 56 set wrongly on one side", P | X | 0x77, P | 0x77, "shared" },
	{ "guards", S | G | 31, S | G | 31, "no run" },
	{ "a guard against private memory", S | G | 31, P | X | 5, "only-B" },
	{ "markers", MARKER, MARKER, "no run" },
};

static void add_flags(struct fake_machine *machine)
{
	fake_flag(machine, 0xca, FLAG(SWAPCACHE));
	fake_flag(machine, 0x55, FLAG(KSM));
	fake_flag(machine, 0x77, FLAG(THP));
}

static void pages_that_hold_still_have_the_class_of_the_manual(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	add_flags(&fixture->machine);
	map_both(fixture, BASE, 2 * TEST_COUNT(still_rows));
	for (size_t i = 0; i < TEST_COUNT(still_rows); i++)
		put_both(fixture, 2 * i, still_rows[i].a, still_rows[i].b);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_int_equal(fixture->pair.timing.rounds, 0);
	for (size_t i = 0; i < TEST_COUNT(still_rows); i++) {
		test_row(still_rows[i].name);
		assert_string_equal(class_at(fixture, 2 * i), still_rows[i].page_class);
		assert_string_equal(class_at(fixture, 2 * i + 1), "no run");
	}
	fake_pair_end(fixture);
}

/* The same pages without /proc/kpageflags: what it decides is unknown, or simply shared. */
static void without_kpageflags_a_slot_against_a_frame_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->machine.host.fact_visible[VMSPY_FRAME_FLAGS] = false;
	map_both(fixture, BASE, 4);
	put_both(fixture, 0, SLOT(9), P | X | 5);
	put_both(fixture, 1, P | 0x55, P | 0x55);
	compare(fixture);
	assert_unknown(fixture, NO_KPAGEFLAGS, 1);
	assert_string_equal(class_at(fixture, 0), "swap-frame-unknown");
	assert_string_equal(class_at(fixture, 1), "shared");
	fake_pair_end(fixture);
}

static void the_pages_of_a_file_are_shared_lazy_or_diverged(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, 8);
	put_both(fixture, 0, P | F | 5, P | F | 5);
	put_both(fixture, 1, P | F | 6, 0);
	put_both(fixture, 2, 0, P | F | 7);
	put_both(fixture, 3, P | F | 8, P | X | 9);
	put_both(fixture, 4, SLOT(3), P | F | 10);
	put_both(fixture, 5, P | 11, P | 11);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_string_equal(class_at(fixture, 0), "shared-file");
	assert_string_equal(class_at(fixture, 1), "lazy-A");
	assert_string_equal(class_at(fixture, 2), "lazy-B");
	assert_string_equal(class_at(fixture, 3), "diverged-file");
	assert_string_equal(class_at(fixture, 4), "diverged-file");
	assert_string_equal(class_at(fixture, 5), "shared");
	assert_int_equal(fixture->pair.totals.shared_file_pages, 1);
	assert_int_equal(fixture->pair.inherited_pages, 1);
	assert_int_equal(fixture->pair.private_shared_pages, 1);
	assert_int_equal(fixture->pair.private_diverged_pages, 2);
	fake_pair_end(fixture);
}

static void memory_that_one_side_has_mapped_is_read_on_that_side_only(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fake_map(&fixture->a, AT(0), 4);
	fake_map(&fixture->b, AT(10), 3);
	put_both(fixture, 0, P | X | 5, 0);
	put_both(fixture, 1, P | FAKE_ZERO_FRAME, 0);
	put_both(fixture, 10, 0, P | X | 6);
	put_both(fixture, 11, 0, SLOT(4));
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_string_equal(class_at(fixture, 0), "novma-A");
	assert_string_equal(class_at(fixture, 1), "lazy-A");
	assert_string_equal(class_at(fixture, 10), "novma-B");
	assert_string_equal(class_at(fixture, 11), "novma-B");
	assert_int_equal(fixture->a.words_asked, 4);
	assert_int_equal(fixture->b.words_asked, 3);
	fake_pair_end(fixture);
}

static void pages_of_hugetlb_and_zero_pages_are_told_apart(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	fixture->a.mapping[0].kind = fixture->b.mapping[0].kind = VMSPY_KIND_HUGETLB;
	map_both(fixture, AT(8), 4);
	put_both(fixture, 0, P | 5, P | 5);
	put_both(fixture, 1, P | X | 6, 0);
	put_both(fixture, 8, P | FAKE_ZERO_FRAME, P | X | 7);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_int_equal(fixture->pair.a.hugetlb_pages, 2);
	assert_int_equal(fixture->pair.b.hugetlb_pages, 1);
	assert_int_equal(fixture->pair.a.zero_pages, 1);
	assert_int_equal(fixture->pair.b.zero_pages, 0);
	fake_pair_end(fixture);
}

static void the_pages_against_an_untracked_mapping_are_uncounted(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	fixture->a.mapping[0].kind = VMSPY_KIND_VVAR;
	put_both(fixture, 1, 0, P | X | 5);
	put_both(fixture, 2, 0, SLOT(4));
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_int_equal(fixture->pair.b.uncounted_pages, 2);
	assert_pages(fixture, UNCOUNTED, 2);
	fake_pair_end(fixture);
}

static void a_mapping_that_nobody_can_see_into_is_not_read(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 1);
	fixture->a.mapping[0].kind = fixture->b.mapping[0].kind = VMSPY_KIND_VSYSCALL;
	compare(fixture);
	assert_int_equal(fixture->a.words_asked + fixture->b.words_asked, 0);
	fake_pair_end(fixture);
}

/* --- pages that move ----------------------------------------------------------------------- */

static void a_page_that_moves_while_it_is_read_gets_its_right_verdict(void **state)
{
	struct fake_pair *fixture = begin();
	struct fake_page *page;

	(void)state;
	map_both(fixture, BASE, 4);
	page = fake_put(&fixture->a, AT(1), P | 5);
	page->turns_at = 2;
	page->later = P | 6;
	fake_put(&fixture->b, AT(1), P | 6);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, DIVERGED, 0);
	assert_int_equal(fixture->pair.timing.rounds, 1);
	fake_pair_end(fixture);
}

static void a_page_that_never_settles_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	fake_put(&fixture->a, AT(1), P | 0x100)->restless = true;
	fake_put(&fixture->b, AT(1), P | 0x900);
	put_both(fixture, 2, P | 7, P | 7);
	compare(fixture);
	assert_pages(fixture, SHARED, 1);
	assert_unknown(fixture, KEPT_CHANGING, 1);
	assert_in_range(fixture->pair.timing.rounds, 1, 8);
	fake_pair_end(fixture);
}

static void a_page_in_flight_is_waited_for(void **state)
{
	struct fake_pair *fixture = begin();
	struct fake_page *page;

	(void)state;
	map_both(fixture, BASE, 4);
	page = fake_put(&fixture->a, AT(1), MIGRATION);
	page->turns_at = 3;
	page->later = P | 6;
	page = fake_put(&fixture->b, AT(1), MIGRATION);
	page->turns_at = 2;
	page->later = P | 6;
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_pages(fixture, SHARED, 1);
	assert_int_equal(fixture->pair.timing.rounds, 1);
	fake_pair_end(fixture);
}

static void a_page_that_stays_in_flight_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	put_both(fixture, 1, MIGRATION, P | 5);
	compare(fixture);
	assert_unknown(fixture, IN_FLIGHT, 1);
	assert_string_equal(class_at(fixture, 1), "unstable");
	fake_pair_end(fixture);
}

static void one_frame_that_claims_to_be_mapped_once_is_a_contradiction(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	put_both(fixture, 1, P | X | 5, P | 5);
	compare(fixture);
	assert_unknown(fixture, KEPT_CHANGING, 1);
	fake_pair_end(fixture);
}

static void a_page_that_moves_while_its_flags_are_looked_up_is_read_again(void **state)
{
	struct fake_pair *fixture = begin();
	struct fake_page *page;

	(void)state;
	map_both(fixture, BASE, 4);
	page = fake_put(&fixture->a, AT(1), P | X | 5);
	page->turns_at = 3; /* behind the sandwich */
	page->later = P | 6;
	fake_put(&fixture->b, AT(1), SLOT(9));
	fake_flag(&fixture->machine, 6, FLAG(SWAPCACHE));
	compare(fixture);
	assert_unknown(fixture, SWAP_VS_FRAME, 1);
	assert_int_equal(fixture->pair.timing.rounds, 1);
	fake_pair_end(fixture);
}

/* Without a hold b may change as well: it is read twice. */
static void without_a_hold_both_sides_are_read_twice(void **state)
{
	struct fake_pair *fixture = begin();
	struct fake_page *page;

	(void)state;
	fixture->options.no_hold = true;
	fixture->options.keep_runs = false;
	map_both(fixture, BASE, 4);
	fake_put(&fixture->a, AT(1), P | 5);
	page = fake_put(&fixture->b, AT(1), P | 5);
	page->turns_at = 2;
	page->later = P | X | 6;
	compare(fixture);
	assert_int_equal(fixture->a.holds + fixture->b.holds, 0);
	assert_false(fixture->pair.a.held || fixture->pair.b.held);
	assert_pages(fixture, DIVERGED, 1);
	assert_int_equal(fixture->pair.timing.rounds, 1);
	fake_pair_end(fixture);
}

static void a_process_that_cannot_be_stopped_is_read_twice_as_well(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.cannot_be_held = true;
	map_both(fixture, BASE, 4);
	put_both(fixture, 1, P | 5, P | 5);
	compare(fixture);
	assert_true(fixture->pair.a.held);
	assert_false(fixture->pair.b.held);
	assert_int_equal(fixture->b.page[0].reads, 3); /* twice, and behind the look-up of flags */
	fake_pair_end(fixture);
}

static void without_a_hold_a_mapping_that_changed_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.no_hold = true;
	map_both(fixture, BASE, 4);
	map_both(fixture, AT(4), 4);
	fixture->b.mapping_changed[0] = true;
	put_both(fixture, 1, P | 5, P | 5);
	put_both(fixture, 2, P | X | 6, P | X | 7);
	put_both(fixture, 3, P | FAKE_ZERO_FRAME, P | FAKE_ZERO_FRAME);
	put_both(fixture, 4, P | 8, P | 8);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_unknown(fixture, KEPT_CHANGING, 2);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, DIVERGED, 0);
	assert_int_equal(fixture->pair.runs.count, 2);
	fake_pair_end(fixture);
}

static void what_is_held_cannot_change_its_mappings(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 4);
	fixture->b.mapping_changed[0] = true; /* an answer that nobody asks for */
	put_both(fixture, 1, P | 5, P | 5);
	compare(fixture);
	assert_pages(fixture, SHARED, 1);
	fake_pair_end(fixture);
}

/* --- hidden frames ------------------------------------------------------------------------- */

static struct fake_pair *begin_hidden(void)
{
	struct fake_pair *fixture = begin();

	fixture->machine.host.frames_visible = false;
	fixture->machine.host.fact_visible[VMSPY_FRAME_FLAGS] = false;
	fixture->machine.host.zero_frame = 0;
	return fixture;
}

static void put_marked(struct fake_space *fake, size_t page, uint64_t word, bool zero, bool huge)
{
	struct fake_page *put = fake_put(fake, AT(page), word);

	put->zero = zero;
	put->huge = huge;
}

static void hidden_frames_are_told_by_bits_and_marks(void **state)
{
	struct fake_pair *fixture = begin_hidden();

	(void)state;
	fixture->options.content = VMSPY_CONTENT_NONE;
	map_both(fixture, BASE, 16);
	put_both(fixture, 0, P | X, P);
	put_both(fixture, 1, P, P);
	put_marked(&fixture->a, 2, P | X, false, true); /* a huge entry: bit 56 says nothing */
	put_marked(&fixture->b, 2, P, false, false);
	put_marked(&fixture->a, 3, P, true, false);
	put_marked(&fixture->b, 3, P, true, false);
	put_marked(&fixture->a, 4, P, true, false);
	put_marked(&fixture->b, 4, P | X, false, false);
	put_both(fixture, 5, S, P | X);
	put_both(fixture, 6, P | X, 0);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_string_equal(class_at(fixture, 0), "diverged");
	assert_string_equal(class_at(fixture, 1), "unknown");
	assert_string_equal(class_at(fixture, 2), "unknown");
	assert_string_equal(class_at(fixture, 3), "no run");
	assert_string_equal(class_at(fixture, 4), "diverged-zero");
	assert_string_equal(class_at(fixture, 5), "unknown");
	assert_string_equal(class_at(fixture, 6), "only-A");
	assert_unknown(fixture, FRAMES_HIDDEN, 3);
	assert_int_equal(fixture->pair.a.zero_pages, 2);
	fake_pair_end(fixture);
}

/* While a shared page migrates, bit 56 is set for a moment. */
static void bit_56_that_does_not_last_proves_nothing(void **state)
{
	struct fake_pair *fixture = begin_hidden();
	struct fake_page *page;

	(void)state;
	fixture->options.content = VMSPY_CONTENT_NONE;
	map_both(fixture, BASE, 4);
	fake_put(&fixture->a, AT(1), P);
	page = fake_put(&fixture->b, AT(1), P | X);
	page->turns_at = 2;
	page->later = P;
	compare(fixture);
	assert_pages(fixture, DIVERGED, 0);
	assert_unknown(fixture, FRAMES_HIDDEN, 1);
	fake_pair_end(fixture);
}

static void different_bytes_prove_two_hidden_frames(void **state)
{
	struct fake_pair *fixture = begin_hidden();

	(void)state;
	map_both(fixture, BASE, 4);
	put_both(fixture, 0, P, P);
	put_both(fixture, 1, P, P);
	put_both(fixture, 2, P, P);
	fixture->b.page[1].changed = 3;
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_pages(fixture, DIVERGED, 1);
	assert_unknown(fixture, FRAMES_HIDDEN, 2);
	assert_string_equal(class_at(fixture, 1), "diverged");
	assert_int_equal(fixture->pair.totals.changed_bytes, 3);
	fake_pair_end(fixture);
}

static void bytes_that_may_change_prove_nothing(void **state)
{
	struct fake_pair *fixture = begin_hidden();

	(void)state;
	fixture->options.no_hold = true;
	map_both(fixture, BASE, 4);
	put_both(fixture, 1, P, P);
	fixture->b.page[0].changed = 3;
	compare(fixture);
	assert_pages(fixture, DIVERGED, 0);
	assert_int_equal(fixture->a.bytes_asked, 0);
	fake_pair_end(fixture);
}

static void variables_are_read_before_hidden_pages_without_names(void **state)
{
	struct fake_pair *fixture = begin_hidden();
	const size_t heap_pages = MANY_PAGES, sample_pages = 1024;
	const size_t drawn_pages = sample_pages - 2; /* of the heap: two are variables */

	(void)state;
	fixture->options.sample_pages = sample_pages;
	map_both(fixture, BASE, heap_pages);
	map_file(fixture, AT(heap_pages), 4);
	for (size_t page = 0; page < heap_pages; page++)
		put_both(fixture, page, P, P);
	put_both(fixture, heap_pages + 1, P | X, P | X);
	put_both(fixture, heap_pages + 2, P, P);
	fixture->b.page[heap_pages].changed = 5;
	fixture->b.page[heap_pages + 1].changed = 1;
	for (size_t page = 0; page < heap_pages; page++)
		fixture->b.page[page].changed = 1;
	compare(fixture);
	assert_pages(fixture, DIVERGED, sample_pages);
	assert_unknown(fixture, FRAMES_HIDDEN, heap_pages - drawn_pages);
	assert_int_equal(fixture->pair.totals.changed_bytes, 5 + 1 + drawn_pages);
	assert_int_equal(fixture->pair.totals.proven_pages, 1 + drawn_pages);
	assert_int_equal(fixture->b.bytes_asked, sample_pages * FAKE_PAGE);
	assert_non_null(vmspy_compared_find(&fixture->pair.compared, AT(heap_pages + 1)));
	assert_non_null(vmspy_compared_find(&fixture->pair.compared, AT(heap_pages + 2)));
	fake_pair_end(fixture);
}

/* --- bytes --------------------------------------------------------------------------------- */

static void the_bytes_of_variables_are_compared_and_kept(void **state)
{
	struct fake_pair *fixture = begin();
	const struct vmspy_compared_page *page;

	(void)state;
	map_file(fixture, BASE, 8);
	for (size_t i = 0; i < 4; i++)
		put_both(fixture, i, P | X | (0x100 + i), P | X | (0x200 + i));
	fixture->b.page[1].changed = 4;
	fixture->a.page[3].unreadable = true;
	compare(fixture);
	assert_pages(fixture, DIVERGED, 4);
	assert_int_equal(fixture->pair.totals.compared_pages, 3);
	assert_int_equal(fixture->pair.totals.identical_pages, 2);
	assert_int_equal(fixture->pair.totals.changed_bytes, 4);
	page = vmspy_compared_find(&fixture->pair.compared, AT(1));
	assert_int_equal(page->changed_bytes, 4);
	assert_int_equal(vmspy_compared_bytes(&fixture->pair, page, false)[3], 0);
	assert_int_equal(vmspy_compared_bytes(&fixture->pair, page, true)[3], 1);
	assert_int_equal(vmspy_compared_bytes(&fixture->pair, page, true)[4], 0);
	page = vmspy_compared_find(&fixture->pair.compared, AT(0));
	assert_int_equal(page->changed_bytes, 0);
	assert_non_null(vmspy_compared_bytes(&fixture->pair, page, false));
	assert_null(vmspy_compared_find(&fixture->pair.compared, AT(3)));
	fake_pair_end(fixture);
}

static void bytes_are_left_alone_where_they_tell_nothing(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, 8);
	map_both(fixture, AT(16), 8);
	put_both(fixture, 0, SLOT(3), SLOT(4)); /* reading would swap them in */
	put_both(fixture, 1, P | X | 5, SLOT(5));
	put_both(fixture, 2, P | 6, P | 6);
	put_both(fixture, 16, P | X | 7, SLOT(6));
	compare(fixture);
	assert_pages(fixture, DIVERGED, 3);
	assert_int_equal(fixture->a.bytes_asked + fixture->b.bytes_asked, 0);
	fake_pair_end(fixture);
}

static void no_byte_is_read_if_none_is_wanted(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.content = VMSPY_CONTENT_NONE;
	map_file(fixture, BASE, 8);
	put_both(fixture, 0, P | X | 5, P | X | 6);
	compare(fixture);
	assert_int_equal(fixture->a.bytes_asked + fixture->b.bytes_asked, 0);
	assert_int_equal(fixture->pair.totals.compared_pages, 0);
	assert_int_equal(fixture->pair.content.estimate.identical_pages, VMSPY_ESTIMATE_UNKNOWN);
	fake_pair_end(fixture);
}

static void a_page_that_moves_while_its_bytes_are_read_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, 8);
	for (size_t i = 0; i < 3; i++)
		put_both(fixture, i, P | X | (0x100 + i), P | X | (0x200 + i));
	fixture->b.page[1].turns_by_bytes = true;
	fixture->b.page[1].later = P | X | 0x300;
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_pages(fixture, DIVERGED, 2);
	assert_unknown(fixture, KEPT_CHANGING, 1);
	assert_int_equal(fixture->pair.disturbed_pages, 1);
	assert_int_equal(fixture->pair.totals.compared_pages, 2);
	assert_string_equal(class_at(fixture, 1), "unstable");
	fake_pair_end(fixture);
}

static void bytes_that_may_not_be_read_are_not_compared(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, 8);
	put_both(fixture, 0, P | X | 0x100, P | X | 0x200);
	fixture->a.bytes_refused = true;
	compare(fixture);
	assert_pages(fixture, DIVERGED, 1);
	assert_int_equal(fixture->pair.totals.compared_pages, 0);
	assert_int_equal(fixture->pair.totals.comparable_pages, 1);
	fake_pair_end(fixture);
}

static void equal_pages_leave_room_for_changed_ones(void **state)
{
	struct fake_pair *fixture = begin();
	const size_t pages = CONTENT_PAGES + 10;

	(void)state;
	fixture->options.content = VMSPY_CONTENT_ALL;
	map_file(fixture, BASE, pages);
	for (size_t i = 0; i < pages; i++)
		put_both(fixture, i, P | X | (0x10000 + i), P | X | (0x20000 + i));
	fixture->b.page[pages - 1].changed = 1;
	compare(fixture);
	assert_int_equal(fixture->pair.totals.identical_pages, pages - 1);
	assert_int_equal(fixture->pair.compared.content_count, CONTENT_PAGES / 4 + 1);
	assert_non_null(vmspy_compared_bytes(&fixture->pair,
					     &fixture->pair.compared.page[pages - 1], true));
	fake_pair_end(fixture);
}

static void at_most_eight_megabytes_of_contents_are_kept(void **state)
{
	struct fake_pair *fixture = begin();
	const size_t pages = CONTENT_PAGES + 10;

	(void)state;
	fixture->options.content = VMSPY_CONTENT_ALL;
	map_file(fixture, BASE, pages);
	for (size_t i = 0; i < pages; i++) {
		put_both(fixture, i, P | X | (0x10000 + i), P | X | (0x20000 + i));
		fixture->b.page[i].changed = 1;
	}
	compare(fixture);
	assert_int_equal(fixture->pair.totals.compared_pages, pages);
	assert_int_equal(fixture->pair.compared.content_count, CONTENT_PAGES);
	assert_non_null(vmspy_compared_bytes(
		&fixture->pair, &fixture->pair.compared.page[CONTENT_PAGES - 1], true));
	assert_null(vmspy_compared_bytes(&fixture->pair,
					 &fixture->pair.compared.page[CONTENT_PAGES], true));
	fake_pair_end(fixture);
}

/* Memory without names: its bytes are counted, and not kept. */
static void pages_without_names_are_compared_and_not_kept(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 8);
	for (size_t i = 0; i < 4; i++)
		put_both(fixture, i, P | X | (0x100 + i), P | X | (0x200 + i));
	put_both(fixture, 4, P | 5, P | 5);
	fixture->b.page[1].changed = 8;
	fixture->b.page[2].changed = 9;
	fixture->b.page[3].changed = FAKE_PAGE;
	compare(fixture);
	assert_int_equal(fixture->pair.totals.compared_pages, 4);
	assert_int_equal(fixture->pair.totals.identical_pages, 1);
	assert_int_equal(fixture->pair.totals.changed_bytes, 8 + 9 + FAKE_PAGE);
	assert_int_equal(fixture->pair.content.step_pages[1], 1);
	assert_int_equal(fixture->pair.content.step_pages[2], 1);
	assert_int_equal(fixture->pair.content.step_pages[VMSPY_CHANGE_STEPS - 1], 1);
	assert_int_equal(fixture->pair.compared.count, 0);
	assert_true(fixture->pair.content.exact);
	fake_pair_end(fixture);
}

static void the_pages_of_stacks_are_kept(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 8);
	fixture->a.mapping[0].kind = fixture->b.mapping[0].kind = VMSPY_KIND_THREAD_STACK;
	put_both(fixture, 3, P | X | 5, P | X | 6);
	fixture->b.page[0].changed = 8;
	compare(fixture);
	assert_int_equal(fixture->pair.compared.count, 1);
	assert_int_equal(vmspy_compared_bytes(&fixture->pair, fixture->pair.compared.page, true)[7],
			 1);
	fake_pair_end(fixture);
}

/* So many diverged pages without names; every third has 10 bytes that changed. */
static struct fake_pair *begin_many(size_t pages)
{
	struct fake_pair *fixture = begin();

	map_both(fixture, BASE, pages);
	for (size_t i = 0; i < pages; i++) {
		put_both(fixture, i, P | X | (0x100000 + i), P | X | (0x200000 + i));
		fixture->b.page[i].changed = i % 3 ? 0 : 10;
	}
	return fixture;
}

static void all_are_compared_however_long_it_takes(void **state)
{
	struct fake_pair *fixture = begin_many(MANY_PAGES);

	(void)state;
	fixture->options.content = VMSPY_CONTENT_ALL;
	fixture->options.sample_pages = 16;
	fixture->b.bytes_wait_ns = 1000000; /* 256 times: more than a sample may ever take */
	compare(fixture);
	assert_int_equal(fixture->pair.totals.compared_pages, MANY_PAGES);
	assert_int_equal(fixture->pair.totals.changed_bytes, (MANY_PAGES + 2) / 3 * 10);
	assert_true(fixture->pair.content.exact);
	fake_pair_end(fixture);
}

static void a_sample_ends_when_its_time_is_up(void **state)
{
	struct fake_pair *fixture = begin_many(MANY_PAGES);

	(void)state;
	fixture->b.bytes_wait_ns = 1000000;
	compare(fixture);
	assert_in_range(fixture->pair.totals.compared_pages, 256, MANY_PAGES - 1);
	assert_false(fixture->pair.content.exact);
	fake_pair_end(fixture);
}

/* 256 of 4096 pages: an estimate of the whole, and of the mapping, that says what it rests on. */
static void a_sample_gives_an_estimate(void **state)
{
	struct fake_pair *fixture = begin_many(MANY_PAGES);
	struct vmspy_estimate estimate;

	(void)state;
	fixture->options.sample_pages = 256;
	compare(fixture);
	assert_false(fixture->pair.content.exact);
	assert_int_equal(fixture->pair.totals.compared_pages, 256);
	assert_int_equal(fixture->pair.totals.comparable_pages, MANY_PAGES);
	estimate = fixture->pair.content.estimate;
	assert_int_equal(estimate.compared_pages, MANY_PAGES);
	assert_in_range(estimate.identical_pages, MANY_PAGES * 60 / 100, MANY_PAGES * 73 / 100);
	assert_in_range(estimate.changed_bytes, MANY_PAGES * 27 / 10, MANY_PAGES * 40 / 10);
	estimate = vmspy_estimate_of(&fixture->pair.counts[0]);
	assert_int_equal(estimate.identical_pages, fixture->pair.content.estimate.identical_pages);
	fake_pair_end(fixture);
}

/* The first half changed, the second did not: a sample of the low addresses would see no other. */
static void a_sample_does_not_favour_low_addresses(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, MANY_PAGES);
	for (size_t i = 0; i < MANY_PAGES; i++) {
		put_both(fixture, i, P | X | (0x100000 + i), P | X | (0x200000 + i));
		fixture->b.page[i].changed = i < MANY_PAGES / 2;
	}
	fixture->options.sample_pages = 128;
	compare(fixture);
	assert_int_equal(fixture->pair.totals.compared_pages, 128);
	assert_int_equal(fixture->pair.totals.identical_pages, 64);
	assert_int_equal(fixture->pair.content.estimate.identical_pages, MANY_PAGES / 2);
	fake_pair_end(fixture);
}

/* Variables beyond what fits leave a quarter to the rest: both are sampled. */
static void a_sample_of_variables_leaves_room_for_one_of_the_rest(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, MANY_PAGES);
	map_both(fixture, AT(MANY_PAGES), MANY_PAGES);
	for (size_t i = 0; i < 2 * MANY_PAGES; i++)
		put_both(fixture, i, P | X | (0x100000 + i), P | X | (0x200000 + i));
	fixture->options.sample_pages = 1024;
	compare(fixture);
	assert_int_equal(fixture->pair.counts[0].compared_pages, 768);
	assert_int_equal(fixture->pair.counts[1].compared_pages, 256);
	assert_int_equal(fixture->pair.compared.count, 768);
	assert_int_equal(fixture->pair.content.estimate.identical_pages, 2 * MANY_PAGES);
	fake_pair_end(fixture);
}

/* What is left when the rest is done goes to the variables. */
static void a_sample_spends_what_it_has(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, MANY_PAGES);
	map_both(fixture, AT(MANY_PAGES), 64);
	for (size_t i = 0; i < MANY_PAGES + 64; i++)
		put_both(fixture, i, P | X | (0x100000 + i), P | X | (0x200000 + i));
	fixture->options.sample_pages = 1024;
	compare(fixture);
	assert_int_equal(fixture->pair.counts[0].compared_pages, 960);
	assert_int_equal(fixture->pair.counts[1].compared_pages, 64);
	fake_pair_end(fixture);
}

/* Single pages here and there are read in few calls, and nothing between them is. */
static void scattered_pages_are_read_together(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.keep_runs = false; /* no flags are asked for */
	fixture->options.content = VMSPY_CONTENT_ALL;
	map_both(fixture, BASE, 64);
	for (size_t i = 0; i < 64; i++)
		put_both(fixture, i, i % 4 ? P | (0x100 + i) : P | X | (0x100 + i),
			 i % 4 ? P | (0x100 + i) : P | X | (0x200 + i));
	compare(fixture);
	assert_pages(fixture, DIVERGED, 16);
	assert_int_equal(fixture->pair.totals.compared_pages, 16);
	assert_int_equal(fixture->b.bytes_asked, 16 * FAKE_PAGE);
	/* To judge; then of one cluster, before the bytes and behind them. */
	assert_int_equal(fixture->b.words_calls, 3);
	fake_pair_end(fixture);
}

static void a_page_that_cannot_be_read_does_not_hide_its_neighbours(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 8);
	for (size_t i = 0; i < 8; i++)
		put_both(fixture, i, P | X | (0x100 + i), P | X | (0x200 + i));
	fixture->a.page[2].unreadable = true;
	fixture->b.page[5].unreadable = true;
	compare(fixture);
	assert_int_equal(fixture->pair.totals.compared_pages, 6);
	assert_true(fixture->pair.content.exact);
	fake_pair_end(fixture);
}

/* --- relations ----------------------------------------------------------------------------- */

static void make_unrelated(struct fake_pair *fixture)
{
	fixture->machine.related = false;
	fixture->b.space.identity.exe = "/usr/bin/other";
}

static void the_private_pages_of_strangers_are_separate(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	make_unrelated(fixture);
	map_file(fixture, BASE, 8);
	put_both(fixture, 0, P | F | 5, P | F | 5);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	put_both(fixture, 2, P | F | 8, P | X | 9);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_true(fixture->pair.no_common_origin);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, DIVERGED, 0);
	assert_pages(fixture, SEPARATE, 2);
	assert_int_equal(fixture->pair.totals.compared_pages, 0);
	assert_int_equal(fixture->a.bytes_asked + fixture->b.bytes_asked, 0);
	assert_true(fixture->pair.content.exact);
	assert_int_equal(fixture->pair.runs.count, 2); /* shared-file, and one of both others */
	fake_pair_end(fixture);
}

static void strangers_that_share_one_inherited_frame_are_none(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	make_unrelated(fixture);
	map_both(fixture, BASE, 8);
	put_both(fixture, 0, P | 5, P | 5);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	compare(fixture);
	assert_false(fixture->pair.no_common_origin);
	assert_pages(fixture, DIVERGED, 1);
	fake_pair_end(fixture);
}

/* A daemon has lost its parent, and hidden frames cannot tell what it inherited. */
static void hidden_frames_do_not_make_strangers_of_one_program_image(void **state)
{
	struct fake_pair *fixture = begin_hidden();

	(void)state;
	fixture->machine.related = false;
	map_both(fixture, BASE, 8);
	put_both(fixture, 0, P | X, P | X);
	compare(fixture);
	assert_int_equal(fixture->pair.relation, VMSPY_RELATION_UNRELATED);
	assert_false(fixture->pair.no_common_origin);
	assert_pages(fixture, DIVERGED, 1);
	fake_pair_end(fixture);
}

static void strangers_that_were_merged_by_ksm_stay_strangers(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	add_flags(&fixture->machine);
	make_unrelated(fixture);
	fixture->options.keep_runs = false;
	map_both(fixture, BASE, 8);
	put_both(fixture, 0, P | 0x55, P | 0x55);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	compare(fixture);
	assert_true(fixture->pair.no_common_origin);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, SEPARATE, 1);
	fake_pair_end(fixture);
}

static void a_child_that_ran_another_program_has_no_common_origin(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.bounds.start_code = 0x500000;
	map_both(fixture, BASE, 8);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	compare(fixture);
	assert_int_equal(fixture->pair.relation, VMSPY_RELATION_PARENT);
	assert_true(fixture->pair.no_common_origin);
	assert_pages(fixture, SEPARATE, 1);
	fake_pair_end(fixture);
}

static void a_child_that_ran_another_program_is_not_related_by_ksm(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	add_flags(&fixture->machine);
	fixture->options.keep_runs = false;
	fixture->b.bounds.start_code = 0x500000;
	map_both(fixture, BASE, 8);
	put_both(fixture, 0, P | 0x55, P | 0x55);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	compare(fixture);
	assert_int_equal(fixture->pair.inherited_pages, 0);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, SEPARATE, 1);
	fake_pair_end(fixture);
}

static void remapped_addresses_are_separate_in_a_family_too(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_file(fixture, BASE, 8);
	fixture->b.mapping[0].vma.inode = 78;
	put_both(fixture, 1, P | X | 6, P | X | 7);
	put_both(fixture, 2, P | F | 8, P | F | 9);
	compare(fixture);
	assert_pages(fixture, SEPARATE, 2);
	assert_string_equal(class_at(fixture, 1), "remapped");
	assert_int_equal(fixture->a.bytes_asked, 0);
	fake_pair_end(fixture);
}

static void a_process_against_itself_is_not_even_held(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.space.identity = fixture->a.space.identity;
	map_both(fixture, BASE, 8);
	assert_ok(fake_pair_compare(fixture));
	assert_true(vmspy_pair_is_one_space(&fixture->pair));
	assert_int_equal(fixture->pair.relation, VMSPY_RELATION_SAME);
	assert_int_equal(fixture->a.holds + fixture->a.words_calls, 0);
	assert_int_equal(fixture->pair.intervals.count, 0);
	fake_pair_end(fixture);
}

/* --- parts, holes and size ----------------------------------------------------------------- */

static void only_the_part_that_was_asked_for_is_compared(void **state)
{
	static const struct {
		const char *name;
		uint64_t start, end, pages;
	} rows[] = {
		{ "all", 0, 0, 8 },
		{ "from a page on", AT(3), 0, 5 },
		{ "up to a page", 0, AT(3), 3 },
		{ "two pages", AT(3), AT(5), 2 },
		{ "one byte stands for its page", AT(3) + 5, AT(3) + 6, 1 },
		{ "bytes of two pages", AT(3) + 5, AT(4) + 1, 2 },
		{ "up to the last byte of all", AT(3) + 5, UINT64_MAX, 5 },
		{ "outside of everything", AT(100), AT(200), 0 },
		{ "nothing", AT(5), AT(3), 0 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct fake_pair *fixture = begin();

		test_row(rows[i].name);
		fixture->options.start = rows[i].start;
		fixture->options.end = rows[i].end;
		map_both(fixture, BASE, 8);
		for (size_t page = 0; page < 8; page++)
			put_both(fixture, page, P | (0x100 + page), P | (0x100 + page));
		compare(fixture);
		assert_pages(fixture, SHARED, rows[i].pages);
		fake_pair_end(fixture);
	}
}

#define TERABYTES(n) ((UINT64_C(n) << 40) / FAKE_PAGE)

static void the_holes_of_a_huge_mapping_are_not_read(void **state)
{
	struct fake_pair *fixture = begin();
	const uint64_t far = TERABYTES(9);

	(void)state;
	map_both(fixture, BASE, TERABYTES(16));
	put_both(fixture, 3, P | 5, P | 5);
	for (size_t page = 0; page < 100; page++)
		put_both(fixture, far + page, P | X | (0x1000 + page), P | X | (0x2000 + page));
	put_both(fixture, TERABYTES(16) - 1, 0, P | X | 6);
	compare(fixture);
	check_accounts(&fixture->pair);
	assert_pages(fixture, SHARED, 1);
	assert_pages(fixture, DIVERGED, 100);
	assert_pages(fixture, ONLY_B, 1);
	assert_true(fixture->a.words_asked < WINDOW_PAGES);
	fake_pair_end(fixture);
}

static void without_a_scan_the_counters_tell_an_empty_reservation(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->machine.host.scan_categories = 0;
	map_both(fixture, BASE, TERABYTES(16));
	compare(fixture);
	assert_int_equal(fixture->a.words_asked + fixture->b.words_asked, 0);
	fake_pair_end(fixture);
}

static void without_a_scan_what_one_side_wrote_is_still_found(void **state)
{
	const uint64_t gigabyte = (UINT64_C(1) << 30) / FAKE_PAGE;
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->machine.host.scan_categories = 0;
	map_both(fixture, BASE, gigabyte);
	put_both(fixture, gigabyte - 1, 0, P | X | 6);
	compare(fixture);
	assert_pages(fixture, ONLY_B, 1);
	fake_pair_end(fixture);
}

static void a_crowded_start_does_not_make_the_rest_be_read(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, TERABYTES(16));
	for (size_t page = 0; page < 3 * WINDOW_PAGES; page++)
		put_both(fixture, page, P | (0x1000 + page), P | (0x1000 + page));
	fixture->options.keep_runs = false;
	compare(fixture);
	assert_pages(fixture, SHARED, 3 * WINDOW_PAGES);
	assert_true(fixture->a.words_asked < 2 * 5 * WINDOW_PAGES);
	assert_int_equal(fixture->pair.runs.count, 0);
	fake_pair_end(fixture);
}

static void a_shared_stretch_is_one_run_however_long(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	map_both(fixture, BASE, 3 * WINDOW_PAGES);
	for (size_t page = 0; page < 3 * WINDOW_PAGES; page++)
		put_both(fixture, page, P | (0x1000 + page), P | (0x1000 + page));
	compare(fixture);
	assert_int_equal(fixture->pair.runs.count, 1);
	assert_true(fixture->pair.runs.run[0].frames_contiguous);
	assert_int_equal(fixture->pair.runs.run[0].frame_b, 0x1000);
	fake_pair_end(fixture);
}

static void runs_that_did_not_diverge_are_kept_only_on_request(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.keep_runs = false;
	map_file(fixture, BASE, 4);
	map_both(fixture, AT(8), 4);
	put_both(fixture, 0, P | 5, P | 5);
	put_both(fixture, 1, P | X | 6, P | X | 7);
	put_both(fixture, 8, P | X | 8, P | X | 9);
	compare(fixture);
	assert_int_equal(fixture->pair.runs.count, 2);
	assert_int_equal(fixture->pair.runs.run[0].start, AT(1));
	assert_int_equal(fixture->pair.runs.run[1].start, AT(8));
	fake_pair_end(fixture);
}

/* --- errors -------------------------------------------------------------------------------- */

/* ret: whether the comparison ended with the process gone. */
static bool compare_until_gone(size_t calls_of_a, size_t calls_of_b)
{
	struct fake_pair *fixture = begin();
	struct vmspy_error *err;
	bool gone;

	map_file(fixture, BASE, 8);
	put_both(fixture, 0, P | X | 5, P | X | 6);
	put_both(fixture, 1, MIGRATION, P | 6);
	put_both(fixture, 2, SLOT(4), P | 7);
	fixture->a.gone_after = calls_of_a;
	fixture->b.gone_after = calls_of_b;
	err = fake_pair_compare(fixture);
	gone = err;
	if (err)
		assert_error(err, VMSPY_ERROR_GONE, "gone");
	assert_int_equal(fixture->a.holds, 1);
	assert_int_equal(fixture->b.holds, 1);
	check_released(fixture);
	fake_pair_end(fixture);
	return gone;
}

static void both_are_released_wherever_one_of_them_is_gone(void **state)
{
	size_t calls = 1;

	(void)state;
	while (compare_until_gone(calls, 0))
		calls++;
	assert_true(calls > 4); /* words, flags, rounds and bytes have all been cut short */
	for (calls = 1; compare_until_gone(0, calls);)
		calls++;
	assert_true(calls > 4);
}

static void if_the_second_cannot_be_held_the_first_is_released(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.hold_fails = true;
	assert_error(fake_pair_compare(fixture), VMSPY_ERROR_NOT_PERMITTED, "not to be held");
	assert_int_equal(fixture->a.holds, 1);
	check_released(fixture);
	fake_pair_end(fixture);
}

TEST_MAIN(TEST(pages_that_hold_still_have_the_class_of_the_manual),
	  TEST(without_kpageflags_a_slot_against_a_frame_is_unknown),
	  TEST(the_pages_of_a_file_are_shared_lazy_or_diverged),
	  TEST(memory_that_one_side_has_mapped_is_read_on_that_side_only),
	  TEST(pages_of_hugetlb_and_zero_pages_are_told_apart),
	  TEST(the_pages_against_an_untracked_mapping_are_uncounted),
	  TEST(a_mapping_that_nobody_can_see_into_is_not_read),
	  TEST(a_page_that_moves_while_it_is_read_gets_its_right_verdict),
	  TEST(a_page_that_never_settles_is_unknown), TEST(a_page_in_flight_is_waited_for),
	  TEST(a_page_that_stays_in_flight_is_unknown),
	  TEST(one_frame_that_claims_to_be_mapped_once_is_a_contradiction),
	  TEST(a_page_that_moves_while_its_flags_are_looked_up_is_read_again),
	  TEST(without_a_hold_both_sides_are_read_twice),
	  TEST(a_process_that_cannot_be_stopped_is_read_twice_as_well),
	  TEST(without_a_hold_a_mapping_that_changed_is_unknown),
	  TEST(what_is_held_cannot_change_its_mappings),
	  TEST(hidden_frames_are_told_by_bits_and_marks),
	  TEST(bit_56_that_does_not_last_proves_nothing),
	  TEST(different_bytes_prove_two_hidden_frames), TEST(bytes_that_may_change_prove_nothing),
	  TEST(variables_are_read_before_hidden_pages_without_names),
	  TEST(the_bytes_of_variables_are_compared_and_kept),
	  TEST(bytes_are_left_alone_where_they_tell_nothing),
	  TEST(no_byte_is_read_if_none_is_wanted),
	  TEST(a_page_that_moves_while_its_bytes_are_read_is_unknown),
	  TEST(bytes_that_may_not_be_read_are_not_compared),
	  TEST(equal_pages_leave_room_for_changed_ones),
	  TEST(at_most_eight_megabytes_of_contents_are_kept),
	  TEST(pages_without_names_are_compared_and_not_kept), TEST(the_pages_of_stacks_are_kept),
	  TEST(all_are_compared_however_long_it_takes), TEST(a_sample_ends_when_its_time_is_up),
	  TEST(a_sample_gives_an_estimate), TEST(a_sample_does_not_favour_low_addresses),
	  TEST(a_sample_of_variables_leaves_room_for_one_of_the_rest),
	  TEST(a_sample_spends_what_it_has), TEST(scattered_pages_are_read_together),
	  TEST(a_page_that_cannot_be_read_does_not_hide_its_neighbours),
	  TEST(the_private_pages_of_strangers_are_separate),
	  TEST(strangers_that_share_one_inherited_frame_are_none),
	  TEST(hidden_frames_do_not_make_strangers_of_one_program_image),
	  TEST(strangers_that_were_merged_by_ksm_stay_strangers),
	  TEST(a_child_that_ran_another_program_has_no_common_origin),
	  TEST(a_child_that_ran_another_program_is_not_related_by_ksm),
	  TEST(remapped_addresses_are_separate_in_a_family_too),
	  TEST(a_process_against_itself_is_not_even_held),
	  TEST(only_the_part_that_was_asked_for_is_compared),
	  TEST(the_holes_of_a_huge_mapping_are_not_read),
	  TEST(without_a_scan_the_counters_tell_an_empty_reservation),
	  TEST(without_a_scan_what_one_side_wrote_is_still_found),
	  TEST(a_crowded_start_does_not_make_the_rest_be_read),
	  TEST(a_shared_stretch_is_one_run_however_long),
	  TEST(runs_that_did_not_diverge_are_kept_only_on_request),
	  TEST(both_are_released_wherever_one_of_them_is_gone),
	  TEST(if_the_second_cannot_be_held_the_first_is_released))
