#include "test.h"

#include "format/status.h"

static struct vmspy_status parse_data(const char *name)
{
	struct vmspy_buf buf = test_data(name);
	struct vmspy_status status;

	assert_ok(vmspy_status_parse(vmspy_buf_text(&buf), buf.length, &status));
	vmspy_buf_deinit(&buf);
	return status;
}

static void the_effective_uid_is_the_second(void **state)
{
	struct vmspy_status status = parse_data("status/hostile-name");

	(void)state;
	assert_int_equal(status.effective_uid, 1001);
}

static void keys_count_only_at_the_start_of_a_line(void **state)
{
	struct vmspy_status status = parse_data("status/hostile-name");

	(void)state;
	assert_int_equal(status.thread_group_pid, 4242);
	assert_int_equal(status.parent_pid, 7);
	assert_int_equal(status.tracer_pid, 99);
	assert_true(status.has_memory);
}

static void the_innermost_of_the_namespace_pids_is_told(void **state)
{
	static const struct {
		const char *line;
		pid_t wanted;
	} rows[] = {
		{ "", 4242 },
		{ "NSpid:\t4242\n", 4242 },
		{ "NSpid:\t4242\t17\t1\n", 1 },
		{ "NSpid:\n", 4242 },
		{ "NSpid:\t99999999999\n", 4242 },
		{ "XNSpid:\t4242\t1\n", 4242 },
	};

	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		struct vmspy_status status;
		char text[256];

		test_row(rows[i].line);
		snprintf(text, sizeof(text),
			 "Name:\tcat\nTgid:\t4242\nPPid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\n%s",
			 rows[i].line);
		assert_ok(vmspy_status_parse(text, strlen(text), &status));
		assert_int_equal(status.namespace_pid, rows[i].wanted);
	}
}

static void a_kernel_thread_has_no_memory(void **state)
{
	struct vmspy_status status = parse_data("status/kernel-thread");

	(void)state;
	assert_int_equal(status.thread_group_pid, 2);
	assert_false(status.has_memory);
}

static void a_recorded_process_is_read(void **state)
{
	struct vmspy_status status = parse_data("status/cat");

	(void)state;
	assert_true(status.thread_group_pid > 0);
	assert_true(status.parent_pid > 0);
	assert_int_equal(status.tracer_pid, 0);
	assert_int_equal(status.effective_uid, 0);
	assert_true(status.has_memory);
}

#define TGID   "Tgid:\t1\n"
#define PPID   "PPid:\t0\n"
#define TRACER "TracerPid:\t0\n"
#define UID    "Uid:\t0\t0\t0\t0\n"

static const struct {
	const char *name;
	const char *text;
	const char *message;
} bad[] = {
	{ "nothing", "", "it has no line 'Tgid'" },
	{ "no Tgid", PPID TRACER UID, "it has no line 'Tgid'" },
	{ "no PPid", TGID TRACER UID, "it has no line 'PPid'" },
	{ "no TracerPid", TGID PPID UID, "it has no line 'TracerPid'" },
	{ "no Uid", TGID PPID TRACER, "it has no line 'Uid'" },
	{ "a key inside a line", " Tgid:\t1\n" PPID TRACER UID, "it has no line 'Tgid'" },
	{ "a longer key", "Tgid2:\t1\n" PPID TRACER UID, "it has no line 'Tgid'" },
	{ "no number", "Tgid:\tx\n", "'Tgid:\\x09x' has no number that fits" },
	{ "a negative pid", "Tgid:\t-1\n", "has no number that fits" },
	{ "a pid beyond 31 bits", "Tgid:\t2147483648\n", "has no number that fits" },
	{ "only one uid", "Uid:\t0\n", "has no number that fits" },
	{ "a uid beyond 32 bits", "Uid:\t0\t4294967296\t0\t0\n", "has no number that fits" },
};

static void what_is_missing_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(bad); i++) {
		struct vmspy_status status;

		test_row(bad[i].name);
		assert_error(vmspy_status_parse(bad[i].text, strlen(bad[i].text), &status),
			     VMSPY_ERROR_BAD_DATA, bad[i].message);
	}
}

TEST_MAIN(TEST(the_effective_uid_is_the_second), TEST(keys_count_only_at_the_start_of_a_line),
	  TEST(the_innermost_of_the_namespace_pids_is_told), TEST(a_kernel_thread_has_no_memory),
	  TEST(a_recorded_process_is_read), TEST(what_is_missing_is_named))
