#include "test.h"

#include "base/texts.h"

static void texts_are_copied_and_stay_where_they_are(void **state)
{
	enum {
		COUNT = 5000
	};
	struct vmspy_texts texts = { 0 };
	const char *kept[COUNT];
	char text[32];

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		int length = snprintf(text, sizeof(text), "text %d", i);

		assert_ok(vmspy_texts_add(&texts, text, (size_t)length, &kept[i]));
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		assert_string_equal(kept[i], text);
	}
	vmspy_texts_deinit(&texts);
}

static void neighbours_that_are_equal_are_one(void **state)
{
	struct vmspy_texts texts = { 0 };
	const char *a, *b, *c, *d;

	(void)state;
	assert_ok(vmspy_texts_add(&texts, "abc", 3, &a));
	assert_ok(vmspy_texts_add(&texts, "abcd", 3, &b));
	assert_ok(vmspy_texts_add(&texts, "abcd", 4, &c));
	assert_ok(vmspy_texts_add(&texts, "", 0, &d));
	assert_ptr_equal(a, b);
	assert_string_equal(a, "abc");
	assert_string_equal(c, "abcd");
	assert_string_equal(d, "");
	vmspy_texts_deinit(&texts);
}

static void a_text_may_be_of_any_length(void **state)
{
	enum {
		LENGTH = 100000
	};
	struct vmspy_texts texts = { 0 };
	char *text = malloc(LENGTH);
	const char *kept;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LENGTH);
	assert_ok(vmspy_texts_add(&texts, text, LENGTH, &kept));
	assert_int_equal(strlen(kept), LENGTH);
	free(text);
	vmspy_texts_deinit(&texts);
}

TEST_MAIN(TEST(texts_are_copied_and_stay_where_they_are), TEST(neighbours_that_are_equal_are_one),
	  TEST(a_text_may_be_of_any_length))
