/* vmspy trace: events, one by one. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/path.h"
#include "message.h"
#include "title.h"
#include "trace.h"

#include "base/banned.h"

/* Rows of text are as wide as this one, at least. */
static const struct vmspy_trace_row usual_row = {
	.event = "fault",
	.elapsed = "   0.000000",
	.time_ns = UINT64_C(100000000000000),
	.pid = 1000000,
	.tid = 1000000,
	.comm = "python3.11",
	.address = UINT64_C(0x7fff00000000),
	.page_start = UINT64_C(0x7fff00000000),
	.copy_bytes = 4096,
	.frame_old = 0xffffff,
	.frame_new = 0xffffff,
	.kind = "rodata",
	.object = "/usr/lib/x86_64-linux-gnu/libc.so.6",
	.symbol = "a_global_variable",
	.member = "server.stat_member",
	.what = "server.stat_member",
	.writer = "parent",
	.copied = "memory",
	.effect = "swap-in",
	.access = "kernel",
	.function = "some_function_name",
	.source = "some_source.c:100",
};

/* Where events are told one by one: in a file they are JSON. */
static struct render_style style_of_events(const struct tracing *tracing)
{
	struct render_style style = tracing->output.style;

	if (!tracing->file)
		return style;
	style.format = RENDER_JSON;
	style.out = tracing->file;
	return style;
}

static bool tells_events(const struct tracing *tracing)
{
	return !is_given(tracing->arguments, OPTION_FOLDED) &&
	       (tracing->file || !is_given(tracing->arguments, OPTION_SUMMARY));
}

static const char *const sources[] = {
	[VMSPY_TRACE_TRACEPOINTS] = "page-fault tracepoints",
	[VMSPY_TRACE_FAULTS] = "page-fault events",
	[VMSPY_TRACE_POLLING] = "page words alone: nothing tells who wrote",
};

static struct vmspy_trace_start_row start_row_of(const struct tracing *tracing)
{
	const struct vmspy_identity *identity =
		tracing->target ? vmspy_space_identity(tracing->target) : NULL;
	struct vmspy_trace_start_row row = {
		.event = "start",
		.time_ns = tracing->begin_ns,
		.pid = (uint64_t)tracing->options.pid,
		.comm = identity ? identity->comm : tracing->command[0],
		.exe = identity ? identity->exe : NULL,
	};

	row.source = vmspy_trace_source_name(vmspy_trace_source(tracing->trace, &row.reason));
	return row;
}

/* Who is traced, and how. */
static struct vmspy_error *print_title(const struct tracing *tracing, struct render *render)
{
	struct vmspy_identity command = { .pid = tracing->options.pid };
	const char *reason;
	enum vmspy_trace_source source = vmspy_trace_source(tracing->trace, &reason);
	struct vmspy_error *err;

	if (tracing->command)
		snprintf(command.comm, sizeof(command.comm), "%s",
			 vmspy_path_last(tracing->command[0]));
	err = title_print(&tracing->output, render,
			  tracing->target ? vmspy_space_identity(tracing->target) : &command);
	if (!err && !tracing->output.style.no_headings)
		render_line(render, "seen by %s", sources[source]);
	return err;
}

struct vmspy_error *trace_begin_lines(const struct tracing *tracing, FILE *out, struct render **ret)
{
	struct render_style style = tracing->output.style;
	bool is_json = style.format == RENDER_JSON || out != style.out;
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_trace_start_columns, VMSPY_SHOW_JSON);
	struct vmspy_trace_start_row row = start_row_of(tracing);
	struct render *render = NULL;
	struct vmspy_error *err;

	style.out = out;
	style.format = is_json ? RENDER_JSON : style.format;
	style.one_line = true;
	if ((err = render_begin(&style, "trace", &tracing->host, &render)))
		return err;
	render_members(render, &columns, &row);
	if (!is_json && (err = print_title(tracing, render)))
		render_fail(render, err);
	if ((err = render_end(render)))
		return err;
	return render_begin(&style, NULL, &tracing->host, ret);
}

struct vmspy_error *trace_begin_telling(struct tracing *tracing)
{
	struct render_style style = style_of_events(tracing);
	const char *reason;
	enum vmspy_trace_source source = vmspy_trace_source(tracing->trace, &reason);
	struct vmspy_error *err;

	if (reason)
		say("%s: copies are seen by %s", reason, sources[source]);
	if (!tells_events(tracing))
		return NULL;
	if ((err = trace_begin_lines(tracing, style.out, &tracing->events)))
		return err;
	if (style.format != RENDER_JSON)
		render_stream_begin(tracing->events, "copies", &tracing->output.columns,
				    &usual_row);
	render_flush(tracing->events);
	return NULL;
}

/* --- for people ---------------------------------------------------------------------------- */

static struct vmspy_error *describe_exit(const struct vmspy_trace_row *row, struct vmspy_buf *buf)
{
	if (row->signal)
		return vmspy_buf_printf(buf, "was ended by %s", row->signal);
	return vmspy_buf_printf(buf, "exited with %" PRIu64, row->exited);
}

static struct vmspy_error *describe_exec(const struct vmspy_trace_row *row, struct vmspy_buf *buf)
{
	const char *exe = row->exe ? row->exe : "another program";
	struct vmspy_error *err = vmspy_buf_printf(buf, "runs ");

	return err ? err : vmspy_escape_line(buf, exe, strlen(exe));
}

/* What happened, in words. */
static struct vmspy_error *describe(const struct told *told, struct vmspy_buf *buf)
{
	const struct vmspy_trace_row *row = &told->row;

	switch ((int)told->event->kind) {
	case VMSPY_TRACE_FORK:
		return vmspy_buf_printf(buf, "forked by %" PRIu64, row->parent_pid);
	case VMSPY_TRACE_EXEC:
		return describe_exec(row, buf);
	case VMSPY_TRACE_EXIT:
		return describe_exit(row, buf);
	case VMSPY_TRACE_LOST:
		return vmspy_buf_printf(buf, "%" PRIu64 " events were lost (--ring makes room)",
					row->lost);
	default:
		return vmspy_escape_line(buf, row->text, strlen(row->text));
	}
}

static struct vmspy_error *tell_in_words(const struct tracing *tracing, const struct told *told)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err = vmspy_buf_printf(&buf, "%s ", told->row.elapsed);

	if (!err && told->event->pid)
		err = vmspy_buf_printf(&buf, "%7d ", (int)told->event->pid);
	if (!err && told->event->comm[0])
		err = vmspy_escape_line(&buf, told->event->comm, strlen(told->event->comm));
	if (!err && told->event->comm[0])
		err = vmspy_buf_printf(&buf, " ");
	if (!err)
		err = describe(told, &buf);
	if (!err)
		render_line(tracing->events, "%s", vmspy_buf_text(&buf));
	return err;
}

/* One function a line, as perf script prints them. */
static struct vmspy_error *tell_frame(struct render *render, const struct vmspy_code_row *code)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	const char *name = code->symbol ? code->symbol : "[unknown]";
	struct vmspy_error *err = vmspy_buf_printf(&buf, "%28" PRIx64 " ", code->ip);

	if (!err)
		err = vmspy_escape_line(&buf, name, strlen(name));
	if (!err && code->symbol)
		err = vmspy_buf_printf(&buf, "+0x%" PRIx64, code->symbol_offset_bytes);
	if (!err && code->object)
		err = vmspy_buf_printf(&buf, " (");
	if (!err && code->object)
		err = vmspy_escape_line(&buf, code->object, strlen(code->object));
	if (!err && code->object)
		err = vmspy_buf_printf(&buf, ")");
	if (!err && code->file)
		err = vmspy_buf_printf(&buf, " ");
	if (!err && code->file)
		err = vmspy_escape_line(&buf, code->file, strlen(code->file));
	if (!err && code->file)
		err = vmspy_buf_printf(&buf, ":%" PRIu64, code->line);
	if (!err)
		render_line(render, "%s", vmspy_buf_text(&buf));
	return err;
}

static void tell_stack(const struct tracing *tracing, const struct vmspy_trace_row *row)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < row->stack.count; i++)
		err = tell_frame(tracing->events, vmspy_nested_row(&row->stack, i));
	if (err)
		render_fail(tracing->events, err);
}

/* --- all ----------------------------------------------------------------------------------- */

static void tell_json(const struct tracing *tracing, const struct told *told)
{
	const struct vmspy_column *columns = vmspy_trace_columns(told->event->kind);
	struct vmspy_selection selection = vmspy_selection_default(columns, VMSPY_SHOW_JSON);

	if (columns == vmspy_copy_columns && tracing->output.style.format == RENDER_JSON)
		selection = tracing->output.columns;
	else if (columns == vmspy_copy_columns && !tracing->options.faults)
		vmspy_selection_trim(&selection, VMSPY_NEED_EFFECT);
	render_object(tracing->events, NULL, &selection, &told->row);
}

void trace_tell(struct tracing *tracing, const struct told *told)
{
	bool is_page =
		told->event->kind == VMSPY_TRACE_COPY || told->event->kind == VMSPY_TRACE_FAULT;
	struct vmspy_error *err = NULL;

	if (!tracing->events)
		return;
	if (style_of_events(tracing).format == RENDER_JSON) {
		tell_json(tracing, told);
		return;
	}
	if (is_page)
		render_row(tracing->events, &told->row);
	else
		err = tell_in_words(tracing, told);
	if (err)
		render_fail(tracing->events, err);
	if (is_page && trace_tells_stacks(tracing))
		tell_stack(tracing, &told->row);
}

struct vmspy_error *trace_end_telling(struct tracing *tracing)
{
	struct render *events = tracing->events;

	if (events && style_of_events(tracing).format != RENDER_JSON)
		render_table_end(events);
	if (is_given(tracing->arguments, OPTION_FOLDED))
		folded_print(&tracing->folded, tracing->file ? tracing->file : stdout);
	tracing->events = NULL;
	return render_end(events);
}
