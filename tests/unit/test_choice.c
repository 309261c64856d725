#include "test.h"

#include <string.h>

#include "choice.h"

static struct vmspy_error *choose(enum option_id id, const char *value, struct choice *ret)
{
	struct arguments arguments = { .given = OPTION_BIT(id) };

	arguments.value[id] = value;
	return choice_parse(&arguments, ret);
}

static const struct vmspy_mapping library = {
	.vma = { .start = 0x7f0000001000, .end = 0x7f0000003000, .name = "/usr/lib/libc.so.6" },
	.kind = VMSPY_KIND_TEXT,
};

static const struct vmspy_mapping nameless = {
	.vma = { .start = 0x1000, .end = 0x2000 },
	.kind = VMSPY_KIND_ANON,
};

static void without_an_option_every_mapping_is_meant(void **state)
{
	struct arguments arguments = { 0 };
	struct choice choice;

	(void)state;
	assert_ok(choice_parse(&arguments, &choice));
	assert_true(choice_takes(&choice, &library) && choice_takes(&choice, &nameless));
}

static const struct {
	const char *word;
	bool takes_library, takes_nameless;
} ranges[] = {
	{ "0x1fff-0x2001", false, true },
	{ "0x2000-0x3000", false, false },
	{ "8192-", true, false },
	{ "-0x1001", false, true },
	{ "-0x1000", false, false },
	{ "0x7f0000002fff-0x7f0000003000", true, false },
	{ "-", true, true },
};

static void a_range_means_what_overlaps_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(ranges); i++) {
		struct choice choice;

		assert_ok(choose(OPTION_RANGE, ranges[i].word, &choice));
		assert_int_equal(choice_takes(&choice, &library), ranges[i].takes_library);
		assert_int_equal(choice_takes(&choice, &nameless), ranges[i].takes_nameless);
	}
}

static void kinds_are_a_list_of_their_names(void **state)
{
	struct choice choice;

	(void)state;
	assert_ok(choose(OPTION_KIND, "heap,text", &choice));
	assert_true(choice_takes(&choice, &library) && !choice_takes(&choice, &nameless));
}

static const struct {
	const char *pattern;
	bool takes_library;
} patterns[] = {
	{ "libc.so.6", true },    { "/usr/lib/libc.so.6", true },
	{ "libc*", true },        { "*/lib/*", true },
	{ "lib", false },         { "libm*", false },
	{ "[lm]ibc.so.?", true },
};

static void a_pattern_means_the_path_or_its_last_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(patterns); i++) {
		struct choice choice;

		assert_ok(choose(OPTION_OBJECT, patterns[i].pattern, &choice));
		assert_int_equal(choice_takes(&choice, &library), patterns[i].takes_library);
		assert_false(choice_takes(&choice, &nameless));
	}
}

static const struct {
	enum option_id id;
	const char *word, *says;
} bad_words[] = {
	{ OPTION_RANGE, "0x1000", "missing its '-'" },
	{ OPTION_RANGE, "0x2000-0x1000", "ends before it begins" },
	{ OPTION_RANGE, "7f00-0x8000", "did you mean '0x7f00'?" },
	{ OPTION_RANGE, "0x1-x", "is no address" },
	{ OPTION_RANGE, "", "is no range" },
	{ OPTION_KIND, "heep", "did you mean 'heap'?" },
	{ OPTION_KIND, "heap,", "unknown kind ''" },
	{ OPTION_KIND, "", "unknown kind ''" },
};

static void what_is_none_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad_words); i++) {
		struct choice choice;
		struct vmspy_error *err = choose(bad_words[i].id, bad_words[i].word, &choice);

		assert_error(err, VMSPY_ERROR_BAD_DATA, bad_words[i].says);
	}
}

TEST_MAIN(TEST(without_an_option_every_mapping_is_meant), TEST(a_range_means_what_overlaps_it),
	  TEST(kinds_are_a_list_of_their_names), TEST(a_pattern_means_the_path_or_its_last_part),
	  TEST(what_is_none_is_refused))
