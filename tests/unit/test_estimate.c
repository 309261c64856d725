#include "test.h"

#include "compare/estimate.h"
#include "compare/pair.h"

#define UNKNOWN VMSPY_ESTIMATE_UNKNOWN

static void an_estimate_is_exact_or_scaled_or_unknown(void **state)
{
	static const struct {
		const char *name;
		struct vmspy_counts counts;
		struct vmspy_estimate expected;
	} rows[] = {
		{ "nothing to compare", { .comparable_pages = 0 }, { 0, 0, 0 } },
		{ "all, however few",
		  { .comparable_pages = 3,
		    .drawn_pages = 3,
		    .compared_pages = 3,
		    .identical_pages = 2,
		    .changed_bytes = 7 },
		  { 3, 2, 7 } },
		{ "all that were drawn, of which one cannot be read",
		  { .comparable_pages = 3,
		    .drawn_pages = 3,
		    .compared_pages = 2,
		    .identical_pages = 1,
		    .changed_bytes = 7 },
		  { 2, 1, 7 } },
		{ "a tenth",
		  { .comparable_pages = 1000,
		    .drawn_pages = 100,
		    .compared_pages = 90,
		    .identical_pages = 45,
		    .changed_bytes = 7 },
		  { 900, 450, 70 } },
		{ "rounded",
		  { .comparable_pages = 200,
		    .drawn_pages = 128,
		    .compared_pages = 128,
		    .identical_pages = 1,
		    .changed_bytes = 3 },
		  { 200, 2, 5 } },
		{ "too few for an estimate",
		  { .comparable_pages = 1000, .drawn_pages = 100, .compared_pages = 63 },
		  { UNKNOWN, UNKNOWN, UNKNOWN } },
		{ "none were drawn", { .comparable_pages = 1 }, { UNKNOWN, UNKNOWN, UNKNOWN } },
		{ "some count because they differ",
		  { .comparable_pages = 1000,
		    .drawn_pages = 100,
		    .compared_pages = 100,
		    .proven_pages = 1 },
		  { UNKNOWN, UNKNOWN, UNKNOWN } },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_estimate got = vmspy_estimate_of(&rows[i].counts);

		test_row(rows[i].name);
		assert_int_equal(got.compared_pages, rows[i].expected.compared_pages);
		assert_int_equal(got.identical_pages, rows[i].expected.identical_pages);
		assert_int_equal(got.changed_bytes, rows[i].expected.changed_bytes);
	}
}

static void what_is_unknown_of_some_is_unknown_of_all(void **state)
{
	const struct vmspy_estimate some = { 10, 5, 100 }, none = vmspy_estimate_unknown();
	struct vmspy_estimate sum = { 0 };

	(void)state;
	vmspy_estimate_add(&sum, &some);
	vmspy_estimate_add(&sum, &some);
	assert_int_equal(sum.identical_pages, 10);
	assert_int_equal(sum.changed_bytes, 200);
	vmspy_estimate_add(&sum, &none);
	vmspy_estimate_add(&sum, &some);
	assert_int_equal(sum.compared_pages, UNKNOWN);
	assert_int_equal(sum.changed_bytes, UNKNOWN);
}

static void amplification_is_never_infinite(void **state)
{
	const struct vmspy_estimate whole = { 2, 0, 8192 }, little = { 3, 2, 10 },
				    nothing = { 3, 3, 0 }, none = vmspy_estimate_unknown();

	(void)state;
	assert_int_equal(vmspy_estimate_amplification(&whole, 4096), 1000);
	assert_int_equal(vmspy_estimate_amplification(&little, 4096), 1228800);
	assert_int_equal(vmspy_estimate_amplification(&nothing, 4096), UNKNOWN);
	assert_int_equal(vmspy_estimate_amplification(&none, 4096), UNKNOWN);
}

static void each_number_of_bytes_has_a_step(void **state)
{
	size_t step = 0;

	(void)state;
	assert_int_equal(vmspy_change_step_max(0, 4096), 0);
	assert_int_equal(vmspy_change_step_max(VMSPY_CHANGE_STEPS - 1, 4096), 4096);
	for (uint32_t bytes = 0; bytes <= 4096; bytes++) {
		step += bytes > vmspy_change_step_max(step, 4096);
		assert_int_equal(vmspy_change_step(bytes), step);
	}
	assert_int_equal(step, VMSPY_CHANGE_STEPS - 1);
}

TEST_MAIN(TEST(an_estimate_is_exact_or_scaled_or_unknown),
	  TEST(what_is_unknown_of_some_is_unknown_of_all), TEST(amplification_is_never_infinite),
	  TEST(each_number_of_bytes_has_a_step))
