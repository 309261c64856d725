#include "test.h"

#include "compare/runs.h"
#include "random.h"

enum {
	PAGE = 4096,
	SHARED = VMSPY_CLASS_SHARED,
	DIVERGED = VMSPY_CLASS_DIVERGED,
	UNKNOWN = VMSPY_CLASS_UNKNOWN,
};

static struct vmspy_run run_at(uint64_t page, uint64_t count, uint8_t page_class, uint64_t frame)
{
	return (struct vmspy_run){
		.start = page * PAGE,
		.page_count = count,
		.page_class = page_class,
		.frame_a = frame,
		.frame_b = frame,
		.frames_contiguous = true,
	};
}

static void add(struct vmspy_run_list *list, struct vmspy_run run)
{
	assert_ok(vmspy_runs_add(list, &run));
}

static struct vmspy_run_list list_of(const struct vmspy_run *run, size_t count)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };

	for (size_t i = 0; i < count; i++)
		add(&list, run[i]);
	return list;
}

/* --- adding -------------------------------------------------------------------------------- */

static void adjacent_runs_that_are_alike_become_one(void **state)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };

	(void)state;
	add(&list, run_at(10, 2, SHARED, 100));
	add(&list, run_at(12, 3, SHARED, 102));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.run[0].start, 10 * PAGE);
	assert_int_equal(list.run[0].page_count, 5);
	assert_int_equal(vmspy_run_end(&list, &list.run[0]), 15 * PAGE);
	assert_true(list.run[0].frames_contiguous);
	vmspy_run_list_deinit(&list);
}

static void runs_that_differ_or_do_not_touch_stay_apart(void **state)
{
	static const struct {
		const char *name;
		struct vmspy_run second;
	} rows[] = {
		{ "a hole between them", { .start = 13 * PAGE, .page_class = SHARED } },
		{ "another class", { .start = 12 * PAGE, .page_class = DIVERGED } },
		{ "another reason",
		  { .start = 12 * PAGE, .page_class = SHARED, .reason = VMSPY_REASON_NO_RULE } },
		{ "another interval",
		  { .start = 12 * PAGE, .page_class = SHARED, .interval_index = 1 } },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_run_list list = { .page_bytes = PAGE };
		struct vmspy_run second = rows[i].second;

		test_row(rows[i].name);
		second.page_count = 1;
		add(&list, run_at(10, 2, SHARED, 100));
		add(&list, second);
		assert_int_equal(list.count, 2);
		vmspy_run_list_deinit(&list);
	}
}

static void an_empty_run_adds_nothing(void **state)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };

	(void)state;
	add(&list, run_at(10, 0, SHARED, 100));
	assert_int_equal(list.count, 0);
	vmspy_run_list_deinit(&list);
}

static void frames_are_contiguous_only_if_both_sides_count_up(void **state)
{
	static const struct {
		const char *name;
		uint64_t frame_a, frame_b;
		bool second_contiguous, contiguous;
	} rows[] = {
		{ "both count up", 102, 202, true, true },
		{ "a jumps", 103, 202, true, false },
		{ "b jumps", 102, 201, true, false },
		{ "a's frames end", VMSPY_FRAME_NONE, 202, true, false },
		{ "the second is scattered inside", 102, 202, false, false },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_run_list list = { .page_bytes = PAGE };
		struct vmspy_run first = run_at(10, 2, DIVERGED, 100);
		struct vmspy_run second = run_at(12, 2, DIVERGED, rows[i].frame_a);

		test_row(rows[i].name);
		first.frame_b = 200;
		second.frame_b = rows[i].frame_b;
		second.frames_contiguous = rows[i].second_contiguous;
		add(&list, first);
		add(&list, second);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.run[0].frames_contiguous, rows[i].contiguous);
		vmspy_run_list_deinit(&list);
	}
}

static void a_side_without_frames_does_not_break_contiguity(void **state)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };
	struct vmspy_run first = run_at(10, 2, VMSPY_CLASS_ONLY_A, 100);
	struct vmspy_run second = run_at(12, 2, VMSPY_CLASS_ONLY_A, 102);

	(void)state;
	first.frame_b = second.frame_b = VMSPY_FRAME_NONE;
	add(&list, first);
	add(&list, second);
	assert_int_equal(list.count, 1);
	assert_true(list.run[0].frames_contiguous);
	vmspy_run_list_deinit(&list);
}

/* --- laying over --------------------------------------------------------------------------- */

struct piece {
	uint64_t page, count, frame;
	uint8_t page_class;
};

/* Ends with a piece of no pages. */
struct override_row {
	const char *name;
	struct piece list[4], late[4], merged[6];
};

static const struct override_row override_rows[] = {
	{ "nothing is laid over",
	  { { 10, 10, 100, SHARED } },
	  { { 0 } },
	  { { 10, 10, 100, SHARED } } },
	{ "over nothing", { { 0 } }, { { 10, 2, 7, DIVERGED } }, { { 10, 2, 7, DIVERGED } } },
	{ "before all",
	  { { 10, 10, 100, SHARED } },
	  { { 5, 2, 7, DIVERGED } },
	  { { 5, 2, 7, DIVERGED }, { 10, 10, 100, SHARED } } },
	{ "behind all",
	  { { 10, 10, 100, SHARED } },
	  { { 25, 2, 7, DIVERGED } },
	  { { 10, 10, 100, SHARED }, { 25, 2, 7, DIVERGED } } },
	{ "over the start",
	  { { 10, 10, 100, SHARED } },
	  { { 10, 2, 7, DIVERGED } },
	  { { 10, 2, 7, DIVERGED }, { 12, 8, 102, SHARED } } },
	{ "over the end",
	  { { 10, 10, 100, SHARED } },
	  { { 18, 2, 7, DIVERGED } },
	  { { 10, 8, 100, SHARED }, { 18, 2, 7, DIVERGED } } },
	{ "in the middle",
	  { { 10, 10, 100, SHARED } },
	  { { 14, 2, 7, DIVERGED } },
	  { { 10, 4, 100, SHARED }, { 14, 2, 7, DIVERGED }, { 16, 4, 106, SHARED } } },
	{ "across the start",
	  { { 10, 10, 100, SHARED } },
	  { { 8, 4, 7, DIVERGED } },
	  { { 8, 4, 7, DIVERGED }, { 12, 8, 102, SHARED } } },
	{ "across the end",
	  { { 10, 10, 100, SHARED } },
	  { { 18, 4, 7, DIVERGED } },
	  { { 10, 8, 100, SHARED }, { 18, 4, 7, DIVERGED } } },
	{ "the whole",
	  { { 10, 10, 100, SHARED } },
	  { { 10, 10, 7, DIVERGED } },
	  { { 10, 10, 7, DIVERGED } } },
	{ "more than the whole",
	  { { 10, 10, 100, SHARED } },
	  { { 8, 14, 7, DIVERGED } },
	  { { 8, 14, 7, DIVERGED } } },
	{ "twice into one run",
	  { { 10, 10, 100, SHARED } },
	  { { 12, 1, 7, DIVERGED }, { 15, 1, 8, DIVERGED } },
	  { { 10, 2, 100, SHARED },
	    { 12, 1, 7, DIVERGED },
	    { 13, 2, 103, SHARED },
	    { 15, 1, 8, DIVERGED },
	    { 16, 4, 106, SHARED } } },
	{ "in descending order",
	  { { 10, 10, 100, SHARED } },
	  { { 15, 1, 8, DIVERGED }, { 12, 1, 7, DIVERGED } },
	  { { 10, 2, 100, SHARED },
	    { 12, 1, 7, DIVERGED },
	    { 13, 2, 103, SHARED },
	    { 15, 1, 8, DIVERGED },
	    { 16, 4, 106, SHARED } } },
	{ "over two runs and the hole between them",
	  { { 10, 4, 100, SHARED }, { 16, 4, 200, SHARED } },
	  { { 12, 6, 7, DIVERGED } },
	  { { 10, 2, 100, SHARED }, { 12, 6, 7, DIVERGED }, { 18, 2, 202, SHARED } } },
	{ "into the hole, alike on both ends",
	  { { 10, 4, 100, SHARED }, { 16, 4, 106, SHARED } },
	  { { 14, 2, 104, SHARED } },
	  { { 10, 10, 100, SHARED } } },
	{ "alike in the middle",
	  { { 10, 10, 100, SHARED } },
	  { { 14, 2, 104, SHARED } },
	  { { 10, 10, 100, SHARED } } },
};

static struct vmspy_run_list list_of_pieces(const struct piece *piece)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };

	for (; piece->count; piece++)
		add(&list, run_at(piece->page, piece->count, piece->page_class, piece->frame));
	return list;
}

static void what_is_laid_over_counts_wherever_it_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(override_rows); i++) {
		const struct override_row *row = &override_rows[i];
		struct vmspy_run_list list = list_of_pieces(row->list);
		struct vmspy_run_list late = list_of_pieces(row->late);
		size_t count = 0;

		test_row(row->name);
		assert_ok(vmspy_runs_override(&list, &late));
		for (; row->merged[count].count; count++) {
			assert_in_range(list.count, count + 1, TEST_COUNT(row->merged));
			assert_int_equal(list.run[count].start, row->merged[count].page * PAGE);
			assert_int_equal(list.run[count].page_count, row->merged[count].count);
			assert_int_equal(list.run[count].page_class, row->merged[count].page_class);
			assert_int_equal(list.run[count].frame_a, row->merged[count].frame);
			assert_true(list.run[count].frames_contiguous);
		}
		assert_int_equal(list.count, count);
		vmspy_run_list_deinit(&list);
		vmspy_run_list_deinit(&late);
	}
}

static void behind_a_replaced_part_scattered_frames_are_not_known(void **state)
{
	struct vmspy_run scattered = run_at(10, 10, DIVERGED, 100);
	struct vmspy_run late_run = run_at(12, 1, UNKNOWN, 7);
	struct vmspy_run_list list, late;

	(void)state;
	scattered.frames_contiguous = false;
	list = list_of(&scattered, 1);
	late = list_of(&late_run, 1);
	assert_ok(vmspy_runs_override(&list, &late));
	assert_int_equal(list.count, 3);
	assert_int_equal(list.run[0].frame_a, 100);
	assert_int_equal(list.run[2].frame_a, VMSPY_FRAME_NONE);
	assert_int_equal(list.run[2].frame_b, VMSPY_FRAME_NONE);
	vmspy_run_list_deinit(&list);
	vmspy_run_list_deinit(&late);
}

/* --- against an array with an entry a page ------------------------------------------------- */

enum {
	PAGES = 200,
	TRIALS = 400,
};

/* Class 0 is VMSPY_CLASS_NONE: no run. Every page's frame is 1000 + its number, or scattered. */
struct naive {
	uint8_t page_class[PAGES];
	uint64_t frame[PAGES];
};

static void add_page(struct vmspy_run_list *list, size_t page, uint8_t page_class, uint64_t frame)
{
	add(list, run_at(page, 1, page_class, frame));
}

/* Random runs of a few pages each; what they say is laid over what naive says. */
static struct vmspy_run_list random_runs(struct random *random, struct naive *naive)
{
	struct vmspy_run_list list = { .page_bytes = PAGE };
	uint8_t page_class = 0;
	bool scattered = random_once_in(random, 2);

	for (size_t page = 0; page < PAGES; page++) {
		if (random_once_in(random, 4))
			page_class = (uint8_t)random_below(random, 3);
		if (!page_class)
			continue;
		naive->page_class[page] = page_class;
		naive->frame[page] = scattered ? 5000 + (page * 37) % 1000 : 1000 + page;
		add_page(&list, page, page_class, naive->frame[page]);
	}
	return list;
}

/* Reverse the order of the runs: the order in which they arrived may be any. */
static void reverse(struct vmspy_run_list *list)
{
	for (size_t i = 0; i < list->count / 2; i++) {
		struct vmspy_run run = list->run[i];

		list->run[i] = list->run[list->count - 1 - i];
		list->run[list->count - 1 - i] = run;
	}
}

static void check_frames(const struct vmspy_run *run, const struct naive *naive, size_t page)
{
	size_t first = run->start / PAGE;

	if (page == first && run->frame_a != VMSPY_FRAME_NONE)
		assert_int_equal(run->frame_a, naive->frame[page]);
	if (run->frames_contiguous && run->frame_a != VMSPY_FRAME_NONE)
		assert_int_equal(run->frame_a + (page - first), naive->frame[page]);
}

static void check_runs(const struct vmspy_run_list *list, const struct naive *naive)
{
	size_t at = 0;

	for (size_t page = 0; page < PAGES; page++) {
		const struct vmspy_run *run = at < list->count ? &list->run[at] : NULL;
		bool inside = run && run->start <= page * PAGE;

		assert_int_equal(inside ? run->page_class : 0, naive->page_class[page]);
		if (inside)
			check_frames(run, naive, page);
		if (inside && vmspy_run_end(list, run) == (page + 1) * PAGE)
			at++;
	}
	assert_int_equal(at, list->count);
}

static void check_longest(const struct vmspy_run_list *list)
{
	for (size_t i = 1; i < list->count; i++)
		assert_false(vmspy_run_end(list, &list->run[i - 1]) == list->run[i].start &&
			     list->run[i - 1].page_class == list->run[i].page_class);
}

static void runs_say_of_every_page_what_an_array_of_pages_says(void **state)
{
	struct random random = { 42 };

	(void)state;
	for (int trial = 0; trial < TRIALS; trial++) {
		struct naive naive = { 0 };
		struct vmspy_run_list list = random_runs(&random, &naive);
		struct vmspy_run_list late = random_runs(&random, &naive);

		reverse(&late);
		assert_ok(vmspy_runs_override(&list, &late));
		check_runs(&list, &naive);
		check_longest(&list);
		vmspy_run_list_deinit(&list);
		vmspy_run_list_deinit(&late);
	}
}

/* Give each run to one of two lists. */
static void deal(struct random *random, const struct vmspy_run_list *list,
		 struct vmspy_run_list *one, struct vmspy_run_list *other)
{
	for (size_t i = 0; i < list->count; i++)
		assert_ok(vmspy_runs_add(random_once_in(random, 2) ? one : other, &list->run[i]));
}

static void lists_that_several_filled_become_the_one_that_it_was(void **state)
{
	struct random random = { 43 };

	(void)state;
	for (int trial = 0; trial < TRIALS; trial++) {
		struct naive naive = { 0 };
		struct vmspy_run_list list = random_runs(&random, &naive);
		struct vmspy_run_list one = { .page_bytes = PAGE }, other = { .page_bytes = PAGE };

		deal(&random, &list, &one, &other);
		assert_ok(vmspy_runs_merge(&one, &other));
		assert_int_equal(other.count, 0);
		check_runs(&one, &naive);
		assert_int_equal(one.count, list.count);
		vmspy_run_list_deinit(&one);
		vmspy_run_list_deinit(&list);
	}
}

TEST_MAIN(TEST(adjacent_runs_that_are_alike_become_one),
	  TEST(runs_that_differ_or_do_not_touch_stay_apart), TEST(an_empty_run_adds_nothing),
	  TEST(frames_are_contiguous_only_if_both_sides_count_up),
	  TEST(a_side_without_frames_does_not_break_contiguity),
	  TEST(what_is_laid_over_counts_wherever_it_lies),
	  TEST(behind_a_replaced_part_scattered_frames_are_not_known),
	  TEST(runs_say_of_every_page_what_an_array_of_pages_says),
	  TEST(lists_that_several_filled_become_the_one_that_it_was))
