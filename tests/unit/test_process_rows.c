#include "test.h"

#include "report/process_rows.h"

static const struct vmspy_layout known = {
	.bounds = { .known = true,
		    .start_code = 0x1000,
		    .end_code = 0x1800,
		    .start_data = 0x3000,
		    .end_data = 0x3400,
		    .start_brk = 0x5000,
		    .start_stack = 0x9000,
		    .arg_start = 0x9100,
		    .arg_end = 0x9110,
		    .env_start = 0x9110,
		    .env_end = 0x9110 },
	.brk = 0x6000,
};

static void hidden_bounds_are_unknown_not_zero(void **state)
{
	struct vmspy_layout hidden = known;
	struct vmspy_mm_row mm;

	(void)state;
	hidden.bounds.known = false;
	mm = vmspy_mm_row_of(&hidden);
	for (const struct vmspy_column *column = vmspy_mm_columns; column->heading; column++)
		assert_true(vmspy_column_is_unknown(column, &mm));
}

static void a_process_without_a_heap_has_no_end_of_it(void **state)
{
	struct vmspy_layout layout = known;
	struct vmspy_mm_row mm;

	(void)state;
	layout.brk = 0;
	mm = vmspy_mm_row_of(&layout);
	assert_true(mm.start_brk == 0x5000 && mm.brk == VMSPY_UNKNOWN);
}

static void an_executable_that_may_not_be_read_is_unknown(void **state)
{
	struct vmspy_identity identity = { .pid = 42, .comm = "name", .start_time_ticks = 7 };
	struct vmspy_process_row row = vmspy_process_row_of(&identity);

	(void)state;
	assert_int_equal(row.pid, 42);
	assert_int_equal(row.start_time_ticks, 7);
	assert_string_equal(row.comm, "name");
	assert_null(row.exe);
}

TEST_MAIN(TEST(hidden_bounds_are_unknown_not_zero), TEST(a_process_without_a_heap_has_no_end_of_it),
	  TEST(an_executable_that_may_not_be_read_is_unknown))
