#include "test.h"

#include "report/pair_changes.h"

enum {
	PAGE = 0x1000
};

/* An interval of so many pages, with this many shared and diverged ones. */
#define MARK(first, past_last, shared, diverged)                                                   \
	{                                                                                          \
		.start = (first)*PAGE, .end = (past_last)*PAGE, .kind = "anon", .counts = {        \
			.shared_pages = (shared),                                                  \
			.diverged_pages = (diverged)                                               \
		}                                                                                  \
	}

#define MARKS(array) ((struct vmspy_interval_marks){ array, TEST_COUNT(array) })

static struct vmspy_interval_changes changes_of(struct vmspy_interval_marks before,
						struct vmspy_interval_marks now)
{
	struct vmspy_interval_changes changes;

	assert_ok(vmspy_interval_changes_find(&before, &now, &changes));
	return changes;
}

static void assert_change(const struct vmspy_interval_change *change, size_t index, int64_t shared,
			  int64_t diverged)
{
	assert_int_equal(change->index, index);
	assert_int_equal(vmspy_change_signed(change->counts.shared_pages), shared);
	assert_int_equal(vmspy_change_signed(change->counts.diverged_pages), diverged);
}

static void what_is_as_it_was_is_not_told(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(1, 4, 2, 1), MARK(8, 9, 0, 1) };
	struct vmspy_interval_mark now[] = { MARK(1, 4, 2, 1), MARK(8, 9, 0, 1) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 0);
	vmspy_interval_changes_deinit(&changes);
}

static void pages_that_changed_their_state_are_told_with_the_largest_change_first(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(1, 9, 8, 0), MARK(10, 19, 9, 0),
						MARK(20, 21, 1, 0) };
	struct vmspy_interval_mark now[] = { MARK(1, 9, 7, 1), MARK(10, 19, 4, 5),
					     MARK(20, 21, 1, 0) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 2);
	assert_change(&changes.change[0], 1, -5, 5);
	assert_change(&changes.change[1], 0, -1, 1);
	vmspy_interval_changes_deinit(&changes);
}

static void a_mapping_that_grew_at_either_end_is_still_the_same(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(10, 20, 10, 0), MARK(30, 40, 10, 0) };
	struct vmspy_interval_mark now[] = { MARK(10, 24, 10, 2), MARK(28, 40, 10, 1) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 2);
	assert_change(&changes.change[0], 0, 0, 2);
	assert_change(&changes.change[1], 1, 0, 1);
	vmspy_interval_changes_deinit(&changes);
}

static void mappings_that_were_joined_are_not_told_for_that(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(10, 20, 8, 2), MARK(20, 40, 1, 9) };
	struct vmspy_interval_mark now[] = { MARK(10, 40, 9, 11) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 0);
	vmspy_interval_changes_deinit(&changes);
}

/* An arena grows: the border to the part without pages moves up. */
static void a_border_that_moved_takes_no_counts_with_it(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(10, 12, 2, 0), MARK(12, 99, 0, 3) };
	struct vmspy_interval_mark now[] = { MARK(10, 20, 2, 1), MARK(20, 99, 0, 3) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 1);
	assert_change(&changes.change[0], 0, 0, 1);
	vmspy_interval_changes_deinit(&changes);
}

static void what_is_gone_is_told_with_what_it_had(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(1, 2, 0, 0), MARK(5, 9, 3, 1) };
	struct vmspy_interval_mark now[] = { MARK(20, 24, 4, 0) };
	struct vmspy_interval_changes changes = changes_of(MARKS(before), MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 2);
	assert_change(&changes.change[0], 0, 4, 0);
	assert_change(&changes.change[1], VMSPY_INTERVAL_GONE, -3, -1);
	assert_int_equal(changes.change[1].before_index, 1);
	vmspy_interval_changes_deinit(&changes);
}

static void a_page_that_was_only_looked_at_is_no_change(void **state)
{
	struct vmspy_interval_mark before[] = { MARK(1, 9, 1, 1) };
	struct vmspy_interval_mark now[] = { MARK(1, 9, 1, 1) };
	struct vmspy_interval_changes changes;

	(void)state;
	now[0].counts.lazy_b_pages = 3;
	now[0].counts.compared_pages = 1;
	now[0].counts.changed_bytes = 12;
	changes = changes_of(MARKS(before), MARKS(now));
	assert_int_equal(changes.count, 0);
	vmspy_interval_changes_deinit(&changes);
}

static void the_first_time_everything_is_new(void **state)
{
	struct vmspy_interval_mark now[] = { MARK(1, 9, 1, 1), MARK(9, 10, 0, 0) };
	struct vmspy_interval_changes changes =
		changes_of((struct vmspy_interval_marks){ 0 }, MARKS(now));

	(void)state;
	assert_int_equal(changes.count, 1);
	assert_change(&changes.change[0], 0, 1, 1);
	vmspy_interval_changes_deinit(&changes);
}

/* Where no byte was read before, there is nothing to be less or more than. */
static void a_count_that_was_unknown_has_an_unknown_change(void **state)
{
	const struct vmspy_counts_row before = { .changed_bytes = VMSPY_UNKNOWN };
	const struct vmspy_counts_row now = { .changed_bytes = 5, .diverged_pages = 1 };
	struct vmspy_counts_row change = vmspy_counts_change_of(&before, &now);

	(void)state;
	assert_true(change.changed_bytes == VMSPY_UNKNOWN);
	assert_int_equal(vmspy_change_signed(change.diverged_pages), 1);
	assert_int_equal(vmspy_counts_change_pages(&change), 1);
}

/* Random borders and counts: nothing is lost between the rows and the totals. */
static void changes_add_up_to_those_of_the_totals(void **state)
{
	enum {
		ROUNDS = 300,
		MARKS_MAX = 40
	};
	struct vmspy_interval_mark mark[2][MARKS_MAX];
	uint64_t random = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct vmspy_interval_marks marks[2];
		struct vmspy_interval_changes changes;
		int64_t total = 0, sum = 0;

		for (int i = 0; i < 2; i++) {
			uint64_t at = 1;

			marks[i] = (struct vmspy_interval_marks){ mark[i], 0 };
			while (marks[i].count < MARKS_MAX) {
				uint64_t start, end;

				random = random * 6364136223846793005U + 1442695040888963407U;
				start = at + (random >> 40) % 4;
				end = start + 1 + (random >> 50) % 9;
				mark[i][marks[i].count++] = (struct vmspy_interval_mark)MARK(
					start, end, 0, (random >> 33) % 10);
				total += (i ? 1 : -1) * (int64_t)((random >> 33) % 10);
				at = end;
			}
		}
		changes = changes_of(marks[0], marks[1]);
		for (size_t i = 0; i < changes.count; i++)
			sum += vmspy_change_signed(changes.change[i].counts.diverged_pages);
		assert_int_equal(sum, total);
		vmspy_interval_changes_deinit(&changes);
	}
}

TEST_MAIN(TEST(what_is_as_it_was_is_not_told),
	  TEST(pages_that_changed_their_state_are_told_with_the_largest_change_first),
	  TEST(a_mapping_that_grew_at_either_end_is_still_the_same),
	  TEST(mappings_that_were_joined_are_not_told_for_that),
	  TEST(a_border_that_moved_takes_no_counts_with_it),
	  TEST(what_is_gone_is_told_with_what_it_had),
	  TEST(a_page_that_was_only_looked_at_is_no_change), TEST(the_first_time_everything_is_new),
	  TEST(a_count_that_was_unknown_has_an_unknown_change),
	  TEST(changes_add_up_to_those_of_the_totals))
