#include "test.h"

#include "base/escape.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
	const char *name;
	const char *text;
	size_t length;
	const char *line; /* what a terminal gets */
	const char *json;
	bool escaped;
} rows[] = {
	{ "plain text stays", TEXT("/usr/bin/cat"), "/usr/bin/cat", "/usr/bin/cat", false },
	{ "nothing stays nothing", TEXT(""), "", "", false },
	{ "a backslash stays", TEXT("a\\012b"), "a\\012b", "a\\012b", false },
	{ "printable UTF-8 stays", TEXT("ä日本🎉"), "ä日本🎉", "ä日本🎉", false },
	{ "the last character of each length", TEXT("\x7e\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf"),
	  "\x7e\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\x7e\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf",
	  false },
	{ "control characters", TEXT("a\x1b[0m\n\tb\x7f"), "a\\x1b[0m\\x0a\\x09b\\x7f",
	  "a\x1b[0m\n\tb\x7f", false },
	{ "C1 controls are two bytes", TEXT("\xc2\x9b\xc2\xa0"), "\\xc2\\x9b\xc2\xa0",
	  "\xc2\x9b\xc2\xa0", false },
	{ "bidirectional controls", TEXT("\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xe2\x80\x8f"),
	  "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xd8\\x9c\\xe2\\x80\\x8f",
	  "\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xe2\x80\x8f", false },
	{ "line separators", TEXT("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", "\xe2\x80\xa8", false },
	{ "a stray byte", TEXT("caf\xe9!"), "caf\\xe9!", "caf\xc3\xa9!", true },
	{ "one bad byte escapes all high ones in JSON", TEXT("\xc3\xa4\xff"), "\xc3\xa4\\xff",
	  "\xc3\x83\xc2\xa4\xc3\xbf", true },
	{ "a sequence that is cut off", TEXT("x\xe6\x97"), "x\\xe6\\x97", "x\xc3\xa6\xc2\x97",
	  true },
	{ "a continuation alone", TEXT("\x80"), "\\x80", "\xc2\x80", true },
	{ "an overlong form", TEXT("\xc0\xaf\xe0\x80\xaf"), "\\xc0\\xaf\\xe0\\x80\\xaf",
	  "\xc3\x80\xc2\xaf\xc3\xa0\xc2\x80\xc2\xaf", true },
	{ "a surrogate", TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80", "\xc3\xad\xc2\xa0\xc2\x80",
	  true },
	{ "beyond Unicode", TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80",
	  "\xc3\xb4\xc2\x90\xc2\x80\xc2\x80", true },
	{ "a five-byte lead", TEXT("\xf8\x88"), "\\xf8\\x88", "\xc3\xb8\xc2\x88", true },
};

static void lines_are_safe_to_print(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_buf buf = { 0 };

		test_row(rows[i].name);
		assert_ok(vmspy_escape_line(&buf, rows[i].text, rows[i].length));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].line);
		vmspy_buf_deinit(&buf);
	}
}

static void json_keeps_every_byte_recoverable(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_buf buf = { 0 };
		bool escaped = false;

		test_row(rows[i].name);
		assert_ok(vmspy_escape_json(&buf, rows[i].text, rows[i].length, &escaped));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].json);
		assert_int_equal(escaped, rows[i].escaped);
		assert_int_equal(vmspy_escape_is_utf8(rows[i].text, rows[i].length),
				 !rows[i].escaped);
		vmspy_buf_deinit(&buf);
	}
}

static void escaping_appends(void **state)
{
	struct vmspy_buf buf = { 0 };
	bool escaped = true;

	(void)state;
	assert_ok(vmspy_escape_line(&buf, "a\n", 2));
	assert_ok(vmspy_escape_json(&buf, "b", 1, &escaped));
	assert_string_equal(vmspy_buf_text(&buf), "a\\x0ab");
	assert_true(escaped);
	vmspy_buf_deinit(&buf);
}

static void a_nul_byte_is_a_control_character(void **state)
{
	struct vmspy_buf buf = { 0 };

	(void)state;
	assert_ok(vmspy_escape_line(&buf, "a\0b", 3));
	assert_string_equal(vmspy_buf_text(&buf), "a\\x00b");
	vmspy_buf_deinit(&buf);
}

TEST_MAIN(TEST(lines_are_safe_to_print), TEST(json_keeps_every_byte_recoverable),
	  TEST(escaping_appends), TEST(a_nul_byte_is_a_control_character))
