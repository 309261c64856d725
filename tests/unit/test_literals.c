#include "test.h"

#include "symbol/literals.h"

static const struct {
	const char *name;
	const char *bytes;
	size_t count;
	const char *wanted; /* NULL: no text */
} rows[] = {
#define BYTES(text) text, sizeof(text) - 1
	{ "a text between two NULs", BYTES("\0text\0more"), "\"text\"" },
	{ "no NUL before it: the end of another", BYTES("xtext\0"), NULL },
	{ "three characters say too little", BYTES("\0abc\0"), NULL },
	{ "line ends and tabs as in C", BYTES("\0a\tb\r\n\0"), "\"a\\tb\\r\\n\"" },
	{ "quotes and backslashes are escaped", BYTES("\0\"a\\b\"\0"), "\"\\\"a\\\\b\\\"\"" },
	{ "UTF-8", BYTES("\0gr\xc3\xbc\xc3\x9f\x65\0"), "\"gr\xc3\xbc\xc3\x9f\x65\"" },
	{ "not UTF-8", BYTES("\0gr\xfc\xdf\x65\0"), NULL },
	{ "a control character", BYTES("\0a\x1b[0m\0"), NULL },
	{ "no end in sight", BYTES("\0text"), NULL },
	{ "nothing", BYTES(""), NULL },
	{ "what turns the direction of text is escaped", BYTES("\0a\xe2\x80\xae_b\0"),
	  "\"a\\xe2\\x80\\xae_b\"" },
	{ "long texts are cut",
	  BYTES("\0 123456789 123456789 123456789 123456789 123456789 123456789 123456789\0"),
	  "\" 123456789 123456789 123456789 123456789 123456789 123456789...\"" },
	{ "and not inside a character",
	  BYTES("\0 123456789 123456789 123456789 123456789 123456789 12345678\xc3\xbc and more\0"),
	  "\" 123456789 123456789 123456789 123456789 123456789 12345678...\"" },
#undef BYTES
};

static void texts_are_quoted(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_buf buf = { 0 };

		test_row(rows[i].name);
		assert_ok(vmspy_literal_quote(rows[i].bytes, rows[i].count, &buf));
		assert_string_equal(vmspy_buf_text(&buf), rows[i].wanted ? rows[i].wanted : "");
		vmspy_buf_deinit(&buf);
	}
}

TEST_MAIN(TEST(texts_are_quoted))
