#include "test.h"

#include <time.h>

#include "compare/pair.h"
#include "compare/witness.h"
#include "fake_space.h"
#include "format/kpageflags.h"
#include "random.h"

#define BASE       UINT64_C(0x10000000)
#define AT(page)   (BASE + (uint64_t)(page)*FAKE_PAGE)

#define P          VMSPY_PAGEMAP_PRESENT
#define S          VMSPY_PAGEMAP_SWAPPED
#define F          VMSPY_PAGEMAP_FILE
#define X          VMSPY_PAGEMAP_EXCLUSIVE
#define SLOT(slot) (S | (uint64_t)(slot) << 5)
#define FLAG(name) (UINT64_C(1) << VMSPY_KPF_##name)

enum {
	OLDER_START = FAKE_CHILD_PID - 1,
	YOUNGER_START = FAKE_CHILD_PID + 1,
	PAGES = 16,
};

struct fixture {
	struct fake_machine machine;
	struct fake_space a, b, older, younger;
	struct vmspy_pair_options options;
	struct vmspy_pair pair;
};

/* A parent, a, its child, b, and an older and a younger child. */
static struct fixture *begin(void)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->machine = fake_machine();
	fixture->options.keep_runs = true;
	fixture->options.content = VMSPY_CONTENT_NONE;
	fake_init(&fixture->a, &fixture->machine, FAKE_PARENT_PID);
	fake_init(&fixture->b, &fixture->machine, FAKE_CHILD_PID);
	fake_init_sibling(&fixture->older, &fixture->machine, OLDER_START);
	fake_init_sibling(&fixture->younger, &fixture->machine, YOUNGER_START);
	return fixture;
}

static void end(struct fixture *fixture)
{
	vmspy_pair_deinit(&fixture->pair);
	fake_close(&fixture->a.space);
	fake_close(&fixture->b.space);
	fake_close(&fixture->older.space);
	fake_close(&fixture->younger.space);
	free(fixture);
}

static void map_all(struct fixture *fixture, uint64_t pages)
{
	fake_map(&fixture->a, BASE, pages);
	fake_map(&fixture->b, BASE, pages);
	fake_map(&fixture->older, BASE, pages);
	fake_map(&fixture->younger, BASE, pages);
}

/* Words of one page; 0: a hole. */
struct words {
	uint64_t parent, child, older, younger;
};

static void put(struct fixture *fixture, size_t page, struct words words)
{
	if (words.parent)
		fake_put(&fixture->a, AT(page), words.parent);
	if (words.child)
		fake_put(&fixture->b, AT(page), words.child);
	if (words.older)
		fake_put(&fixture->older, AT(page), words.older);
	if (words.younger)
		fake_put(&fixture->younger, AT(page), words.younger);
}

/* All that diverged was left by somebody or nobody knows by whom, in counts and in runs. */
static void check_left(const struct vmspy_pair *pair)
{
	uint64_t sum[VMSPY_LEFT_COUNT] = { 0 };

	for (size_t i = 0; i <= pair->intervals.count; i++) {
		const struct vmspy_counts *counts =
			i < pair->intervals.count ? &pair->counts[i] : &pair->totals;
		uint64_t all = 0;

		for (int left = 0; left < VMSPY_LEFT_COUNT; left++)
			all += counts->left_pages[left];
		assert_int_equal(all, counts->state_pages[VMSPY_STATE_DIVERGED]);
	}
	for (size_t i = 0; i < pair->runs.count; i++) {
		const struct vmspy_run *run = &pair->runs.run[i];

		if (vmspy_class_state(run->page_class) == VMSPY_STATE_DIVERGED)
			sum[run->left] += run->page_count;
		else
			assert_int_equal(run->left, VMSPY_LEFT_UNKNOWN);
		assert_int_equal(!run->left, !run->left_source);
		assert_true(!i || vmspy_run_end(&pair->runs, run - 1) <= run->start);
	}
	for (int left = 0; left < VMSPY_LEFT_COUNT; left++)
		assert_int_equal(sum[left], pair->totals.left_pages[left]);
}

static void compare(struct fixture *fixture)
{
	assert_ok(vmspy_pair_compare(&fixture->a.space, &fixture->b.space, &fixture->options,
				     &fixture->pair));
	check_left(&fixture->pair);
	assert_int_equal(fixture->older.holds + fixture->younger.holds, 0);
	assert_int_equal(fixture->older.bytes_asked + fixture->younger.bytes_asked, 0);
}

static const struct vmspy_run *run_at(const struct vmspy_pair *pair, size_t page)
{
	for (size_t i = 0; i < pair->runs.count; i++) {
		const struct vmspy_run *run = &pair->runs.run[i];

		if (run->start <= AT(page) && AT(page) < vmspy_run_end(&pair->runs, run))
			return run;
	}
	fail_msg("no run at page %zu", page);
	return NULL;
}

static enum vmspy_left left_at(const struct fixture *fixture, size_t page)
{
	return run_at(&fixture->pair, page)->left;
}

static enum vmspy_left_source source_at(const struct fixture *fixture, size_t page)
{
	return run_at(&fixture->pair, page)->left_source;
}

/* --- what is told -------------------------------------------------------------------------- */

static const struct row {
	const char *name;
	struct words words;
	enum vmspy_left left;
	enum vmspy_left_source source;
} rows[] = {
	{ "the older one has the parent's frame",
	  { P | 5, P | X | 6, P | 5, P | X | 7 },
	  VMSPY_LEFT_B,
	  VMSPY_LEFT_BY_SIBLING },
	{ "the younger one has it", { P | 5, P | X | 6, 0, P | 5 }, VMSPY_LEFT_UNKNOWN, 0 },
	{ "the older one has the child's frame",
	  { P | X | 5, P | 6, P | 6, 0 },
	  VMSPY_LEFT_A,
	  VMSPY_LEFT_BY_SIBLING },
	{ "the younger one has it",
	  { P | X | 5, P | 6, 0, P | 6 },
	  VMSPY_LEFT_A,
	  VMSPY_LEFT_BY_SIBLING },
	{ "both have a third frame",
	  { P | X | 5, P | X | 6, P | 7, P | 7 },
	  VMSPY_LEFT_BOTH,
	  VMSPY_LEFT_BY_SIBLING },
	{ "each has its own",
	  { P | X | 5, P | X | 6, P | X | 7, P | X | 8 },
	  VMSPY_LEFT_UNKNOWN,
	  0 },
	{ "they contradict each other", { P | 5, P | 6, P | 5, P | 6 }, VMSPY_LEFT_UNKNOWN, 0 },
	{ "bit 56 says that nobody else has it",
	  { P | 5, P | 6, P | X | 5, 0 },
	  VMSPY_LEFT_UNKNOWN,
	  0 },
	{ "the file bit says that it is another's",
	  { P | 5, P | 6, P | F | 5, 0 },
	  VMSPY_LEFT_UNKNOWN,
	  0 },
	{ "swapped by all of them", { P | 5, P | 6, SLOT(5), SLOT(6) }, VMSPY_LEFT_UNKNOWN, 0 },
	{ "filled by the child, dropped by nobody",
	  { P | FAKE_ZERO_FRAME, P | X | 6, P | FAKE_ZERO_FRAME, P | FAKE_ZERO_FRAME },
	  VMSPY_LEFT_UNKNOWN,
	  0 },
	{ "dropped by the child",
	  { P | 5, P | FAKE_ZERO_FRAME, P | 5, 0 },
	  VMSPY_LEFT_B,
	  VMSPY_LEFT_BY_SIBLING },
	{ "in two slots", { SLOT(5), SLOT(6), SLOT(5), SLOT(6) }, VMSPY_LEFT_UNKNOWN, 0 },
};

static void siblings_tell_which_side_left(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, 2 * TEST_COUNT(rows));
	for (size_t i = 0; i < TEST_COUNT(rows); i++)
		put(fixture, 2 * i, rows[i].words);
	compare(fixture);
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		test_row(rows[i].name);
		assert_int_equal(left_at(fixture, 2 * i), rows[i].left);
		assert_int_equal(source_at(fixture, 2 * i), rows[i].source);
	}
	assert_int_equal(fixture->pair.asked.count, 2);
	assert_true(fixture->pair.asked.is_known);
	assert_int_equal(fixture->pair.asked.known_count, 2);
	assert_int_equal(fixture->pair.asked.unasked_pages, 0);
	assert_int_equal(fixture->older.closes + fixture->younger.closes, 2);
	end(fixture);
}

static void the_sides_change_places_with_the_pair(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	put(fixture, 1, (struct words){ P | X | 5, P | 6, 0, P | 6 });
	put(fixture, 2, (struct words){ P | X | 5, P | X | 6, P | 7, P | 7 });
	assert_ok(vmspy_pair_compare(&fixture->b.space, &fixture->a.space, &fixture->options,
				     &fixture->pair));
	check_left(&fixture->pair);
	assert_int_equal(fixture->pair.relation, VMSPY_RELATION_CHILD);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_A);
	assert_int_equal(left_at(fixture, 1), VMSPY_LEFT_B);
	assert_int_equal(left_at(fixture, 2), VMSPY_LEFT_BOTH);
	end(fixture);
}

static void one_of_the_same_tick_is_not_older(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, PAGES);
	fixture->older.space.identity.start_time_ticks = FAKE_CHILD_PID;
	put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	put(fixture, 1, (struct words){ P | X | 5, P | 6, P | 6, 0 });
	put(fixture, 2, (struct words){ P | X | 5, P | X | 6, P | 7, P | 7 });
	compare(fixture);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(left_at(fixture, 1), VMSPY_LEFT_A);
	assert_int_equal(left_at(fixture, 2), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(fixture->pair.asked.sibling[1].age, VMSPY_AGE_EQUAL);
	end(fixture);
}

/* --- frames that are no evidence ----------------------------------------------------------- */

static void merged_and_huge_frames_are_no_evidence(void **state)
{
	static const struct flag_row {
		const char *name;
		uint64_t frame, flags;
		enum vmspy_left left;
	} flag_rows[] = {
		{ "plain", 5, 0, VMSPY_LEFT_B },
		{ "swap cache", 5, FLAG(SWAPCACHE), VMSPY_LEFT_B },
		{ "the common frame is KSM's", 5, FLAG(KSM), VMSPY_LEFT_UNKNOWN },
		{ "that of the side that left is KSM's", 6, FLAG(KSM), VMSPY_LEFT_UNKNOWN },
		{ "part of a huge page", 5, FLAG(THP), VMSPY_LEFT_UNKNOWN },
		{ "a copy in a huge page", 6, FLAG(THP), VMSPY_LEFT_UNKNOWN },
		{ "hugetlb", 5, FLAG(HUGE), VMSPY_LEFT_UNKNOWN },
		{ "the zero page", 5, FLAG(ZERO_PAGE), VMSPY_LEFT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(flag_rows); i++) {
		struct fixture *fixture = begin();

		test_row(flag_rows[i].name);
		map_all(fixture, PAGES);
		put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
		fake_flag(&fixture->machine, flag_rows[i].frame, flag_rows[i].flags);
		compare(fixture);
		assert_int_equal(left_at(fixture, 0), flag_rows[i].left);
		end(fixture);
	}
}

static void a_frame_that_both_left_for_is_looked_up_too(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | X | 5, P | X | 6, P | 7, P | 7 });
	fake_flag(&fixture->machine, 7, FLAG(KSM));
	compare(fixture);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
	end(fixture);
}

/* --- pages that move ----------------------------------------------------------------------- */

static void a_page_that_moves_meanwhile_is_no_evidence(void **state)
{
	(void)state;
	for (int mover = 0; mover < 4; mover++) {
		struct fixture *fixture = begin();
		struct fake_space *spaces[] = { &fixture->a, &fixture->b, &fixture->older,
						&fixture->younger };
		struct fake_page *page;

		map_all(fixture, PAGES);
		put(fixture, 0, (struct words){ P | X | 5, P | X | 6, P | 7, P | 7 });
		page = &spaces[mover]->page[0];
		page->later = P | 9;
		/* a's word is read twice, b's once, before the siblings are asked. */
		page->turns_at = mover == 0 ? 4 : mover == 1 ? 3 : 2;
		compare(fixture);
		assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
		assert_string_equal(vmspy_class_name(run_at(&fixture->pair, 0)->page_class),
				    "diverged");
		end(fixture);
	}
}

static void a_sibling_that_goes_away_is_one_witness_less(void **state)
{
	(void)state;
	for (size_t calls = 1; calls < 5; calls++) {
		struct fixture *fixture = begin();

		map_all(fixture, 4096);
		put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, P | 6 });
		put(fixture, 1, (struct words){ P | 5, P | X | 6, P | 5, 0 });
		put(fixture, 3000, (struct words){ P | 15, P | X | 16, P | 15, 0 });
		fixture->older.gone_after = calls;
		compare(fixture);
		assert_int_equal(fixture->pair.asked.count, 2);
		/* Two readings of each span: who is gone at the second proves nothing. */
		assert_int_equal(left_at(fixture, 1),
				 calls < 2 ? VMSPY_LEFT_UNKNOWN : VMSPY_LEFT_B);
		assert_int_equal(left_at(fixture, 3000),
				 calls < 4 ? VMSPY_LEFT_UNKNOWN : VMSPY_LEFT_B);
		end(fixture);
	}
}

/* --- who is no witness --------------------------------------------------------------------- */

static void cannot_be_opened(struct fixture *fixture)
{
	fixture->older.cannot_be_opened = true;
}

static void has_run_another(struct fixture *fixture)
{
	fixture->older.has_run_another = true;
}

static void has_another_image(struct fixture *fixture)
{
	fixture->older.bounds.start_stack = 7;
}

static void is_adopted(struct fixture *fixture)
{
	fixture->older.session_pid = 9;
}

static void is_the_parents_twin(struct fixture *fixture)
{
	fixture->older.memory = fixture->a.memory = fixture;
}

static void is_the_childs_twin(struct fixture *fixture)
{
	fixture->older.memory = fixture->b.memory = fixture;
}

static void has_a_new_parent(struct fixture *fixture)
{
	fixture->older.space.identity.parent_pid = 1;
}

static void maps_it_shared(struct fixture *fixture)
{
	fixture->older.mapping[0].vma.shared = true;
}

static void maps_a_file_there(struct fixture *fixture)
{
	fixture->older.mapping[0].vma.inode = 4;
}

static void maps_nothing_there(struct fixture *fixture)
{
	fixture->older.mapping_count = 0;
}

static void is_not_wanted(struct fixture *fixture)
{
	fixture->options.no_siblings = true;
}

static void is_hidden(struct fixture *fixture)
{
	fixture->machine.host.fact_visible[VMSPY_FRAME_FLAGS] = false;
}

static void all_is_well(struct fixture *fixture)
{
	(void)fixture;
}

static void who_is_not_like_the_parent_is_no_witness(void **state)
{
	static const struct {
		const char *name;
		void (*spoil)(struct fixture *fixture);
		enum vmspy_left left;
	} spoiled[] = {
		{ "nothing is wrong", all_is_well, VMSPY_LEFT_B },
		{ "it cannot be opened", cannot_be_opened, VMSPY_LEFT_UNKNOWN },
		{ "it has run another program", has_run_another, VMSPY_LEFT_UNKNOWN },
		{ "its image is another", has_another_image, VMSPY_LEFT_UNKNOWN },
		{ "its session is another's", is_adopted, VMSPY_LEFT_UNKNOWN },
		{ "it runs in the parent's memory", is_the_parents_twin, VMSPY_LEFT_UNKNOWN },
		{ "it runs in the child's memory", is_the_childs_twin, VMSPY_LEFT_UNKNOWN },
		{ "its parent is another by now", has_a_new_parent, VMSPY_LEFT_UNKNOWN },
		{ "its mapping is shared", maps_it_shared, VMSPY_LEFT_UNKNOWN },
		{ "its mapping is of a file", maps_a_file_there, VMSPY_LEFT_UNKNOWN },
		{ "it has no mapping there", maps_nothing_there, VMSPY_LEFT_UNKNOWN },
		{ "it is not to be asked", is_not_wanted, VMSPY_LEFT_UNKNOWN },
		{ "merged frames cannot be told", is_hidden, VMSPY_LEFT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(spoiled); i++) {
		struct fixture *fixture = begin();

		test_row(spoiled[i].name);
		map_all(fixture, PAGES);
		put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
		spoiled[i].spoil(fixture);
		compare(fixture);
		assert_int_equal(left_at(fixture, 0), spoiled[i].left);
		end(fixture);
	}
}

static void two_names_for_one_memory_are_one_witness(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | X | 5, P | X | 6, P | 7, P | 7 });
	fixture->older.memory = fixture->younger.memory = fixture;
	compare(fixture);
	assert_int_equal(fixture->pair.asked.count, 1);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
	end(fixture);
}

static void nobody_is_opened_where_nothing_can_be_told(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | X, P | X, P, P });
	fixture->machine.host.frames_visible = false;
	compare(fixture);
	assert_int_equal(fixture->older.words_calls + fixture->older.closes, 0);
	assert_false(fixture->pair.asked.is_known);
	end(fixture);
}

static void strangers_have_no_parent_to_ask_about(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	fixture->machine.related = false;
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	put(fixture, 1, (struct words){ P | 7, P | 7, 0, 0 });
	compare(fixture);
	assert_int_equal(fixture->older.words_calls, 0);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
	end(fixture);
}

static void not_more_than_eight_are_asked(void **state)
{
	struct fixture *fixture = begin();
	struct fake_space more[FAKE_SIBLINGS_MAX - 2];

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(more); i++)
		fake_init_sibling(&more[i], &fixture->machine, YOUNGER_START + i);
	map_all(fixture, PAGES);
	put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	compare(fixture);
	assert_int_equal(fixture->pair.asked.known_count, FAKE_SIBLINGS_MAX);
	assert_int_equal(fixture->pair.asked.count, VMSPY_SIBLINGS_MAX);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_B);
	end(fixture);
}

/* --- the page of a file -------------------------------------------------------------------- */

static void map_file(struct fixture *fixture)
{
	struct fake_space *spaces[] = { &fixture->a, &fixture->b, &fixture->older,
					&fixture->younger };

	for (size_t i = 0; i < TEST_COUNT(spaces); i++)
		fake_map(spaces[i], BASE, PAGES)->vma.inode = 77;
}

static void who_has_private_memory_where_the_other_has_the_file_left_it(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_file(fixture);
	fixture->options.no_siblings = true;
	put(fixture, 0, (struct words){ P | F | 5, P | X | 6, 0, 0 });
	put(fixture, 1, (struct words){ P | X | 5, P | F | 6, 0, 0 });
	put(fixture, 2, (struct words){ P | F | 5, SLOT(6), 0, 0 });
	put(fixture, 3, (struct words){ P | F | 5, P | FAKE_ZERO_FRAME, 0, 0 });
	put(fixture, 4, (struct words){ P | X | 5, P | X | 6, 0, 0 });
	put(fixture, 5, (struct words){ P | F | 5, P | F | 5, 0, 0 });
	compare(fixture);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_B);
	assert_int_equal(left_at(fixture, 1), VMSPY_LEFT_A);
	assert_int_equal(left_at(fixture, 2), VMSPY_LEFT_B);
	assert_int_equal(left_at(fixture, 3), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(left_at(fixture, 4), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(left_at(fixture, 5), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(source_at(fixture, 0), VMSPY_LEFT_BY_FILE);
	assert_int_equal(fixture->pair.totals.left_pages[VMSPY_LEFT_B], 2);
	assert_int_equal(run_at(&fixture->pair, 0)->page_count, 1);
	end(fixture);
}

/* What was dropped and read again is the page of the file, too. */
static void a_sibling_knows_better_than_the_file(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_file(fixture);
	put(fixture, 0, (struct words){ P | 5, P | F | 6, P | 5, 0 });
	put(fixture, 1, (struct words){ P | F | 6, P | 5, 0, P | 5 });
	put(fixture, 2, (struct words){ P | F | 6, P | X | 5, P | F | 6, P | F | 6 });
	put(fixture, 3, (struct words){ P | X | 5, P | F | 6, P | 8, P | 8 });
	put(fixture, 4, (struct words){ P | 5, P | F | 6, 0, P | 5 });
	compare(fixture);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_B);
	assert_int_equal(source_at(fixture, 0), VMSPY_LEFT_BY_SIBLING);
	assert_int_equal(left_at(fixture, 1), VMSPY_LEFT_A);
	assert_int_equal(left_at(fixture, 2), VMSPY_LEFT_B);
	assert_int_equal(source_at(fixture, 2), VMSPY_LEFT_BY_FILE);
	assert_int_equal(left_at(fixture, 3), VMSPY_LEFT_BOTH);
	assert_int_equal(left_at(fixture, 4), VMSPY_LEFT_A);
	assert_int_equal(source_at(fixture, 4), VMSPY_LEFT_BY_FILE);
	end(fixture);
}

/* --- what becomes of it later -------------------------------------------------------------- */

static void what_is_doubted_was_left_by_nobody(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_file(fixture);
	fixture->options.no_hold = true;
	fixture->a.mapping_changed[0] = true;
	put(fixture, 0, (struct words){ P | F | 5, P | X | 6, 0, 0 });
	put(fixture, 1, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	compare(fixture);
	assert_int_equal(fixture->pair.totals.state_pages[VMSPY_STATE_DIVERGED], 0);
	end(fixture);
}

static void what_is_separate_was_left_by_nobody(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_file(fixture);
	fixture->machine.related = false;
	put(fixture, 0, (struct words){ P | F | 5, P | X | 6, 0, 0 });
	compare(fixture);
	assert_true(fixture->pair.no_common_origin);
	assert_int_equal(fixture->pair.totals.state_pages[VMSPY_STATE_SEPARATE], 1);
	end(fixture);
}

/* Its bytes are read after the siblings were asked: it moves then. */
static void a_page_that_is_disturbed_was_left_by_nobody(void **state)
{
	struct fixture *fixture = begin();

	(void)state;
	map_file(fixture);
	fixture->options.content = VMSPY_CONTENT_SAMPLE;
	put(fixture, 0, (struct words){ P | 5, P | X | 6, P | 5, 0 });
	put(fixture, 1, (struct words){ P | 15, P | X | 16, P | 15, 0 });
	fixture->b.page[0].turns_by_bytes = true;
	fixture->b.page[0].later = P | X | 9;
	compare(fixture);
	assert_int_equal(fixture->pair.disturbed_pages, 1);
	assert_int_equal(left_at(fixture, 0), VMSPY_LEFT_UNKNOWN);
	assert_int_equal(left_at(fixture, 1), VMSPY_LEFT_B);
	end(fixture);
}

/* --- many pages ---------------------------------------------------------------------------- */

enum {
	MANY_PAGES =
		7000, /* several times what is read at a time, and so few that no clock is asked */
	TRIALS = 16
};

/* What a process has at a page: the first frames belong to no one in particular. */
static uint64_t random_word(struct random *random, size_t page, uint64_t own)
{
	uint64_t frame = (uint64_t)page << 8 | (random_once_in(random, 2) ? 1 : own);

	if (random_once_in(random, 8))
		frame = (uint64_t)page << 8 | (1 + random_below(random, 4));
	return random_once_in(random, 20) ? 0 : P | frame;
}

static uint64_t frame_of(uint64_t word)
{
	return word & VMSPY_PAGEMAP_FRAME_MASK;
}

static void check_page(const struct fixture *fixture, size_t page, const struct words *words)
{
	static const enum vmspy_left left[] = {
		[VMSPY_TESTIMONY_CHILD_LEFT] = VMSPY_LEFT_B,
		[VMSPY_TESTIMONY_PARENT_LEFT] = VMSPY_LEFT_A,
		[VMSPY_TESTIMONY_BOTH_LEFT] = VMSPY_LEFT_BOTH,
		[VMSPY_TESTIMONY_CONTRADICTED] = VMSPY_LEFT_UNKNOWN,
	};
	const struct vmspy_witness witness[] = {
		{ frame_of(words->older), VMSPY_AGE_OLDER },
		{ frame_of(words->younger), VMSPY_AGE_YOUNGER },
	};
	uint64_t frame;
	const struct vmspy_run *run;

	if (!words->parent || !words->child || words->parent == words->child)
		return;
	run = run_at(&fixture->pair, page);
	assert_int_equal(run->left,
			 left[vmspy_witness_judge(frame_of(words->parent), frame_of(words->child),
						  witness, 2, &frame)]);
	assert_int_equal(run->page_class, VMSPY_CLASS_DIVERGED);
	if (run->start != AT(page))
		return;
	assert_int_equal(run->frame_a, frame_of(words->parent));
	assert_int_equal(run->frame_b, frame_of(words->child));
}

/* Asking may take as long as the hold took before: long enough on the busiest machine. */
static struct vmspy_error *slow_hold(struct vmspy_space *space)
{
	const struct timespec pause = { .tv_nsec = 60000000 };

	nanosleep(&pause, NULL);
	return fake_hold(space);
}

/* Stretches that are dense, sparse or empty, longer and shorter than what is read at a time. */
static void every_page_is_asked_about(void **state)
{
	static const unsigned one_in[] = { 0, 1, 1, 3, 40, 500 };
	struct random random = { 77 };
	struct vmspy_space_ops slow_ops = fake_ops;

	(void)state;
	slow_ops.hold = slow_hold;
	for (int trial = 0; trial < TRIALS; trial++) {
		struct fixture *fixture = begin();
		struct words *words = calloc(MANY_PAGES, sizeof(*words));
		unsigned density = 0, left = 0;

		assert_non_null(words);
		fixture->a.space.ops = &slow_ops;
		map_all(fixture, MANY_PAGES);
		fixture->options.keep_runs = trial & 1;
		for (size_t page = 0; page < MANY_PAGES; page++) {
			if (!left--) {
				density = random_below(&random, TEST_COUNT(one_in));
				left = random_below(&random, 2500);
			}
			if (!one_in[density] || !random_once_in(&random, one_in[density]))
				continue;
			words[page] = (struct words){
				random_word(&random, page, 1),
				random_word(&random, page, 2),
				random_word(&random, page, 3),
				random_word(&random, page, 4),
			};
			put(fixture, page, words[page]);
		}
		compare(fixture);
		assert_int_equal(fixture->pair.asked.unasked_pages, 0);
		for (size_t page = 0; page < MANY_PAGES; page++)
			check_page(fixture, page, &words[page]);
		free(words);
		end(fixture);
	}
}

/* --- time ---------------------------------------------------------------------------------- */

static uint64_t begun_ns;

/* One reading takes as long as all that went before. */
static struct vmspy_error *slow_words(struct vmspy_space *space, uint64_t start, size_t count,
				      uint64_t *ret)
{
	enum {
		SLOW_CALL = 60
	};
	uint64_t until_ns = 2 * vmspy_host_now_ns() - begun_ns + 2000000;

	while (fake_of(space)->words_calls == SLOW_CALL && vmspy_host_now_ns() < until_ns)
		;
	return fake_words(space, start, count, ret);
}

static void asking_ends_when_it_has_taken_as_long_as_the_hold(void **state)
{
	enum {
		DENSE_PAGES = 200000,
		FIRST_FRAME = 1 << 20,
	};
	struct vmspy_space_ops slow_ops = fake_ops;
	struct fixture *fixture = begin();
	const struct vmspy_pair *pair = &fixture->pair;
	uint64_t told;

	(void)state;
	slow_ops.words = slow_words;
	fixture->older.space.ops = &slow_ops;
	map_all(fixture, DENSE_PAGES);
	for (size_t page = 0; page < DENSE_PAGES; page++)
		put(fixture, page,
		    (struct words){ P | (FIRST_FRAME + page), P | X | (2 * FIRST_FRAME + page),
				    P | (FIRST_FRAME + page), 0 });
	begun_ns = vmspy_host_now_ns();
	compare(fixture);
	told = pair->totals.left_pages[VMSPY_LEFT_B];
	assert_int_equal(told + pair->asked.unasked_pages, DENSE_PAGES);
	assert_true(told > 0 && pair->asked.unasked_pages > 0);
	/* What is left of the run begins with its own frame. */
	assert_int_equal(pair->runs.count, 2);
	assert_int_equal(pair->runs.run[1].page_count, pair->asked.unasked_pages);
	assert_int_equal(pair->runs.run[1].frame_a, FIRST_FRAME + told);
	end(fixture);
}

TEST_MAIN(TEST(siblings_tell_which_side_left), TEST(the_sides_change_places_with_the_pair),
	  TEST(one_of_the_same_tick_is_not_older), TEST(merged_and_huge_frames_are_no_evidence),
	  TEST(a_frame_that_both_left_for_is_looked_up_too),
	  TEST(a_page_that_moves_meanwhile_is_no_evidence),
	  TEST(a_sibling_that_goes_away_is_one_witness_less),
	  TEST(who_is_not_like_the_parent_is_no_witness),
	  TEST(two_names_for_one_memory_are_one_witness),
	  TEST(nobody_is_opened_where_nothing_can_be_told),
	  TEST(strangers_have_no_parent_to_ask_about), TEST(not_more_than_eight_are_asked),
	  TEST(who_has_private_memory_where_the_other_has_the_file_left_it),
	  TEST(a_sibling_knows_better_than_the_file), TEST(what_is_doubted_was_left_by_nobody),
	  TEST(what_is_separate_was_left_by_nobody),
	  TEST(a_page_that_is_disturbed_was_left_by_nobody), TEST(every_page_is_asked_about),
	  TEST(asking_ends_when_it_has_taken_as_long_as_the_hold))
