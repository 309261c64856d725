#include "test.h"

#include "report/trace_sums.h"

enum {
	MANY = 70000, /* more than there are names */
	BEGIN_NS = 1000,
};

static struct vmspy_trace_sums sums;

static int set_up(void **state)
{
	(void)state;
	vmspy_trace_sums_init(BEGIN_NS, &sums);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	vmspy_trace_sums_deinit(&sums);
	return 0;
}

static struct vmspy_trace_row copy_of(uint64_t pid, const char *symbol, const char *function)
{
	return (struct vmspy_trace_row){
		.time_ns = BEGIN_NS,
		.pid = pid,
		.comm = "program",
		.kind = "data",
		.object = "/program",
		.symbol = symbol,
		.symbol_object = "/program",
		.function = function,
		.copy_bytes = 4096,
	};
}

static void add(const struct vmspy_trace_row *row, enum vmspy_writer writer, size_t times)
{
	for (size_t i = 0; i < times; i++)
		assert_ok(vmspy_trace_sums_add(&sums, row, writer));
}

static void copies_are_added_up_and_the_most_come_first(void **state)
{
	struct vmspy_trace_row few = copy_of(1, "few", "write_few");
	struct vmspy_trace_row many = copy_of(2, "many", "write_many");
	struct vmspy_trace_row nameless = copy_of(2, NULL, NULL);
	const struct vmspy_trace_table *symbols = &sums.by[VMSPY_BY_SYMBOL];
	const struct vmspy_trace_table *processes = &sums.by[VMSPY_BY_PROCESS];

	(void)state;
	add(&few, VMSPY_WRITER_PARENT, 2);
	add(&many, VMSPY_WRITER_CHILD, 5);
	add(&nameless, VMSPY_WRITER_UNOBSERVED, 3);
	vmspy_trace_sums_finish(&sums);
	assert_int_equal(sums.copies, 10);
	assert_int_equal(sums.bytes, 10 * 4096);
	assert_int_equal(sums.by_writer[VMSPY_WRITER_CHILD], 5);
	assert_int_equal(sums.by_writer[VMSPY_WRITER_UNOBSERVED], 3);
	assert_int_equal(symbols->count, 2);
	assert_string_equal(symbols->sum[0].name, "many");
	assert_int_equal(symbols->sum[0].copies, 5);
	assert_int_equal(processes->count, 2);
	assert_int_equal(processes->sum[0].pid, 2);
	assert_int_equal(processes->sum[0].copies, 8);
	assert_int_equal(sums.by[VMSPY_BY_MAPPING].count, 1);
}

static void names_are_kept_when_the_row_is_gone(void **state)
{
	char name[] = "function";
	struct vmspy_trace_row row = copy_of(1, NULL, name);

	(void)state;
	add(&row, VMSPY_WRITER_CHILD, 1);
	memset(name, 'x', sizeof(name) - 1);
	assert_string_equal(sums.by[VMSPY_BY_FUNCTION].sum[0].name, "function");
}

static void too_many_names_are_all_others(void **state)
{
	const struct vmspy_trace_table *processes = &sums.by[VMSPY_BY_PROCESS];

	(void)state;
	for (uint64_t pid = 1; pid <= MANY; pid++) {
		struct vmspy_trace_row row = copy_of(pid, NULL, NULL);

		add(&row, VMSPY_WRITER_CHILD, 1);
	}
	vmspy_trace_sums_finish(&sums);
	assert_true(processes->count < MANY);
	assert_null(processes->sum[0].name);
	assert_int_equal(processes->sum[0].pid, VMSPY_UNKNOWN);
	assert_int_equal(processes->sum[0].copies, MANY - (processes->count - 1));
	assert_int_equal(sums.copies, MANY);
}

static void the_rate_reaches_as_far_as_the_trace(void **state)
{
	struct vmspy_trace_row row = copy_of(1, NULL, NULL);
	uint64_t first_ns = sums.rate.bucket_ns, total = 0;

	(void)state;
	for (uint64_t i = 0; i < 8 * VMSPY_RATE_BUCKETS; i++) {
		row.time_ns = BEGIN_NS + i * first_ns;
		add(&row, VMSPY_WRITER_CHILD, 1);
	}
	vmspy_trace_sums_finish(&sums);
	assert_int_equal(sums.rate.bucket_ns, 8 * first_ns);
	assert_int_equal(sums.rate.count, VMSPY_RATE_BUCKETS);
	for (size_t i = 0; i < sums.rate.count; i++) {
		assert_int_equal(sums.rate.bucket[i].copies, 8);
		assert_int_equal(sums.rate.bucket[i].begin_ns, BEGIN_NS + i * 8 * first_ns);
		total += sums.rate.bucket[i].copies;
	}
	assert_int_equal(total, sums.copies);
}

#define WITH_SUMS(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

TEST_MAIN(WITH_SUMS(copies_are_added_up_and_the_most_come_first),
	  WITH_SUMS(names_are_kept_when_the_row_is_gone), WITH_SUMS(too_many_names_are_all_others),
	  WITH_SUMS(the_rate_reaches_as_far_as_the_trace))
