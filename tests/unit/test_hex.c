#include "test.h"

#include "render/hex.h"

#define ZEROS  "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00"
#define NOTEXT "|................|"

enum {
	LINES = 5,
	SIZE = LINES * HEX_LINE_BYTES,
};

struct fixture {
	unsigned char a[SIZE], b[SIZE];
	const char *note[LINES];
};

/* Text on the second line, which differs in two bytes; otherwise zeros. */
static struct fixture begin(void)
{
	struct fixture fixture = { 0 };

	memcpy(fixture.a + HEX_LINE_BYTES, "hello \x80", 7);
	memcpy(fixture.b + HEX_LINE_BYTES, "hallo \x81", 7);
	return fixture;
}

static void assert_lines(const struct hex_page *page, struct hex_style style, const char *expected)
{
	struct vmspy_buf buf = { 0 };

	assert_ok(hex_append(&buf, page, &style));
	assert_string_equal(vmspy_buf_text(&buf), expected);
	vmspy_buf_deinit(&buf);
}

static void a_stands_above_b_and_what_differs_is_marked_below(void **state)
{
	struct fixture fixture = begin();
	struct hex_page page = { fixture.a, fixture.b, SIZE, NULL };

	(void)state;
	assert_lines(
		&page, (struct hex_style){ 0 },
		"0000    " ZEROS "  " NOTEXT "\n"
		"0010 a  68 65 6c 6c 6f 20 80 00  00 00 00 00 00 00 00 00  |hello ..........|\n"
		"     b  68 61 6c 6c 6f 20 81 00  00 00 00 00 00 00 00 00  |hallo ..........|\n"
		"           ^^             ^^\n"
		"0020    " ZEROS "  " NOTEXT "\n"
		"*\n");
}

static void a_note_stands_beside_the_marks_if_it_fits(void **state)
{
	struct fixture fixture = begin();
	struct hex_page page = { fixture.a, fixture.b, 2 * HEX_LINE_BYTES, fixture.note };

	(void)state;
	fixture.note[1] = "a_name_of_22_columns_x";
	assert_lines(
		&page, (struct hex_style){ .width = 81 },
		"0000    " ZEROS "  " NOTEXT "\n"
		"0010 a  68 65 6c 6c 6f 20 80 00  00 00 00 00 00 00 00 00  |hello ..........|\n"
		"     b  68 61 6c 6c 6f 20 81 00  00 00 00 00 00 00 00 00  |hallo ..........|\n"
		"           ^^             ^^                               "
		"a_name_of_22_columns_x\n");
	assert_lines(
		&page, (struct hex_style){ .width = 80 },
		"0000    " ZEROS "  " NOTEXT "\n"
		"0010 a  68 65 6c 6c 6f 20 80 00  00 00 00 00 00 00 00 00  |hello ..........|\n"
		"     b  68 61 6c 6c 6f 20 81 00  00 00 00 00 00 00 00 00  |hallo ..........|\n"
		"           ^^             ^^\n"
		"        a_name_of_22_columns_x\n");
}

static void colours_take_the_place_of_the_marks(void **state)
{
	struct fixture fixture = begin();
	struct hex_page page = { fixture.a + 16, fixture.b + 16, HEX_LINE_BYTES, fixture.note };

	(void)state;
	fixture.note[0] = "name";
	assert_lines(&page, (struct hex_style){ .coloured = true },
		     "0000 a  68 \033[1;31m65\033[0m 6c 6c 6f 20 \033[1;31m80\033[0m 00  "
		     "00 00 00 00 00 00 00 00  "
		     "|h\033[1;31me\033[0mllo \033[1;31m.\033[0m.........|\n"
		     "     b  68 \033[1;32m61\033[0m 6c 6c 6f 20 \033[1;32m81\033[0m 00  "
		     "00 00 00 00 00 00 00 00  "
		     "|h\033[1;32ma\033[0mllo \033[1;32m.\033[0m.........|\n"
		     "        name\n");
}

static void a_wide_terminal_has_both_beside_each_other(void **state)
{
	struct fixture fixture = begin();
	struct hex_page page = { fixture.a, fixture.b, 2 * HEX_LINE_BYTES, fixture.note };

	(void)state;
	fixture.note[1] = "name";
	assert_lines(&page, (struct hex_style){ .width = 200 },
		     "0000 " ZEROS "  " NOTEXT "  " ZEROS "  " NOTEXT "\n"
		     "0010 68 65 6c 6c 6f 20 80 00  00 00 00 00 00 00 00 00  |hello ..........|"
		     "  68 61 6c 6c 6f 20 81 00  00 00 00 00 00 00 00 00  |hallo ..........|"
		     "  name\n"
		     "        ^^             ^^                                               "
		     "      ^^             ^^\n");
}

static void a_side_without_bytes_is_not_shown(void **state)
{
	struct fixture fixture = begin();
	struct hex_page only_a = { .a = fixture.a + 16, .size = HEX_LINE_BYTES };
	struct hex_page only_b = { .b = fixture.b + 16, .size = HEX_LINE_BYTES };

	(void)state;
	assert_lines(&only_a, (struct hex_style){ .width = 200, .coloured = true },
		     "0000 a  68 65 6c 6c 6f 20 80 00  00 00 00 00 00 00 00 00  "
		     "|hello ..........|\n");
	assert_lines(&only_b, (struct hex_style){ 0 },
		     "0000 b  68 61 6c 6c 6f 20 81 00  00 00 00 00 00 00 00 00  "
		     "|hallo ..........|\n");
}

static void lines_that_differ_alike_are_folded_unless_there_is_something_to_say(void **state)
{
	struct fixture fixture = { 0 };
	struct hex_page page = { fixture.a, fixture.b, SIZE, fixture.note };

	(void)state;
	for (size_t i = 0; i < LINES; i++)
		fixture.b[i * HEX_LINE_BYTES] = 1;
	fixture.note[3] = "name";
	assert_lines(&page, (struct hex_style){ 0 },
		     "0000 a  " ZEROS "  " NOTEXT "\n"
		     "     b  01 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  " NOTEXT "\n"
		     "        ^^\n"
		     "*\n"
		     "0030 a  " ZEROS "  " NOTEXT "\n"
		     "     b  01 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  " NOTEXT "\n"
		     "        ^^                                                 name\n"
		     "*\n");
}

TEST_MAIN(TEST(a_stands_above_b_and_what_differs_is_marked_below),
	  TEST(a_note_stands_beside_the_marks_if_it_fits),
	  TEST(colours_take_the_place_of_the_marks),
	  TEST(a_wide_terminal_has_both_beside_each_other), TEST(a_side_without_bytes_is_not_shown),
	  TEST(lines_that_differ_alike_are_folded_unless_there_is_something_to_say))
