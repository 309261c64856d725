/* The rows of `vmspy trace`. */
#ifndef VMSPY_REPORT_TRACE_ROWS_H
#define VMSPY_REPORT_TRACE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "blame/writer.h"
#include "report/column.h"
#include "trace/trace.h"

enum {
	/* Faults that copied nothing are told too. To people all others go without saying. */
	VMSPY_NEED_EFFECT = 1 << 0,
	VMSPY_NEED_FAULTS = 1 << 1,
	VMSPY_TRACE_STACK_MAX = 256,
};

/* A place in code. Strings are borrowed. */
struct vmspy_code_row {
	uint64_t ip;
	const char *symbol, *object, *file;
	uint64_t symbol_offset_bytes, line;
};

/* An event, of any kind: what is not of its kind is unknown. Strings are borrowed. */
struct vmspy_trace_row {
	const char *event;
	const char *elapsed; /* seconds since the trace began */
	uint64_t time_ns, pid, tid, parent_pid, depth;
	const char *comm;
	/* copy, fault */
	uint64_t address, page_start, copy_bytes, frame_old, frame_new, symbol_offset_bytes, ip;
	const char *kind, *object, *symbol_object, *symbol, *member, *writer, *copied, *access,
		*effect;
	const char *what;              /* the member, the variable, or the mapping */
	const char *function, *source; /* who wrote */
	struct vmspy_nested code, stack;
	/* exec, exit, lost, note */
	const char *exe, *signal, *text;
	uint64_t exited, lost;
};

extern const struct vmspy_column vmspy_copy_columns[];
extern const struct vmspy_column vmspy_code_columns[];

/* ret: the columns of a kind of event in JSON. */
const struct vmspy_column *vmspy_trace_columns(enum vmspy_trace_kind kind);

/* How a trace begins. Strings are borrowed. */
struct vmspy_trace_start_row {
	const char *event;
	uint64_t time_ns, pid;
	const char *comm, *exe; /* of the target, or the command */
	const char *source;     /* how copies are seen */
	const char *reason;     /* why not better; NULL: it is the best there is */
};

/* How it ended. */
struct vmspy_trace_end_row {
	const char *event;
	uint64_t time_ns, duration_ns;
};

struct vmspy_trace_totals_row {
	uint64_t copies, copied_bytes;
	uint64_t by_writer[VMSPY_WRITER_COUNT];
	uint64_t lost_events, unseen_processes, at_least, migrations;
};

/* Copies in a stretch of time. */
struct vmspy_trace_bucket {
	uint64_t begin_ns, copies;
};

/* The end of a command. */
struct vmspy_trace_command_row {
	uint64_t pid, exited;
	const char *signal;
};

extern const struct vmspy_column vmspy_trace_start_columns[];
extern const struct vmspy_column vmspy_trace_end_columns[];
extern const struct vmspy_column vmspy_trace_totals_columns[];
extern const struct vmspy_column vmspy_trace_command_columns[];
extern const struct vmspy_column vmspy_trace_rate_columns[];

enum {
	VMSPY_SIGNAL_NAME_MAX = 32,
};

/* "SIGTERM"; one without a name, as those for real time, is its number. */
void vmspy_signal_name(int number, char ret[VMSPY_SIGNAL_NAME_MAX]);

/* ret: the word of the manual: "tracepoints", "faults", "polling"; static. */
const char *vmspy_trace_source_name(enum vmspy_trace_source source);

/* What a row points to, and is made for it. Zeroed at first; good for one row at a time. */
struct vmspy_trace_texts {
	struct vmspy_buf elapsed, what, function, source;
	char signal[VMSPY_SIGNAL_NAME_MAX];
	struct vmspy_code_row code;
	struct vmspy_code_row stack[VMSPY_TRACE_STACK_MAX];
};

void vmspy_trace_texts_deinit(struct vmspy_trace_texts *texts);

/* An event, and what is known of it. */
struct vmspy_trace_told {
	const struct vmspy_trace_event *event;
	const struct vmspy_writer_names *names; /* of COPY and FAULT */
	uint64_t begin_ns;                      /* of the trace */
};

/*
 * ret:    borrows from what is told, and from texts.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_trace_row_of(const struct vmspy_trace_told *told,
				       struct vmspy_trace_texts *texts,
				       struct vmspy_trace_row *ret) VMSPY_MUST_CHECK;

#endif
