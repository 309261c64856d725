#include "test.h"

#include "folded.h"

static const struct vmspy_code_row stack[] = {
	{ .symbol = "inner;most" },
	{ .object = "/usr/lib/libfoo.so" },
	{ .ip = 1 },
	{ .symbol = "main" },
};

static const struct vmspy_code_row kernel = { .object = "[kernel]" };

static struct vmspy_trace_row copy_with(size_t frames)
{
	return (struct vmspy_trace_row){
		.comm = "a program",
		.access = frames ? "user" : NULL,
		.code = { vmspy_code_columns, stack, frames ? 1 : 0, sizeof(*stack), true },
		.stack = { vmspy_code_columns, stack, frames, sizeof(*stack), false },
	};
}

/* ret: what is printed; the caller's to free. */
static char *printed(struct folded *folded)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	folded_print(folded, out);
	fclose(out);
	return text;
}

static void assert_folded(const struct vmspy_trace_row *row, const char *expected)
{
	struct folded folded = { 0 };
	char *text;

	assert_ok(folded_add(&folded, row));
	text = printed(&folded);
	assert_string_equal(text, expected);
	free(text);
	folded_deinit(&folded);
}

static void the_outermost_function_comes_first(void **state)
{
	struct vmspy_trace_row row = copy_with(TEST_COUNT(stack));

	(void)state;
	assert_folded(&row, "a program;main;[unknown];[libfoo.so];inner:most 1\n");
}

static void the_kernel_writes_for_who_called_it(void **state)
{
	struct vmspy_trace_row row = copy_with(1);

	(void)state;
	row.access = "kernel";
	row.code.rows = &kernel;
	assert_folded(&row, "a program;inner:most;[kernel] 1\n");
}

static void a_copy_that_nobody_saw_is_told_so(void **state)
{
	struct vmspy_trace_row row = copy_with(0);

	(void)state;
	assert_folded(&row, "a program;[unobserved] 1\n");
}

static void equal_stacks_are_one_line_and_the_most_come_first(void **state)
{
	struct vmspy_trace_row once = copy_with(0), often = copy_with(1);
	struct folded folded = { 0 };
	char *text;

	(void)state;
	assert_ok(folded_add(&folded, &once));
	for (int i = 0; i < 300; i++)
		assert_ok(folded_add(&folded, &often));
	text = printed(&folded);
	assert_string_equal(text, "a program;inner:most 300\na program;[unobserved] 1\n");
	free(text);
	folded_deinit(&folded);
}

TEST_MAIN(TEST(the_outermost_function_comes_first), TEST(the_kernel_writes_for_who_called_it),
	  TEST(a_copy_that_nobody_saw_is_told_so),
	  TEST(equal_stacks_are_one_line_and_the_most_come_first))
