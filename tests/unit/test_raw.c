#include "test.h"

#include "render_fixture.h"

static void draw(struct render *render)
{
	struct vmspy_selection columns = { 0 }, others = { 0 };
	struct things things = known_things;

	assert_ok(vmspy_selection_parse(thing_columns, "id,text,bytes,words", &columns));
	assert_ok(vmspy_selection_parse(thing_columns, "frame", &others));
	things.text = "";
	things.words = "";
	render_line(render, "%s", "for people");
	for (int i = 0; i < 2; i++) {
		render_table_begin(render, "others", &others);
		render_row(render, &known_things);
		render_table_end(render);
		render_table_begin(render, NULL, &others);
		render_row(render, &known_things);
		render_table_end(render);
		render_table_begin(render, "things", &columns);
		render_row(render, &known_things);
		render_row(render, &things);
		render_row(render, &unknown_things);
		render_total(render, &known_things);
		render_table_end(render);
	}
}

static void one_table_is_printed_with_its_headings_once(void **state)
{
	(void)state;
	assert_printed((struct render_style){ .format = RENDER_RAW, .raw_table = "things" }, draw,
		       "ID TEXT BYTES WORDS\n"
		       "42 a\\x20text 1536 rd,wr\n"
		       "42 - 1536 -\n"
		       "- - - -\n"
		       "42 a\\x20text 1536 rd,wr\n"
		       "42 - 1536 -\n"
		       "- - - -\n");
}

static void headings_may_be_left_out(void **state)
{
	(void)state;
	assert_printed((struct render_style){ .format = RENDER_RAW,
					      .raw_table = "others",
					      .no_headings = true },
		       draw, "1234\n1234\n");
}

TEST_MAIN(TEST(one_table_is_printed_with_its_headings_once), TEST(headings_may_be_left_out))
