#include "test.h"

#include "render_fixture.h"
#include "report/row_marks.h"

/* A table of things; those that matter here differ in their address and their text. */
struct list {
	struct things thing[4];
	size_t count;
};

static void get_thing(const void *context, size_t index, void *row)
{
	*(struct things *)row = ((const struct list *)context)->thing[index];
}

static struct things thing_at(uint64_t address, const char *text)
{
	struct things thing = known_things;

	thing.address = address;
	thing.text = text;
	return thing;
}

static struct vmspy_row_marks marks_of(const struct list *list)
{
	struct vmspy_selection columns = vmspy_selection_all(thing_columns);
	const struct vmspy_row_marking how = { offsetof(struct things, address), &columns };
	struct vmspy_row_marks marks;
	struct things row;

	assert_ok(vmspy_row_marks_take(&(struct vmspy_rows){ list->count, list, get_thing, &row },
				       &how, &marks));
	return marks;
}

/* Tell a list after another one. marks: in and out. */
static struct vmspy_row_changes told(struct vmspy_row_marks *marks, const struct list *list)
{
	struct vmspy_row_marks now = marks_of(list);
	struct vmspy_row_changes changes;

	assert_ok(vmspy_row_changes_find(marks, &now, &changes));
	vmspy_row_marks_deinit(marks);
	*marks = now;
	return changes;
}

static void the_first_time_all_rows_are_told(void **state)
{
	struct list list = { { thing_at(9, "x"), thing_at(3, "y") }, 2 };
	struct vmspy_row_marks marks = { 0 };
	struct vmspy_row_changes changes = told(&marks, &list);

	(void)state;
	assert_int_equal(changes.count, 2);
	assert_int_equal(changes.index[0], 0);
	assert_int_equal(changes.index[1], 1);
	assert_int_equal(changes.gone_count, 0);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&marks);
}

static void rows_that_say_the_same_are_not_told_again_in_any_order(void **state)
{
	struct list first = { { thing_at(9, "x"), thing_at(3, "y") }, 2 };
	struct list second = { { thing_at(3, "y"), thing_at(9, "x") }, 2 };
	struct vmspy_row_marks marks = { 0 };
	struct vmspy_row_changes changes = told(&marks, &first);

	(void)state;
	vmspy_row_changes_deinit(&changes);
	changes = told(&marks, &second);
	assert_int_equal(changes.count, 0);
	assert_int_equal(changes.gone_count, 0);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&marks);
}

static void a_row_that_is_new_or_says_something_else_is_told(void **state)
{
	struct list first = { { thing_at(3, "y"), thing_at(9, "x") }, 2 };
	struct list second = { { thing_at(3, "y"), thing_at(5, "new"), thing_at(9, "z") }, 3 };
	struct vmspy_row_marks marks = { 0 };
	struct vmspy_row_changes changes = told(&marks, &first);

	(void)state;
	vmspy_row_changes_deinit(&changes);
	changes = told(&marks, &second);
	assert_int_equal(changes.count, 2);
	assert_int_equal(changes.index[0], 1);
	assert_int_equal(changes.index[1], 2);
	assert_int_equal(changes.gone_count, 0);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&marks);
}

static void a_row_that_is_gone_is_told_once(void **state)
{
	struct list first = { { thing_at(3, "y"), thing_at(9, "x"), thing_at(9, "also") }, 3 };
	struct list second = { { thing_at(3, "y") }, 1 };
	struct vmspy_row_marks marks = { 0 };
	struct vmspy_row_changes changes = told(&marks, &first);

	(void)state;
	vmspy_row_changes_deinit(&changes);
	changes = told(&marks, &second);
	assert_int_equal(changes.count, 0);
	assert_int_equal(changes.gone_count, 1);
	assert_int_equal(changes.gone[0], 9);
	vmspy_row_changes_deinit(&changes);
	changes = told(&marks, &second);
	assert_int_equal(changes.gone_count, 0);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&marks);
}

static void rows_at_one_address_are_told_apart(void **state)
{
	struct list first = { { thing_at(3, "x"), thing_at(3, "y") }, 2 };
	struct list second = { { thing_at(3, "y"), thing_at(3, "z"), thing_at(3, "x") }, 3 };
	struct vmspy_row_marks marks = { 0 };
	struct vmspy_row_changes changes = told(&marks, &first);

	(void)state;
	vmspy_row_changes_deinit(&changes);
	changes = told(&marks, &second);
	assert_int_equal(changes.count, 1);
	assert_int_equal(changes.index[0], 1);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&marks);
}

static void what_is_kept_is_no_news_when_it_comes_back(void **state)
{
	struct list first = { { thing_at(3, "x"), thing_at(9, "y") }, 2 };
	struct list none = { .count = 0 };
	struct vmspy_row_marks marks = { 0 }, now = marks_of(&none);
	struct vmspy_row_changes changes = told(&marks, &first);

	(void)state;
	vmspy_row_changes_deinit(&changes);
	assert_ok(vmspy_row_marks_keep(&marks, &now));
	assert_int_equal(now.count, 2);
	changes = told(&now, &first);
	assert_int_equal(changes.count, 0);
	vmspy_row_changes_deinit(&changes);
	vmspy_row_marks_deinit(&now);
	vmspy_row_marks_deinit(&marks);
}

/* One cell after the other of a row is another: each is seen. */
static void every_cell_counts(void **state)
{
	struct vmspy_selection all = vmspy_selection_all(thing_columns);
	uint64_t known = vmspy_row_digest(&all, &known_things);

	(void)state;
	assert_true(known == vmspy_row_digest(&all, &known_things));
	for (size_t i = 0; i < all.count; i++) {
		const struct vmspy_column only[] = { *all.column[i], { 0 } };
		struct things things = known_things;

		test_row(only[0].heading);
		vmspy_row_forget(only, &things);
		assert_true(vmspy_column_is_unknown(&only[0], &things));
		assert_true(known != vmspy_row_digest(&all, &things));
	}
}

static void a_cell_inside_a_cell_counts(void **state)
{
	struct vmspy_selection all = vmspy_selection_all(thing_columns);
	struct part parts[] = { known_parts[0], known_parts[1] };
	struct things things = known_things;
	uint64_t known = vmspy_row_digest(&all, &things);

	(void)state;
	things.rows.rows = parts;
	assert_true(known == vmspy_row_digest(&all, &things));
	parts[1].name = "another";
	assert_true(known != vmspy_row_digest(&all, &things));
}

static void a_column_that_is_not_shown_does_not_count(void **state)
{
	struct vmspy_selection columns = { 0 };
	struct things things = known_things;

	(void)state;
	assert_ok(vmspy_selection_parse(thing_columns, "ADDRESS,PAGES", &columns));
	things.text = "another";
	assert_true(vmspy_row_digest(&columns, &things) ==
		    vmspy_row_digest(&columns, &known_things));
}

TEST_MAIN(TEST(the_first_time_all_rows_are_told),
	  TEST(rows_that_say_the_same_are_not_told_again_in_any_order),
	  TEST(a_row_that_is_new_or_says_something_else_is_told),
	  TEST(a_row_that_is_gone_is_told_once), TEST(rows_at_one_address_are_told_apart),
	  TEST(what_is_kept_is_no_news_when_it_comes_back), TEST(every_cell_counts),
	  TEST(a_cell_inside_a_cell_counts), TEST(a_column_that_is_not_shown_does_not_count))
