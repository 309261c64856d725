#include "report/trace_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/path.h"

#include "base/banned.h"

enum {
	NS_PER_SECOND = 1000000000,
	NS_PER_US = 1000,
};

/* clang-format off */
#define AT(member) offsetof(struct vmspy_code_row, member)
const struct vmspy_column vmspy_code_columns[] = {
	{ "IP", "ip", "address of the instruction; of callers that which comes after the call", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(ip) },
	{ "SYMBOL", "symbol", "the function", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(symbol) },
	{ "SYMBOL-OFFSET", "symbol_offset_bytes", "how far behind its beginning", VMSPY_UNIT_SIZE, VMSPY_SHOW, 0, AT(symbol_offset_bytes) },
	{ "OBJECT", "object", "the file it is from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ "FILE", "file", "the file of source", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(file) },
	{ "LINE", "line", "the line in it", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(line) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_row, member)
#define COLUMN_EVENT { "EVENT", "event", "what happened", VMSPY_UNIT_WORD, VMSPY_SHOW, VMSPY_NEED_FAULTS, AT(event) }
#define COLUMN_TIME  { "TIME-NS", "time_ns", "when, by CLOCK_MONOTONIC", VMSPY_UNIT_ID, VMSPY_SHOW_JSON, 0, AT(time_ns) }
#define COLUMN_PID   { "PID", "pid", "the process", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) }
#define COLUMN_TID   { "TID", "tid", "the thread that wrote", VMSPY_UNIT_ID, VMSPY_SHOW_JSON, 0, AT(tid) }
#define COLUMN_COMM  { "COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(comm) }

const struct vmspy_column vmspy_copy_columns[] = {
	{ "TIME", "elapsed", "seconds since the trace began", VMSPY_UNIT_WORD, VMSPY_SHOW_TEXT, 0, AT(elapsed) },
	COLUMN_EVENT,
	COLUMN_TIME,
	COLUMN_PID,
	COLUMN_TID,
	COLUMN_COMM,
	{ "ADDRESS", "address", "the byte that was written", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, 0, AT(address) },
	{ "PAGE", "page_start", "address of the page", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(page_start) },
	{ "SIZE", "copy_bytes", "how much was copied", VMSPY_UNIT_SIZE, VMSPY_SHOW_JSON, 0, AT(copy_bytes) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW_JSON, 0, AT(object) },
	{ "SYMBOL", "symbol", "the variable that was written", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(symbol) },
	{ "SYMBOL-OFFSET", "symbol_offset_bytes", "how far behind its beginning", VMSPY_UNIT_SIZE, VMSPY_SHOW_JSON, 0, AT(symbol_offset_bytes) },
	{ "MEMBER", "member", "the member that was written", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(member) },
	{ "WHAT", "what", "the member, the variable, or the mapping", VMSPY_UNIT_TEXT, VMSPY_SHOW_TEXT | VMSPY_SHOW_CUT, 0, AT(what) },
	{ "OLD", "frame_old", "the frame that was shared", VMSPY_UNIT_FRAME, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(frame_old) },
	{ "NEW", "frame_new", "the frame of the copy", VMSPY_UNIT_FRAME, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(frame_new) },
	{ "WRITER", "writer", "who wrote: child, parent, alone; unobserved: no event", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(writer) },
	{ "COPIED", "copied", "what was shared: memory, file or swap", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(copied) },
	{ "EFFECT", "effect", "what a fault did that copied nothing", VMSPY_UNIT_WORD, VMSPY_SHOW, VMSPY_NEED_FAULTS | VMSPY_NEED_EFFECT, AT(effect) },
	{ "ACCESS", "access", "user: code of the process; kernel: a system call", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(access) },
	{ "FUNCTION", "function", "the function that wrote", VMSPY_UNIT_TEXT, VMSPY_SHOW_TEXT | VMSPY_SHOW_CUT, 0, AT(function) },
	{ "SOURCE", "source", "the line of source", VMSPY_UNIT_TEXT, VMSPY_SHOW_TEXT, 0, AT(source) },
	{ "IP", "ip", "address of the instruction", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_ASKED, 0, AT(ip) },
	{ "CODE", "code", "the instruction that wrote", VMSPY_UNIT_ROWS, VMSPY_SHOW_JSON, 0, AT(code) },
	{ "STACK", "stack", "the functions that had not returned", VMSPY_UNIT_ROWS, VMSPY_SHOW_JSON, 0, AT(stack) },
	{ 0 },
};

/* Of the other kinds of events all is told in words to people, and by these in JSON. */
static const struct vmspy_column fork_columns[] = {
	COLUMN_EVENT, COLUMN_TIME, COLUMN_PID, COLUMN_COMM,
	{ "PPID", "parent_pid", "who made it", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(parent_pid) },
	{ "DEPTH", "depth", "0: the target, 1: its children", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(depth) },
	{ 0 },
};

static const struct vmspy_column exec_columns[] = {
	COLUMN_EVENT, COLUMN_TIME, COLUMN_PID, COLUMN_COMM,
	{ "EXE", "exe", "the program", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(exe) },
	{ 0 },
};

static const struct vmspy_column exit_columns[] = {
	COLUMN_EVENT, COLUMN_TIME, COLUMN_PID, COLUMN_COMM,
	{ "EXITED", "exited", "its exit status", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(exited) },
	{ "SIGNAL", "signal", "the signal that ended it", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(signal) },
	{ 0 },
};

static const struct vmspy_column lost_columns[] = {
	COLUMN_EVENT, COLUMN_TIME,
	{ "LOST", "lost", "how many faults no ring had room for", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(lost) },
	{ 0 },
};

static const struct vmspy_column note_columns[] = {
	COLUMN_EVENT, COLUMN_TIME, COLUMN_PID,
	{ "TEXT", "text", "what could not be done", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(text) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_start_row, member)
const struct vmspy_column vmspy_trace_start_columns[] = {
	{ "EVENT", "event", "start", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(event) },
	{ "TIME-NS", "time_ns", "when, by CLOCK_MONOTONIC", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(time_ns) },
	{ "PID", "pid", "the target", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "COMM", "comm", "its name", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(comm) },
	{ "EXE", "exe", "its program", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(exe) },
	{ "SOURCE", "source", "how copies are seen: tracepoints, faults, polling", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(source) },
	{ "REASON", "reason", "why not in a better way", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(reason) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_end_row, member)
const struct vmspy_column vmspy_trace_end_columns[] = {
	{ "EVENT", "event", "summary", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(event) },
	{ "TIME-NS", "time_ns", "when, by CLOCK_MONOTONIC", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(time_ns) },
	{ "DURATION", "duration_ns", "how long it took", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(duration_ns) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_totals_row, member)
const struct vmspy_column vmspy_trace_totals_columns[] = {
	{ "COPIES", "copies", "all copies that were told", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(copies) },
	{ "SIZE", "copied_bytes", "how much was copied", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(copied_bytes) },
	{ "CHILD", "child", "copies by a child", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(by_writer[VMSPY_WRITER_CHILD]) },
	{ "PARENT", "parent", "copies by a parent", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(by_writer[VMSPY_WRITER_PARENT]) },
	{ "ALONE", "alone", "copies of what no relative had", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(by_writer[VMSPY_WRITER_ALONE]) },
	{ "UNOBSERVED", "unobserved", "copies that no event told of", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(by_writer[VMSPY_WRITER_UNOBSERVED]) },
	{ "LOST", "lost_events", "faults that no ring had room for", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(lost_events) },
	{ "UNSEEN", "unseen_processes", "processes that ended before a last look", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(unseen_processes) },
	{ "AT-LEAST", "at_least", "whether there may have been more copies", VMSPY_UNIT_BOOL, VMSPY_SHOW, 0, AT(at_least) },
	{ "MIGRATIONS", "migrations", "pages that the kernel moved meanwhile", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(migrations) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_command_row, member)
const struct vmspy_column vmspy_trace_command_columns[] = {
	{ "PID", "pid", "of the command", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "EXITED", "exited", "its exit status", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(exited) },
	{ "SIGNAL", "signal", "the signal that ended it", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(signal) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_trace_bucket, member)
const struct vmspy_column vmspy_trace_rate_columns[] = {
	{ "TIME-NS", "time_ns", "from when on, by CLOCK_MONOTONIC", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(begin_ns) },
	{ "COPIES", "copies", "up to the next", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(copies) },
	{ 0 },
};
#undef AT
/* clang-format on */

const char *vmspy_trace_source_name(enum vmspy_trace_source source)
{
	static const char *const names[] = {
		[VMSPY_TRACE_TRACEPOINTS] = "tracepoints",
		[VMSPY_TRACE_FAULTS] = "faults",
		[VMSPY_TRACE_POLLING] = "polling",
	};

	return names[source];
}

const struct vmspy_column *vmspy_trace_columns(enum vmspy_trace_kind kind)
{
	static const struct vmspy_column *const columns[VMSPY_TRACE_KIND_COUNT] = {
		[VMSPY_TRACE_FORK] = fork_columns,        [VMSPY_TRACE_EXEC] = exec_columns,
		[VMSPY_TRACE_EXIT] = exit_columns,        [VMSPY_TRACE_COPY] = vmspy_copy_columns,
		[VMSPY_TRACE_FAULT] = vmspy_copy_columns, [VMSPY_TRACE_LOST] = lost_columns,
		[VMSPY_TRACE_NOTE] = note_columns,        [VMSPY_TRACE_END] = note_columns,
	};

	return columns[kind];
}

void vmspy_trace_texts_deinit(struct vmspy_trace_texts *texts)
{
	vmspy_buf_deinit(&texts->elapsed);
	vmspy_buf_deinit(&texts->what);
	vmspy_buf_deinit(&texts->function);
	vmspy_buf_deinit(&texts->source);
}

/* --- cells --------------------------------------------------------------------------------- */

static uint64_t known_number(uint64_t number, uint64_t unknown)
{
	return number == unknown ? VMSPY_UNKNOWN : number;
}

static struct vmspy_code_row code_row_of(const struct vmspy_code_name *name)
{
	return (struct vmspy_code_row){
		.ip = known_number(name->ip, VMSPY_ADDRESS_UNKNOWN),
		.symbol = name->symbol,
		.symbol_offset_bytes = name->symbol ? name->symbol_offset_bytes : VMSPY_UNKNOWN,
		.object = name->object,
		.file = name->file,
		.line = name->line ? name->line : VMSPY_UNKNOWN,
	};
}

/* The member or variable; what has no name is told by its mapping. */
static struct vmspy_error *write_what(const struct vmspy_trace_told *told, struct vmspy_buf *buf)
{
	const struct vmspy_writer_names *names = told->names;
	const char *object = told->event->page.object;

	if (names->member)
		return vmspy_buf_printf(buf, "%s", names->member);
	if (names->symbol && names->symbol_offset_bytes)
		return vmspy_buf_printf(buf, "%s+%" PRIu64, names->symbol,
					names->symbol_offset_bytes);
	if (names->symbol)
		return vmspy_buf_printf(buf, "%s", names->symbol);
	return object ? vmspy_buf_printf(buf, "%s", vmspy_path_last(object)) : NULL;
}

static struct vmspy_error *write_function(const struct vmspy_code_name *code, struct vmspy_buf *buf)
{
	if (code->symbol)
		return vmspy_buf_printf(buf, "%s", code->symbol);
	return code->object ? vmspy_buf_printf(buf, "%s", vmspy_path_last(code->object)) : NULL;
}

static struct vmspy_error *write_source(const struct vmspy_code_name *code, struct vmspy_buf *buf)
{
	if (!code->file || !code->line)
		return NULL;
	return vmspy_buf_printf(buf, "%s:%u", vmspy_path_last(code->file), code->line);
}

/* Who called the kernel says more than the kernel's own code. */
static const struct vmspy_code_name *told_code(const struct vmspy_trace_told *told)
{
	const struct vmspy_writer_names *names = told->names;

	return told->event->page.code.by_kernel && names->stack_count ? &names->stack[0]
								      : &names->code;
}

static const char *text_or_null(const struct vmspy_buf *buf)
{
	return buf->length ? vmspy_buf_text(buf) : NULL;
}

static struct vmspy_error *write_page_texts(const struct vmspy_trace_told *told,
					    struct vmspy_trace_texts *texts)
{
	struct vmspy_error *err;

	texts->what.length = texts->function.length = texts->source.length = 0;
	if ((err = write_what(told, &texts->what)) ||
	    (err = write_function(told_code(told), &texts->function)))
		return err;
	return write_source(told_code(told), &texts->source);
}

static void fill_code(const struct vmspy_trace_told *told, struct vmspy_trace_texts *texts,
		      struct vmspy_trace_row *row)
{
	const struct vmspy_writer_names *names = told->names;
	size_t count = names->stack_count < VMSPY_TRACE_STACK_MAX ? names->stack_count
								  : VMSPY_TRACE_STACK_MAX;

	if (told->event->page.code.ip == VMSPY_ADDRESS_UNKNOWN)
		return;
	texts->code = code_row_of(&names->code);
	for (size_t i = 0; i < count; i++)
		texts->stack[i] = code_row_of(&names->stack[i]);
	row->ip = texts->code.ip;
	row->access = told->event->page.code.by_kernel ? "kernel" : "user";
	row->code = (struct vmspy_nested){ vmspy_code_columns, &texts->code, 1, sizeof(texts->code),
					   true };
	row->stack = (struct vmspy_nested){ vmspy_code_columns, texts->stack, count,
					    sizeof(*texts->stack), false };
}

static void fill_page(const struct vmspy_trace_told *told, struct vmspy_trace_texts *texts,
		      struct vmspy_trace_row *row)
{
	const struct vmspy_trace_page *page = &told->event->page;
	bool is_copy = told->event->kind == VMSPY_TRACE_COPY;

	row->address = known_number(page->address, VMSPY_ADDRESS_UNKNOWN);
	row->page_start = page->page_start;
	row->copy_bytes = is_copy ? page->copy_bytes : VMSPY_UNKNOWN;
	row->frame_old = known_number(page->frame_old, VMSPY_FRAME_UNKNOWN);
	row->frame_new = known_number(page->frame_new, VMSPY_FRAME_UNKNOWN);
	row->kind = page->is_mapped ? vmspy_mapping_kind_name(page->kind) : NULL;
	row->object = page->object;
	row->symbol = told->names->symbol;
	row->symbol_object = told->names->object;
	row->symbol_offset_bytes =
		told->names->symbol ? told->names->symbol_offset_bytes : VMSPY_UNKNOWN;
	row->member = told->names->member;
	row->writer = is_copy ? vmspy_writer_name(page->writer) : NULL;
	row->copied = is_copy ? vmspy_copied_name(page->copied) : NULL;
	row->effect = is_copy ? NULL : vmspy_fault_effect_name(page->effect);
	row->what = text_or_null(&texts->what);
	row->function = text_or_null(&texts->function);
	row->source = text_or_null(&texts->source);
	fill_code(told, texts, row);
}

void vmspy_signal_name(int number, char ret[VMSPY_SIGNAL_NAME_MAX])
{
	const char *name = sigabbrev_np(number);

	if (name)
		snprintf(ret, VMSPY_SIGNAL_NAME_MAX, "SIG%s", name);
	else
		snprintf(ret, VMSPY_SIGNAL_NAME_MAX, "%d", number);
}

/* How a process ended. */
static void fill_exit(int status, struct vmspy_trace_texts *texts, struct vmspy_trace_row *row)
{
	row->exited = WIFEXITED(status) ? (uint64_t)WEXITSTATUS(status) : VMSPY_UNKNOWN;
	if (!WIFSIGNALED(status))
		return;
	vmspy_signal_name(WTERMSIG(status), texts->signal);
	row->signal = texts->signal;
}

static struct vmspy_error *write_elapsed(const struct vmspy_trace_told *told, struct vmspy_buf *buf)
{
	uint64_t time_ns = told->event->time_ns;
	uint64_t elapsed_ns = time_ns > told->begin_ns ? time_ns - told->begin_ns : 0;

	buf->length = 0;
	return vmspy_buf_printf(buf, "%4" PRIu64 ".%06" PRIu64, elapsed_ns / NS_PER_SECOND,
				elapsed_ns % NS_PER_SECOND / NS_PER_US);
}

struct vmspy_error *vmspy_trace_row_of(const struct vmspy_trace_told *told,
				       struct vmspy_trace_texts *texts, struct vmspy_trace_row *ret)
{
	const struct vmspy_trace_event *event = told->event;
	bool is_page = event->kind == VMSPY_TRACE_COPY || event->kind == VMSPY_TRACE_FAULT;
	struct vmspy_trace_row row = {
		.event = vmspy_trace_kind_name(event->kind),
		.time_ns = event->time_ns,
		.pid = event->pid ? (uint64_t)event->pid : VMSPY_UNKNOWN,
		.tid = event->tid ? (uint64_t)event->tid : VMSPY_UNKNOWN,
		.parent_pid = event->parent_pid ? (uint64_t)event->parent_pid : VMSPY_UNKNOWN,
		.depth = event->depth,
		.comm = event->comm,
		.ip = VMSPY_UNKNOWN,
		.exe = event->kind == VMSPY_TRACE_EXEC ? event->text : NULL,
		.text = event->kind == VMSPY_TRACE_NOTE ? event->text : NULL,
		.exited = VMSPY_UNKNOWN,
		.lost = event->lost_count,
	};
	struct vmspy_error *err;

	if ((err = write_elapsed(told, &texts->elapsed)))
		return err;
	row.elapsed = vmspy_buf_text(&texts->elapsed);
	if (event->kind == VMSPY_TRACE_EXIT)
		fill_exit(event->status, texts, &row);
	if (is_page && (err = write_page_texts(told, texts)))
		return err;
	if (is_page)
		fill_page(told, texts, &row);
	*ret = row;
	return NULL;
}
