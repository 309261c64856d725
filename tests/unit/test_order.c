#include "test.h"

#include "report/order.h"
#include "symbol/values.h"

struct row {
	uint64_t number;
	const char *text;
	struct vmspy_value value;
	struct vmspy_nested nested;
};

#define AT(member) offsetof(struct row, member)
static const struct vmspy_column columns[] = {
	{ "SIZE", "size_bytes", "help", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(number) },
	{ "NAME", "name", "help", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(text) },
	{ "A", "value_a", "help", VMSPY_UNIT_VALUE, VMSPY_SHOW, 0, AT(value) },
	{ "PARTS", "parts", "help", VMSPY_UNIT_ROWS, VMSPY_SHOW, 0, AT(nested) },
	{ 0 },
};

static struct row row_of(uint64_t number, const char *text, const char *value, size_t count)
{
	struct row row = { .number = number, .text = text };

	if (value) {
		row.value.known = true;
		snprintf(row.value.text, sizeof(row.value.text), "%s", value);
	}
	if (count) {
		row.nested.columns = columns;
		row.nested.count = count - 1;
	}
	return row;
}

static void get(const void *context, size_t index, void *row)
{
	*(struct row *)row = ((const struct row *)context)[index];
}

/* The places in the order that a word asks for, as text: "2 0 1". */
static void assert_order(const struct row *list, size_t count, const char *word,
			 const char *expected)
{
	struct vmspy_buf buf = { 0 };
	struct vmspy_sort sort;
	struct row row;
	struct vmspy_rows rows = { count, list, get, &row };
	size_t *order;

	test_row(word);
	assert_ok(vmspy_sort_parse(columns, word, &sort));
	assert_ok(vmspy_rows_sort(&rows, &sort, &order));
	for (size_t i = 0; i < count; i++)
		assert_ok(vmspy_buf_printf(&buf, "%s%zu", i ? " " : "", order[i]));
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
	free(order);
}

static void numbers_descend_and_texts_ascend_unless_a_sign_says_otherwise(void **state)
{
	const struct row rows[] = {
		row_of(5, "b", NULL, 0),
		row_of(UINT64_MAX - 1, "c", NULL, 0),
		row_of(0, "a", NULL, 0),
	};

	(void)state;
	assert_order(rows, 3, "SIZE", "1 0 2");
	assert_order(rows, 3, "-size_bytes", "1 0 2");
	assert_order(rows, 3, "+Size", "2 0 1");
	assert_order(rows, 3, "name", "2 0 1");
	assert_order(rows, 3, "+NAME", "2 0 1");
	assert_order(rows, 3, "-NAME", "1 0 2");
}

static void what_is_unknown_comes_last_in_both_directions(void **state)
{
	const struct row rows[] = {
		row_of(VMSPY_UNKNOWN, NULL, NULL, 0),
		row_of(1, "a", "1", 1),
		row_of(2, "", "2", 2),
	};

	(void)state;
	assert_order(rows, 3, "+SIZE", "1 2 0");
	assert_order(rows, 3, "-SIZE", "2 1 0");
	assert_order(rows, 3, "+NAME", "2 1 0");
	assert_order(rows, 3, "-NAME", "1 2 0");
	assert_order(rows, 3, "+A", "1 2 0");
	assert_order(rows, 3, "-A", "2 1 0");
	assert_order(rows, 3, "+PARTS", "1 2 0");
	assert_order(rows, 3, "-PARTS", "2 1 0");
}

static void values_are_compared_as_numbers_where_they_are(void **state)
{
	const struct row rows[] = {
		row_of(0, NULL, "RED", 0),  row_of(0, NULL, "10", 0), row_of(0, NULL, "-3", 0),
		row_of(0, NULL, "9.5", 0),  row_of(0, NULL, "0", 0),  row_of(0, NULL, "-20", 0),
		row_of(0, NULL, "BLUE", 0),
	};

	(void)state;
	assert_order(rows, 7, "+A", "5 2 4 3 1 6 0");
	assert_order(rows, 7, "A", "1 3 4 2 5 0 6");
}

static void rows_that_are_equal_stay_as_they_come(void **state)
{
	const struct row rows[] = {
		row_of(7, "x", NULL, 0),
		row_of(7, "x", NULL, 0),
		row_of(7, "x", NULL, 0),
	};

	(void)state;
	assert_order(rows, 3, "+SIZE", "0 1 2");
	assert_order(rows, 3, "-SIZE", "0 1 2");
	assert_order(rows, 3, "-NAME", "0 1 2");
	assert_order(rows, 0, "-NAME", "");
}

static void a_column_that_is_none_is_told_with_the_nearest(void **state)
{
	struct vmspy_sort sort = { .column = columns };

	(void)state;
	assert_error(vmspy_sort_parse(columns, "-SIEZ", &sort), VMSPY_ERROR_BAD_DATA,
		     "no column 'SIEZ' (did you mean 'SIZE'?)");
	assert_error(vmspy_sort_parse(columns, "", &sort), VMSPY_ERROR_BAD_DATA, "no column ''");
	assert_error(vmspy_sort_parse(columns, "+", &sort), VMSPY_ERROR_BAD_DATA, "no column ''");
	assert_error(vmspy_sort_parse(columns, "+-SIZE", &sort), VMSPY_ERROR_BAD_DATA, "-SIZE");
	assert_error(vmspy_sort_parse(columns, "SIZE,NAME", &sort), VMSPY_ERROR_BAD_DATA,
		     "no column 'SIZE,NAME'");
	assert_ptr_equal(sort.column, columns);
}

TEST_MAIN(TEST(numbers_descend_and_texts_ascend_unless_a_sign_says_otherwise),
	  TEST(what_is_unknown_comes_last_in_both_directions),
	  TEST(values_are_compared_as_numbers_where_they_are),
	  TEST(rows_that_are_equal_stay_as_they_come),
	  TEST(a_column_that_is_none_is_told_with_the_nearest))
