#include "test.h"

#include "report/content_rows.h"

static struct vmspy_pair pair_of(enum vmspy_content mode, bool exact)
{
	return (struct vmspy_pair){
		.runs.page_bytes = 4096,
		.totals = { .compared_pages = 100,
			    .identical_pages = 99,
			    .changed_bytes = 4,
			    .comparable_pages = 1000 },
		.content = { .mode = mode,
			     .exact = exact,
			     .estimate = { 1000, 990, 40 },
			     .step_pages = { 99, 1 } },
		.timing.bytes_ns = 7,
	};
}

static void an_exact_answer_is_no_sample(void **state)
{
	struct vmspy_pair pair = pair_of(VMSPY_CONTENT_ALL, true);
	struct vmspy_content_row row = vmspy_content_row_of(&pair);

	(void)state;
	assert_string_equal(row.mode, "all");
	assert_int_equal(row.exact, 1);
	assert_int_equal(row.sampled_of_pages, VMSPY_UNKNOWN);
}

static void a_sample_tells_of_how_many(void **state)
{
	struct vmspy_pair pair = pair_of(VMSPY_CONTENT_SAMPLE, false);
	struct vmspy_content_row row = vmspy_content_row_of(&pair);

	(void)state;
	assert_string_equal(row.mode, "sample");
	assert_int_equal(row.exact, 0);
	assert_int_equal(row.compared_pages, 100);
	assert_int_equal(row.sampled_of_pages, 1000);
	assert_int_equal(row.estimated_identical_pages, 990);
	assert_int_equal(row.amplification, 102400000);
	assert_int_equal(row.read_ns, 7);
}

static void what_was_not_read_is_neither_exact_nor_a_sample(void **state)
{
	struct vmspy_pair pair = { .content = { .mode = VMSPY_CONTENT_NONE,
						.estimate = vmspy_estimate_unknown() } };
	struct vmspy_content_row row = vmspy_content_row_of(&pair);

	(void)state;
	assert_string_equal(row.mode, "none");
	assert_int_equal(row.exact, VMSPY_UNKNOWN);
	assert_int_equal(row.sampled_of_pages, VMSPY_UNKNOWN);
	assert_int_equal(row.estimated_identical_pages, VMSPY_UNKNOWN);
	assert_int_equal(row.amplification, VMSPY_UNKNOWN);
}

static void the_steps_of_the_histogram_touch(void **state)
{
	struct vmspy_pair pair = pair_of(VMSPY_CONTENT_ALL, true);
	uint64_t next = 0;

	(void)state;
	for (size_t step = 0; step < VMSPY_CHANGE_STEPS; step++) {
		struct vmspy_change_row row = vmspy_change_row_of(&pair, step);

		assert_int_equal(row.from_bytes, next);
		assert_true(row.to_bytes >= row.from_bytes);
		assert_int_equal(row.pages, pair.content.step_pages[step]);
		next = row.to_bytes + 1;
	}
	assert_int_equal(next, 4096 + 1);
}

static void every_content_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(vmspy_content_name(VMSPY_CONTENT_SAMPLE), "sample");
	assert_null(vmspy_content_name(VMSPY_CONTENT_NONE + 1));
}

TEST_MAIN(TEST(an_exact_answer_is_no_sample), TEST(a_sample_tells_of_how_many),
	  TEST(what_was_not_read_is_neither_exact_nor_a_sample),
	  TEST(the_steps_of_the_histogram_touch), TEST(every_content_has_a_word))
