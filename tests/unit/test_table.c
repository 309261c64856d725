#include "test.h"

#include <locale.h>

#include "render/grid.h"
#include "render_fixture.h"

#define LONG_PATH "/usr/lib/x86_64-linux-gnu/libc.so.6"

static const struct render_style plain = { .format = RENDER_TEXT };

static const struct vmspy_column columns[] = {
	THING("ADDRESS", address, VMSPY_UNIT_ADDRESS),
	{ "FRAME", "frame", "", VMSPY_UNIT_FRAME, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0,
	  offsetof(struct things, frame) },
	{ "BYTES", "bytes", "", VMSPY_UNIT_BYTES, VMSPY_SHOW_NONZERO, 0,
	  offsetof(struct things, bytes) },
	THING("PATH", path, VMSPY_UNIT_PATH),
	{ 0 },
};

static void draw_rows(struct render *render, uint64_t bytes, size_t count)
{
	struct vmspy_selection usual = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);
	struct things things = known_things;

	things.bytes = bytes;
	things.path = LONG_PATH;
	render_table_begin(render, "things", &usual);
	for (size_t i = 0; i < count; i++)
		render_row(render, &things);
	render_table_end(render);
}

static void draw_one(struct render *render)
{
	draw_rows(render, 1536, 1);
}

static void draw_zero(struct render *render)
{
	draw_rows(render, 0, 1);
}

static void a_table_without_a_terminal_is_as_wide_as_it_gets(void **state)
{
	(void)state;
	assert_printed(plain, draw_one,
		       "     ADDRESS FRAME BYTES PATH\n"
		       "7f0000001000  1234  1.5K " LONG_PATH "\n");
}

static void a_column_that_is_zero_everywhere_is_left_out(void **state)
{
	(void)state;
	assert_printed(plain, draw_zero,
		       "     ADDRESS FRAME PATH\n"
		       "7f0000001000  1234 " LONG_PATH "\n");
}

static void draw_zero_asked(struct render *render)
{
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);
	struct things things = known_things;

	things.bytes = 0;
	assert_ok(vmspy_selection_parse(columns, "+bytes", &selection));
	render_table_begin(render, "things", &selection);
	render_row(render, &things);
	render_table_end(render);
}

static void a_column_that_was_asked_for_is_never_left_out(void **state)
{
	(void)state;
	assert_printed(plain, draw_zero_asked,
		       "     ADDRESS FRAME BYTES PATH\n"
		       "7f0000001000  1234     0 /a/path\n");
}

static void paths_are_cut_from_the_left_to_fit_the_terminal(void **state)
{
	struct render_style narrow = plain;

	(void)state;
	narrow.width = 40;
	assert_printed(narrow, draw_one,
		       "     ADDRESS FRAME BYTES PATH\n"
		       "7f0000001000  1234  1.5K …-gnu/libc.so.6\n");
}

static void a_column_gives_way_where_cutting_is_not_enough(void **state)
{
	struct render_style narrow = plain;

	(void)state;
	narrow.width = 32;
	assert_printed(narrow, draw_one,
		       "     ADDRESS BYTES PATH\n"
		       "7f0000001000  1.5K …nu/libc.so.6\n");
}

static void draw_names(struct render *render)
{
	static const struct vmspy_column of_names[] = {
		{ "NAME", "name", "", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0,
		  offsetof(struct things, text) },
		{ "FRAME", "frame", "", VMSPY_UNIT_FRAME, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0,
		  offsetof(struct things, frame) },
		THING("PATH", path, VMSPY_UNIT_PATH),
		{ 0 },
	};
	struct vmspy_selection usual = vmspy_selection_default(of_names, VMSPY_SHOW_TEXT);
	struct things things = known_things;

	things.text = "_ZN4name5spaceE\xc3\xa9_tail";
	things.path = LONG_PATH;
	render_table_begin(render, "things", &usual);
	render_row(render, &things);
	render_table_end(render);
}

static void names_are_cut_in_the_middle_when_nothing_else_helps(void **state)
{
	struct render_style narrow = plain;

	(void)state;
	narrow.width = 30;
	assert_printed(narrow, draw_names,
		       "NAME                 PATH\n"
		       "_ZN4name5s…ceE\xc3\xa9_tail …ibc.so.6\n");
	narrow.width = 10;
	assert_printed(narrow, draw_names,
		       "NAME      PATH\n"
		       "_ZN4…tail …ibc.so.6\n");
}

static const struct vmspy_column of_values[] = {
	{ "NAME", "name", "", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0,
	  offsetof(struct things, text) },
	{ "WORD", "word", "", VMSPY_UNIT_WORD, VMSPY_SHOW_NONZERO, 0,
	  offsetof(struct things, word) },
	{ "FLAG", "flag", "", VMSPY_UNIT_BOOL, VMSPY_SHOW_NONZERO, 0,
	  offsetof(struct things, flag) },
	{ "VALUE", "value", "", VMSPY_UNIT_VALUE, VMSPY_SHOW | VMSPY_SHOW_CUT, 0,
	  offsetof(struct things, value) },
	{ 0 },
};

static void draw_values(struct render *render, bool whole)
{
	struct vmspy_selection usual = vmspy_selection_default(of_values, VMSPY_SHOW_TEXT);
	struct things things = {
		.text = "a_name_that_is_rather_long_for_a_name",
		.value = { .known = true,
			   .text = "\"a string of many words \xc3\xa9 that goes on and on\"" },
	};

	usual.whole = whole;
	render_table_begin(render, "things", &usual);
	render_row(render, &things);
	render_note(render, "a note of %d", 1);
	render_table_end(render);
}

static void draw_cut(struct render *render)
{
	draw_values(render, false);
}

static void draw_whole(struct render *render)
{
	draw_values(render, true);
}

static void draw_empty_word(struct render *render)
{
	struct vmspy_selection usual = vmspy_selection_default(of_values, VMSPY_SHOW_TEXT);
	struct things things = { .text = "a", .word = "", .value = { .known = true, .text = "1" } };

	render_table_begin(render, "things", &usual);
	render_row(render, &things);
	render_table_end(render);
}

static void texts_that_are_all_empty_are_left_out_like_zeros(void **state)
{
	(void)state;
	assert_printed(plain, draw_empty_word,
		       "NAME VALUE\n"
		       "a    1\n");
}

static void the_widest_columns_give_way_evenly(void **state)
{
	struct render_style narrow = plain;

	(void)state;
	assert_printed(plain, draw_cut,
		       "NAME                                  VALUE\n"
		       "a_name_that_is_rather_long_for_a_name \"a string of many words \xc3\xa9 "
		       "that goes ...\n"
		       "a note of 1                           \n");
	narrow.width = 41;
	assert_printed(narrow, draw_cut,
		       "NAME                 VALUE\n"
		       "a_name_tha…or_a_name \"a string of many w…\n"
		       "a note of 1          \n");
}

static void a_table_that_is_to_be_whole_is_not_cut(void **state)
{
	struct render_style narrow = plain;

	(void)state;
	narrow.width = 41;
	assert_printed(narrow, draw_whole,
		       "NAME                                  VALUE\n"
		       "a_name_that_is_rather_long_for_a_name "
		       "\"a string of many words \xc3\xa9 that goes on and on\"\n"
		       "a note of 1                           \n");
}

static void draw_total(struct render *render)
{
	struct vmspy_selection usual = vmspy_selection_default(columns, VMSPY_SHOW_TEXT);

	render_line(render, "%s", "a line");
	render_table_begin(render, NULL, &usual);
	render_row(render, &known_things);
	render_total(render, &known_things);
	render_table_end(render);
}

static void the_total_says_so_and_is_empty_where_nothing_adds_up(void **state)
{
	struct render_style style = plain;

	(void)state;
	style.no_headings = true;
	style.in_bytes = true;
	assert_printed(style, draw_total,
		       "a line\n"
		       "7f0000001000  1234  1536 /a/path\n"
		       "       total        1536 \n");
}

static void draw_many(struct render *render)
{
	draw_rows(render, 1536, 6000);
}

static void many_rows_are_streamed_and_look_the_same(void **state)
{
	char *one = printed(plain, draw_one), *many = printed(plain, draw_many);
	char *first = strchr(one, '\n') + 1;
	size_t length = strlen(first), count = 0;

	(void)state;
	assert_memory_equal(one, many, (size_t)(first - one));
	for (char *at = many + (first - one); *at; at += length, count++)
		assert_memory_equal(at, first, length);
	assert_int_equal(count, 6000);
	free(one);
	free(many);
}

static void streamed_rows_are_cut_as_well(void **state)
{
	struct render_style narrow = plain;
	char *one, *many;

	(void)state;
	narrow.width = 40;
	one = printed(narrow, draw_one);
	many = printed(narrow, draw_many);
	assert_string_equal(many + strlen(many) - strlen(strchr(one, '\n')), strchr(one, '\n'));
	free(one);
	free(many);
}

static void only_the_headings_and_totals_are_coloured(void **state)
{
	struct render_style style = plain;
	char *text;

	(void)state;
	style.coloured = true;
	text = printed(style, draw_one);
	assert_true(!strncmp(text, "\033[1m", 4));
	assert_null(strstr(strchr(text, '\n'), "\033"));
	free(text);
}

static void text_is_measured_in_columns_of_the_terminal(void **state)
{
	(void)state;
	assert_int_equal(grid_text_width(""), 0);
	assert_int_equal(grid_text_width("abc"), 3);
	assert_int_equal(grid_text_width("caf\xc3\xa9"), 4);
	assert_int_equal(grid_text_width("\xe6\xbc\xa2"), 2);
	assert_int_equal(grid_text_width("e\xcc\x81"), 1);
	assert_int_equal(grid_text_width("\xff\xff"), 2);
}

static int use_utf8(void **state)
{
	(void)state;
	return !setlocale(LC_CTYPE, "C.UTF-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_table_without_a_terminal_is_as_wide_as_it_gets),
		TEST(a_column_that_is_zero_everywhere_is_left_out),
		TEST(a_column_that_was_asked_for_is_never_left_out),
		TEST(paths_are_cut_from_the_left_to_fit_the_terminal),
		TEST(a_column_gives_way_where_cutting_is_not_enough),
		TEST(names_are_cut_in_the_middle_when_nothing_else_helps),
		TEST(texts_that_are_all_empty_are_left_out_like_zeros),
		TEST(the_widest_columns_give_way_evenly),
		TEST(a_table_that_is_to_be_whole_is_not_cut),
		TEST(the_total_says_so_and_is_empty_where_nothing_adds_up),
		TEST(many_rows_are_streamed_and_look_the_same),
		TEST(streamed_rows_are_cut_as_well),
		TEST(only_the_headings_and_totals_are_coloured),
		TEST(text_is_measured_in_columns_of_the_terminal),
	};

	return cmocka_run_group_tests(tests, use_utf8, NULL);
}
