#include "test.h"

#include "command.h"
#include "options.h"

static const struct command command = {
	.name = "test",
	.arguments = "A [B]",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_QUIET),
	.operands_min = 1,
	.operands_max = 2,
};

/* Up to eight words; what is parsed borrows them. */
struct words {
	const char *word[9];
};

static struct vmspy_error *parse(struct words *words, struct arguments *ret)
{
	size_t count = 0;

	while (words->word[count])
		count++;
	/* argv is not const, for historical reasons. */
	return arguments_parse(&command, (char **)(uintptr_t)words->word, count, ret);
}

#define WORDS(...)                                                                                 \
	(struct words)                                                                             \
	{                                                                                          \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static void options_and_operands_may_be_mixed(void **state)
{
	struct words words = WORDS("-b", "one", "--json", "two", "-q");
	struct arguments arguments;

	(void)state;
	assert_ok(parse(&words, &arguments));
	assert_true(is_given(&arguments, OPTION_BYTES));
	assert_true(is_given(&arguments, OPTION_JSON));
	assert_true(is_given(&arguments, OPTION_QUIET));
	assert_false(is_given(&arguments, OPTION_RAW));
	assert_int_equal(arguments.operand_count, 2);
	assert_string_equal(arguments.operand[0], "one");
	assert_string_equal(arguments.operand[1], "two");
}

static void an_argument_may_be_written_in_four_ways(void **state)
{
	struct words ways[] = {
		WORDS("x", "-oLIST"),        WORDS("x", "-o", "LIST"),
		WORDS("x", "--output=LIST"), WORDS("x", "--output", "LIST"),
		WORDS("x", "-bnoLIST"),      WORDS("-bno", "LIST", "x"),
	};
	struct arguments arguments;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(ways); i++) {
		assert_ok(parse(&ways[i], &arguments));
		assert_string_equal(arguments.value[OPTION_OUTPUT], "LIST");
		assert_int_equal(arguments.operand_count, 1);
		assert_string_equal(arguments.operand[0], "x");
	}
}

static void an_optional_argument_follows_an_equals_sign(void **state)
{
	struct words without = WORDS("--color", "never"), with = WORDS("--color=never", "x");
	struct arguments arguments;

	(void)state;
	assert_ok(parse(&without, &arguments));
	assert_null(arguments.value[OPTION_COLOR]);
	assert_string_equal(arguments.operand[0], "never");
	assert_ok(parse(&with, &arguments));
	assert_string_equal(arguments.value[OPTION_COLOR], "never");
}

static void the_last_of_several_arguments_counts(void **state)
{
	struct words words = WORDS("-oA", "x", "--output=B");
	struct arguments arguments;

	(void)state;
	assert_ok(parse(&words, &arguments));
	assert_string_equal(arguments.value[OPTION_OUTPUT], "B");
}

static void two_minus_signs_end_the_options(void **state)
{
	struct words words = WORDS("--", "-b", "--");
	struct arguments arguments;

	(void)state;
	assert_ok(parse(&words, &arguments));
	assert_int_equal(arguments.operand_count, 2);
	assert_string_equal(arguments.operand[0], "-b");
	assert_string_equal(arguments.operand[1], "--");
	assert_int_equal(arguments.given, 0);
}

static void a_minus_sign_alone_or_before_a_digit_is_an_operand(void **state)
{
	struct words words = WORDS("-", "-1");
	struct arguments arguments;

	(void)state;
	assert_ok(parse(&words, &arguments));
	assert_int_equal(arguments.operand_count, 2);
}

static void help_and_lists_need_no_operands(void **state)
{
	struct words ways[] = { WORDS("-h"), WORDS("--version"), WORDS("-H"),
				WORDS("-h", "1", "2", "3") };
	struct arguments arguments;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(ways); i++)
		assert_ok(parse(&ways[i], &arguments));
}

static void mistakes_are_told(void **state)
{
	static const struct {
		const char *message;
		struct words words;
	} rows[] = {
		{ "unknown option '--jsn' (did you mean '--json'?)", { { "x", "--jsn" } } },
		{ "unknown option '--xyzzy' ('vmspy help test' lists them)", { { "--xyzzy" } } },
		{ "unknown option '--json-' (did you mean '--json'?)", { { "--json-=x" } } },
		{ "unknown option '-Z'", { { "-bZ" } } },
		{ "unknown option '--layout'", { { "x", "--layout" } } },
		{ "option '--output' needs an argument: LIST", { { "x", "-o" } } },
		{ "option '--output' needs an argument: LIST", { { "x", "--output" } } },
		{ "option '--json' takes no argument", { { "x", "--json=" } } },
		{ "options '--json' and '--raw' exclude each other", { { "x", "-rJ" } } },
		{ "options '--output' and '--output-all' exclude each other",
		  { { "x", "-oX", "--output-all" } } },
		{ "too few arguments (usage: vmspy test [OPTION...] A [B])", { { "-b" } } },
		{ "too many arguments", { { "1", "2", "3" } } },
	};
	struct arguments arguments;

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct words words = rows[i].words;

		assert_error(parse(&words, &arguments), VMSPY_ERROR_BAD_DATA, rows[i].message);
	}
}

static void every_option_is_described_once(void **state)
{
	(void)state;
	for (enum option_id id = 0; id < OPTION_COUNT; id++) {
		const struct option_spec *spec = &option_specs[id];

		assert_non_null(spec->name);
		assert_true(strlen(spec->help) > 5);
		for (enum option_id other = 0; other < id; other++) {
			assert_string_not_equal(spec->name, option_specs[other].name);
			assert_true(!spec->letter || spec->letter != option_specs[other].letter);
		}
	}
}

TEST_MAIN(TEST(options_and_operands_may_be_mixed), TEST(an_argument_may_be_written_in_four_ways),
	  TEST(an_optional_argument_follows_an_equals_sign),
	  TEST(the_last_of_several_arguments_counts), TEST(two_minus_signs_end_the_options),
	  TEST(a_minus_sign_alone_or_before_a_digit_is_an_operand),
	  TEST(help_and_lists_need_no_operands), TEST(mistakes_are_told),
	  TEST(every_option_is_described_once))
