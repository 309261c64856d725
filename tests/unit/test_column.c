#include "test.h"

#include <ctype.h>

#include "report/column.h"
#include "report/layout_rows.h"
#include "report/mapping_rows.h"
#include "report/page_rows.h"
#include "report/process_rows.h"
#include "report/symbol_rows.h"
#include "symbol/values.h"

enum {
	NEED_ONE = 1,
	NEED_TWO = 2
};

static const struct vmspy_column columns[] = {
	{ "START", "start", "help", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, 0 },
	{ "SIZE", "size_bytes", "help", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, NEED_ONE, 8 },
	{ "ONLY-A", "only_a_pages", "help", VMSPY_UNIT_PAGES, VMSPY_SHOW_NONZERO, NEED_TWO, 16 },
	{ "FLAGS", "flags", "help", VMSPY_UNIT_WORDS, VMSPY_SHOW_ASKED, 0, 24 },
	{ 0 },
};

static void assert_selected(const struct vmspy_selection *selection, const char *expected)
{
	struct vmspy_buf buf = { 0 };

	for (size_t i = 0; i < selection->count; i++)
		assert_ok(vmspy_buf_printf(&buf, "%s ", selection->column[i]->heading));
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
}

static void text_and_json_have_their_own_usual_columns(void **state)
{
	struct vmspy_selection text = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);
	struct vmspy_selection json = vmspy_selection_default(columns, VMSPY_SHOW_JSON);

	(void)state;
	assert_selected(&text, "START ONLY-A ");
	assert_int_equal(text.needs, NEED_TWO);
	assert_selected(&json, "START SIZE ONLY-A ");
	assert_int_equal(json.needs, NEED_ONE | NEED_TWO);
}

static void all_columns_are_selected_as_if_asked_for(void **state)
{
	struct vmspy_selection all = vmspy_selection_all(columns);

	(void)state;
	assert_selected(&all, "START SIZE ONLY-A FLAGS ");
	assert_true(all.asked[2]);
}

static void totals_are_of_numbers_that_add_up_and_were_read(void **state)
{
	const struct vmspy_selection read_one = { .needs = NEED_ONE };
	const struct vmspy_selection read_both = { .needs = NEED_ONE | NEED_TWO };
	struct vmspy_selection one = vmspy_selection_totals(columns, &read_one);
	struct vmspy_selection both = vmspy_selection_totals(columns, &read_both);

	(void)state;
	assert_selected(&one, "SIZE ");
	assert_selected(&both, "SIZE ONLY-A ");
}

static void what_is_shown_only_when_asked_for_has_a_total_only_then(void **state)
{
	static const struct vmspy_column hidden[] = {
		{ "A", "a", "help", VMSPY_UNIT_BYTES, VMSPY_SHOW_ASKED, 0, 0 },
		{ "B", "b", "help", VMSPY_UNIT_BYTES, VMSPY_SHOW_ASKED, 0, 0 },
		{ "PAGE", "page", "help", VMSPY_UNIT_SIZE, VMSPY_SHOW, 0, 0 },
		{ 0 },
	};
	struct vmspy_selection shown = { 0 }, totals;

	(void)state;
	assert_ok(vmspy_selection_parse(hidden, "B,PAGE", &shown));
	totals = vmspy_selection_totals(hidden, &shown);
	assert_selected(&totals, "B ");
}

static void a_list_takes_headings_and_keys_in_any_case(void **state)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);

	(void)state;
	assert_ok(vmspy_selection_parse(columns, "flags,Only_A_Pages,START", &selection));
	assert_selected(&selection, "FLAGS ONLY-A START ");
	assert_int_equal(selection.needs, NEED_TWO);
	assert_true(selection.asked[1]);
}

static void a_list_with_plus_adds_what_is_not_there_yet(void **state)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);

	(void)state;
	assert_ok(vmspy_selection_parse(columns, "+start,flags,FLAGS", &selection));
	assert_selected(&selection, "START ONLY-A FLAGS ");
	assert_true(selection.asked[2]);
	assert_false(selection.asked[1]);
}

static void a_column_that_is_asked_for_again_is_asked_for(void **state)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);

	(void)state;
	assert_ok(vmspy_selection_parse(columns, "+only-a", &selection));
	assert_selected(&selection, "START ONLY-A ");
	assert_true(selection.asked[1]);
}

static void a_bad_list_is_told_and_changes_nothing(void **state)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);

	(void)state;
	assert_error(vmspy_selection_parse(columns, "flags,strat", &selection),
		     VMSPY_ERROR_BAD_DATA, "no column 'strat' (did you mean 'START'?)");
	assert_error(vmspy_selection_parse(columns, "xyzzyxyzzy", &selection), VMSPY_ERROR_BAD_DATA,
		     "no column 'xyzzyxyzzy' (--list-columns lists them)");
	assert_error(vmspy_selection_parse(columns, "", &selection), VMSPY_ERROR_BAD_DATA, "''");
	assert_error(vmspy_selection_parse(columns, "+", &selection), VMSPY_ERROR_BAD_DATA, "'+'");
	assert_error(vmspy_selection_parse(columns, ",START", &selection), VMSPY_ERROR_BAD_DATA,
		     "no column ''");
	assert_error(vmspy_selection_parse(columns, "STAR", &selection), VMSPY_ERROR_BAD_DATA,
		     "did you mean 'START'?");
	assert_selected(&selection, "START ONLY-A ");
}

static void unknown_is_known_for_every_kind_of_cell(void **state)
{
	const struct row {
		uint64_t number;
		const char *text;
		struct vmspy_value value;
		struct vmspy_nested rows;
	} none = { VMSPY_UNKNOWN, NULL, { 0 }, { 0 } },
	  some = { 0, "", { .known = true }, { .columns = columns } };
	const struct vmspy_column cells[] = {
		{ "N", "n", "", VMSPY_UNIT_COUNT, 0, 0, offsetof(struct row, number) },
		{ "T", "t", "", VMSPY_UNIT_TEXT, 0, 0, offsetof(struct row, text) },
		{ "V", "v", "", VMSPY_UNIT_VALUE, 0, 0, offsetof(struct row, value) },
		{ "R", "r", "", VMSPY_UNIT_ROWS, 0, 0, offsetof(struct row, rows) },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(cells); i++) {
		assert_true(vmspy_column_is_unknown(&cells[i], &none));
		assert_false(vmspy_column_is_unknown(&cells[i], &some));
	}
}

static void assert_well_formed(const struct vmspy_column *table)
{
	for (const struct vmspy_column *column = table; column->heading; column++) {
		test_row(column->heading);
		assert_non_null(column->help);
		for (const char *at = column->heading; *at; at++)
			assert_true(isupper((unsigned char)*at) || *at == '-');
		for (const char *at = column->key; *at; at++)
			assert_true(islower((unsigned char)*at) || *at == '_');
		for (const struct vmspy_column *other = table; other < column; other++) {
			assert_string_not_equal(other->heading, column->heading);
			assert_string_not_equal(other->key, column->key);
		}
	}
}

static void headings_and_keys_are_written_as_the_manual_promises(void **state)
{
	(void)state;
	assert_well_formed(vmspy_mapping_columns);
	assert_well_formed(vmspy_process_columns);
	assert_well_formed(vmspy_mm_columns);
	assert_well_formed(vmspy_address_space_columns);
	assert_well_formed(vmspy_block_columns);
	assert_well_formed(vmspy_symbol_columns);
	assert_well_formed(vmspy_member_columns);
	assert_well_formed(vmspy_page_columns);
	assert_well_formed(vmspy_page_change_columns);
}

TEST_MAIN(TEST(text_and_json_have_their_own_usual_columns),
	  TEST(all_columns_are_selected_as_if_asked_for),
	  TEST(totals_are_of_numbers_that_add_up_and_were_read),
	  TEST(what_is_shown_only_when_asked_for_has_a_total_only_then),
	  TEST(a_list_takes_headings_and_keys_in_any_case),
	  TEST(a_list_with_plus_adds_what_is_not_there_yet),
	  TEST(a_column_that_is_asked_for_again_is_asked_for),
	  TEST(a_bad_list_is_told_and_changes_nothing),
	  TEST(unknown_is_known_for_every_kind_of_cell),
	  TEST(headings_and_keys_are_written_as_the_manual_promises))
