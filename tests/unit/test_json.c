#include "test.h"

#include <jansson.h>

#include "render_fixture.h"

static const struct render_style style = { .format = RENDER_JSON };

static json_t *parsed(void (*draw)(struct render *render))
{
	char *text = printed(style, draw);
	json_error_t error;
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("%s in:\n%s", error.text, text);
	free(text);
	return root;
}

static void assert_row(const json_t *row, const char *expected)
{
	char *text = json_dumps(row, JSON_PRESERVE_ORDER);

	assert_string_equal(text, expected);
	free(text);
}

static void draw_nothing(struct render *render)
{
	(void)render;
}

static void the_envelope_tells_who_answers_and_where(void **state)
{
	json_t *root = parsed(draw_nothing);

	(void)state;
	assert_string_equal(json_string_value(json_object_get(root, "vmspy")), VMSPY_VERSION);
	assert_int_equal(json_integer_value(json_object_get(root, "schema")), 1);
	assert_string_equal(json_string_value(json_object_get(root, "command")), "test");
	assert_row(json_object_get(root, "host"),
		   "{\"kernel\": \"6.18.0\", \"boot_id\": \"an-id\", \"page_bytes\": 4096, "
		   "\"frames\": \"visible\"}");
	json_decref(root);
}

static void draw_things(struct render *render)
{
	struct vmspy_selection columns = vmspy_selection_all(thing_columns);

	render_table_begin(render, "things", &columns);
	render_row(render, &known_things);
	render_row(render, &unknown_things);
	render_total(render, &known_things);
	render_table_end(render);
	render_line(render, "%s", "for people");
}

static void a_table_is_an_array_of_its_rows_without_their_total(void **state)
{
	json_t *root = parsed(draw_things);
	json_t *things = json_object_get(root, "things");

	(void)state;
	assert_int_equal(json_array_size(things), 2);
	assert_row(json_array_get(things, 0),
		   "{\"text\": \"a text\", \"word\": \"word\", \"words\": [\"rd\", \"wr\"], "
		   "\"address\": \"0x7f0000001000\", \"frame\": \"0x1234\", \"offset\": \"0x0\", "
		   "\"bytes\": 1536, \"pages\": 3, \"count\": 12345, \"id\": 42, "
		   "\"duration\": 3100000, \"device\": \"254:1\", \"flag\": true, "
		   "\"value\": {\"hex\": \"64000000\", \"text\": \"100\"}, "
		   "\"rows\": [{\"name\": \"first\", \"value\": {\"hex\": \"01\", "
		   "\"text\": \"1\"}}, {\"name\": \"second\", \"value\": null}], "
		   "\"path\": \"/a/path\"}");
	assert_row(json_array_get(things, 1),
		   "{\"text\": null, \"word\": null, \"words\": null, \"address\": null, "
		   "\"frame\": null, \"offset\": null, \"bytes\": null, \"pages\": null, "
		   "\"count\": null, \"id\": null, \"duration\": null, \"device\": null, "
		   "\"flag\": null, \"value\": null, \"rows\": null, \"path\": null}");
	json_decref(root);
}

static void draw_bad_text(struct render *render)
{
	struct vmspy_selection columns = { 0 };
	struct things things = known_things;

	assert_ok(vmspy_selection_parse(thing_columns, "text,path,words,value,rows", &columns));
	things.text = "\xe9\n\"\x01";
	things.path = "caf\xc3\xa9";
	things.words = "";
	things.value = (struct vmspy_value){ .known = true, .truncated = true, .hex = "00" };
	things.rows.count = 0;
	render_object(render, "bad", &columns, &things);
}

static void text_that_is_no_utf8_is_told(void **state)
{
	json_t *root = parsed(draw_bad_text);

	(void)state;
	assert_row(json_object_get(root, "bad"),
		   "{\"text\": \"\xc3\xa9\\n\\\"\\u0001\", \"path\": \"caf\xc3\xa9\", "
		   "\"words\": [], "
		   "\"value\": {\"hex\": \"00\", \"text\": null, \"truncated\": true}, "
		   "\"rows\": [], \"escaped\": [\"text\"]}");
	json_decref(root);
}

static void draw_bad_parts(struct render *render)
{
	static const struct part parts[] = {
		{ "caf\xc3\xa9", { .known = true, .hex = "e9", .text = "\"\xe9\"" } },
		{ "\xe9", { .known = true, .hex = "c3a9", .text = "\"\xc3\xa9\"" } },
	};
	struct vmspy_selection columns = { 0 };
	struct things things = known_things;

	assert_ok(vmspy_selection_parse(thing_columns, "text,rows", &columns));
	things.rows = (struct vmspy_nested){ part_columns, parts, 2, sizeof(*parts) };
	render_object(render, "bad", &columns, &things);
}

static void rows_inside_a_row_tell_their_own_text_that_is_no_utf8(void **state)
{
	json_t *root = parsed(draw_bad_parts);

	(void)state;
	assert_row(json_object_get(root, "bad"),
		   "{\"text\": \"a text\", \"rows\": ["
		   "{\"name\": \"caf\xc3\xa9\", \"value\": {\"hex\": \"e9\", "
		   "\"text\": \"\\\"\xc3\xa9\\\"\"}, \"escaped\": [\"value\"]}, "
		   "{\"name\": \"\xc3\xa9\", \"value\": {\"hex\": \"c3a9\", "
		   "\"text\": \"\\\"\xc3\xa9\\\"\"}, \"escaped\": [\"name\"]}]}");
	json_decref(root);
}

static void draw_nested(struct render *render)
{
	struct vmspy_selection columns = { 0 };

	assert_ok(vmspy_selection_parse(thing_columns, "id", &columns));
	render_open_array(render, "processes");
	for (int i = 0; i < 2; i++) {
		render_open_object(render, NULL);
		render_members(render, &columns, &known_things);
		render_object(render, "totals", &columns, NULL);
		render_table_begin(render, "none", &columns);
		render_table_end(render);
		render_table_begin(render, NULL, &columns);
		render_row(render, &known_things);
		render_table_end(render);
		render_close(render);
	}
	render_close(render);
	render_open_array(render, "errors");
	render_close(render);
}

static void draw_ratio(struct render *render)
{
	static const struct vmspy_column columns[] = { THING("RATIO", count, VMSPY_UNIT_RATIO),
						       { 0 } };
	struct vmspy_selection selection = vmspy_selection_all(columns);
	struct things things = { .count = 1235 };

	render_object(render, "few", &selection, &things);
	things.count = 1300500;
	render_object(render, "many", &selection, &things);
}

static void a_ratio_is_a_fraction_without_noise(void **state)
{
	char *text = printed(style, draw_ratio);

	(void)state;
	assert_non_null(strstr(text, "{\"count\": 1.235}"));
	assert_non_null(strstr(text, "{\"count\": 1300.5}"));
	free(text);
}

static void draw_changes(struct render *render)
{
	static const struct vmspy_column columns[] = {
		THING("ADDRESS", address, VMSPY_UNIT_PAGES_CHANGE),
		THING("BYTES", bytes, VMSPY_UNIT_BYTES_CHANGE),
		THING("PAGES", pages, VMSPY_UNIT_PAGES_CHANGE),
		{ 0 },
	};
	struct vmspy_selection all = vmspy_selection_all(columns);
	struct things things = {
		.address = vmspy_change_of(3, 2),
		.bytes = vmspy_change_of(2, 1025),
		.pages = vmspy_change_of(VMSPY_UNKNOWN, 2),
	};

	render_object(render, "changed", &all, &things);
}

static void a_change_is_a_number_with_a_sign(void **state)
{
	json_t *root = parsed(draw_changes);

	(void)state;
	assert_row(json_object_get(root, "changed"),
		   "{\"address\": -1, \"bytes\": 1023, \"pages\": null}");
	json_decref(root);
}

static void an_object_fits_on_one_line(void **state)
{
	struct render_style lines = style;
	char *text;

	(void)state;
	lines.one_line = true;
	text = printed(lines, draw_things);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void draw_large(struct render *render)
{
	static const struct vmspy_column columns[] = { THING("BYTES", bytes, VMSPY_UNIT_BYTES),
						       { 0 } };
	struct vmspy_selection selection = vmspy_selection_all(columns);
	struct things things = { .bytes = UINT64_C(0xffff000000000000) };

	render_object(render, "hole", &selection, &things);
}

static void a_number_of_64_bits_is_not_negative(void **state)
{
	json_t *root = parsed(draw_large);
	const json_t *bytes = json_object_get(json_object_get(root, "hole"), "bytes");

	(void)state;
	/* Written with 15 digits. */
	assert_true(json_number_value(bytes) > 18446462598732e6);
	assert_true(json_number_value(bytes) < 18446462598733e6);
	json_decref(root);
}

static void objects_and_arrays_nest_and_may_be_empty(void **state)
{
	json_t *root = parsed(draw_nested);

	(void)state;
	assert_row(json_object_get(root, "processes"),
		   "[{\"id\": 42, \"totals\": null, \"none\": []}, "
		   "{\"id\": 42, \"totals\": null, \"none\": []}]");
	assert_row(json_object_get(root, "errors"), "[]");
	json_decref(root);
}

TEST_MAIN(TEST(the_envelope_tells_who_answers_and_where), TEST(a_change_is_a_number_with_a_sign),
	  TEST(an_object_fits_on_one_line),
	  TEST(a_table_is_an_array_of_its_rows_without_their_total),
	  TEST(text_that_is_no_utf8_is_told),
	  TEST(rows_inside_a_row_tell_their_own_text_that_is_no_utf8),
	  TEST(objects_and_arrays_nest_and_may_be_empty), TEST(a_ratio_is_a_fraction_without_noise),
	  TEST(a_number_of_64_bits_is_not_negative))
