#include "test.h"

#include <signal.h>

#include "report/trace_rows.h"

enum {
	BEGIN_NS = 1000,
	ELAPSED_NS = 1500000000,
};

static struct vmspy_trace_texts texts;

static int tear_down(void **state)
{
	(void)state;
	vmspy_trace_texts_deinit(&texts);
	texts = (struct vmspy_trace_texts){ 0 };
	return 0;
}

static struct vmspy_trace_event copy_by(enum vmspy_writer writer)
{
	return (struct vmspy_trace_event){
		.kind = VMSPY_TRACE_COPY,
		.time_ns = BEGIN_NS + ELAPSED_NS,
		.pid = 12,
		.tid = 13,
		.comm = "program",
		.page = { .writer = writer,
			  .address = 0x1008,
			  .page_start = 0x1000,
			  .copy_bytes = 4096,
			  .frame_old = 1,
			  .frame_new = 2,
			  .is_mapped = true,
			  .kind = VMSPY_KIND_DATA,
			  .object = "/usr/bin/program",
			  .code = { .ip = 0x400 } },
	};
}

static struct vmspy_trace_row row_of(const struct vmspy_trace_event *event,
				     const struct vmspy_writer_names *names)
{
	const struct vmspy_trace_told told = { event, names, BEGIN_NS };
	struct vmspy_trace_row row;

	assert_ok(vmspy_trace_row_of(&told, &texts, &row));
	return row;
}

static void a_copy_is_told_with_who_wrote_and_what(void **state)
{
	static const struct vmspy_code_name stack[] = {
		{ 0x400, "write_it", 4, "/usr/bin/program", "/src/program.c", 7 },
		{ 0x500, "main", 8, "/usr/bin/program", NULL, 0 },
	};
	const struct vmspy_writer_names names = { .symbol = "server",
						  .symbol_offset_bytes = 8,
						  .member = "server.dirty",
						  .code = stack[0],
						  .stack = stack,
						  .stack_count = 2 };
	struct vmspy_trace_event event = copy_by(VMSPY_WRITER_CHILD);
	struct vmspy_trace_row row = row_of(&event, &names);
	const struct vmspy_code_row *outer;

	(void)state;
	assert_string_equal(row.event, "copy");
	assert_string_equal(row.elapsed, "   1.500000");
	assert_string_equal(row.writer, "child");
	assert_string_equal(row.what, "server.dirty");
	assert_string_equal(row.function, "write_it");
	assert_string_equal(row.source, "program.c:7");
	assert_string_equal(row.access, "user");
	assert_null(row.effect);
	assert_int_equal(row.stack.count, 2);
	outer = vmspy_nested_row(&row.stack, 1);
	assert_int_equal(outer->line, VMSPY_UNKNOWN);
	assert_null(outer->file);
}

static void who_called_the_kernel_is_who_wrote(void **state)
{
	static const struct vmspy_code_name caller = { 0x400, "read_it", 4, "/lib/c.so", NULL, 0 };
	const struct vmspy_writer_names names = {
		.code = { .ip = UINT64_C(0xffffffff81000000), .object = "[kernel]" },
		.stack = &caller,
		.stack_count = 1,
	};
	struct vmspy_trace_event event = copy_by(VMSPY_WRITER_PARENT);
	struct vmspy_trace_row row;

	(void)state;
	event.page.code.by_kernel = true;
	row = row_of(&event, &names);
	assert_string_equal(row.function, "read_it");
	assert_string_equal(row.access, "kernel");
	assert_string_equal(row.what, "program");
	assert_null(row.source);
}

static void of_a_copy_that_nobody_saw_little_is_known(void **state)
{
	const struct vmspy_writer_names names = { .code = { .ip = VMSPY_ADDRESS_UNKNOWN } };
	struct vmspy_trace_event event = copy_by(VMSPY_WRITER_UNOBSERVED);
	struct vmspy_trace_row row;

	(void)state;
	event.tid = 0;
	event.page.address = event.page.code.ip = VMSPY_ADDRESS_UNKNOWN;
	event.page.frame_old = VMSPY_FRAME_UNKNOWN;
	event.page.is_mapped = false;
	event.page.object = NULL;
	row = row_of(&event, &names);
	assert_int_equal(row.tid, VMSPY_UNKNOWN);
	assert_int_equal(row.address, VMSPY_UNKNOWN);
	assert_int_equal(row.page_start, 0x1000);
	assert_int_equal(row.frame_old, VMSPY_UNKNOWN);
	assert_int_equal(row.frame_new, 2);
	assert_null(row.kind);
	assert_null(row.what);
	assert_null(row.function);
	assert_null(row.access);
	assert_null(row.code.columns);
}

static void an_end_is_a_status_or_a_signal(void **state)
{
	const struct vmspy_writer_names names = { 0 };
	struct vmspy_trace_event event = { .kind = VMSPY_TRACE_EXIT, .pid = 12, .status = 7 << 8 };
	struct vmspy_trace_row row = row_of(&event, &names);

	(void)state;
	assert_int_equal(row.exited, 7);
	assert_null(row.signal);
	event.status = SIGKILL;
	row = row_of(&event, &names);
	assert_int_equal(row.exited, VMSPY_UNKNOWN);
	assert_string_equal(row.signal, "SIGKILL");
	event.status = SIGRTMIN;
	row = row_of(&event, &names);
	assert_int_equal(strtol(row.signal, NULL, 10), SIGRTMIN);
}

#define WITH_TEXTS(function) cmocka_unit_test_teardown(function, tear_down)

TEST_MAIN(WITH_TEXTS(a_copy_is_told_with_who_wrote_and_what),
	  WITH_TEXTS(who_called_the_kernel_is_who_wrote),
	  WITH_TEXTS(of_a_copy_that_nobody_saw_little_is_known),
	  WITH_TEXTS(an_end_is_a_status_or_a_signal))
