#include "test.h"

#include "report/nearest.h"

static const char *nearest_of(const char *wanted, const char *const *names)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(wanted, strlen(wanted));

	for (; *names; names++)
		vmspy_nearest_try(&nearest, *names);
	return nearest.name;
}

static const char *const names[] = { "maps", "diff", "demo", "help", "list-columns", NULL };

static void a_slip_of_the_hand_is_understood(void **state)
{
	(void)state;
	assert_string_equal(nearest_of("mpas", names), "maps");
	assert_string_equal(nearest_of("map", names), "maps");
	assert_string_equal(nearest_of("mmaps", names), "maps");
	assert_string_equal(nearest_of("dif", names), "diff");
	assert_string_equal(nearest_of("HELP", names), "help");
	assert_string_equal(nearest_of("list-colums", names), "list-columns");
}

static void another_word_is_no_slip(void **state)
{
	(void)state;
	assert_null(nearest_of("xyzzy", names));
	assert_null(nearest_of("", names));
	assert_null(nearest_of("x", names));
}

static void a_word_has_nothing_in_common_with_one_that_it_could_replace_wholly(void **state)
{
	static const char *const short_names[] = { "ab", NULL };

	(void)state;
	assert_null(nearest_of("xy", short_names));
	assert_null(nearest_of("xyzabcdef", short_names));
}

static void the_first_of_equally_near_names_is_kept(void **state)
{
	static const char *const pair[] = { "start", "smart", NULL };

	(void)state;
	assert_string_equal(nearest_of("sart", pair), "start");
}

static void words_of_any_length_are_compared_in_bounds(void **state)
{
	char wanted[200], longest[65];
	const char *pair[] = { longest, NULL };

	(void)state;
	memset(wanted, 'a', sizeof(wanted) - 1);
	wanted[sizeof(wanted) - 1] = '\0';
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_null(nearest_of(wanted, pair));
	wanted[63] = '\0';
	assert_ptr_equal(nearest_of(wanted, pair), longest);
}

TEST_MAIN(TEST(a_slip_of_the_hand_is_understood), TEST(another_word_is_no_slip),
	  TEST(a_word_has_nothing_in_common_with_one_that_it_could_replace_wholly),
	  TEST(the_first_of_equally_near_names_is_kept),
	  TEST(words_of_any_length_are_compared_in_bounds))
