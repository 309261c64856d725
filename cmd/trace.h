/* One `vmspy trace`: what was asked, what is traced, and who tells which part of it. */
#ifndef VMSPY_CMD_TRACE_H
#define VMSPY_CMD_TRACE_H

#include <stdio.h>

#include "blame/writer.h"
#include "child.h"
#include "folded.h"
#include "interrupt.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/filter.h"
#include "report/trace_rows.h"
#include "report/trace_sums.h"
#include "trace/trace.h"

struct tracing {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output; /* of the copies */
	struct vmspy_filter filter;
	struct vmspy_trace_options options;
	uint64_t duration_ns; /* UINT64_MAX: until it ends */
	FILE *file;           /* of --write; NULL: stdout */
	char **command;       /* to be run, NULL behind it; NULL: a process is traced */
	const char *path;     /* of --write */

	struct interrupt interrupt;
	bool takes_signals;
	sigset_t mask; /* before they were taken */
	struct child child;
	struct vmspy_space *target; /* as it was when it was attached to; NULL: a command */
	struct vmspy_trace *trace;
	struct vmspy_namer *namer;
	struct vmspy_trace_texts texts;
	struct vmspy_trace_sums sums;
	struct folded folded;
	struct render *events; /* NULL: they are not told one by one */
	uint64_t begin_ns, end_ns;
	bool is_over;      /* nothing more will happen */
	bool has_ended;    /* the target has */
	int target_status; /* then: as waitpid(2) tells it */
};

/* What is told of an event, and what it is. */
struct told {
	const struct vmspy_trace_event *event;
	struct vmspy_trace_row row;
};

/* Read the arguments. Errors: BAD_DATA. */
struct vmspy_error *trace_parse(struct tracing *tracing) VMSPY_MUST_CHECK;

/* Whether the stack is told under each copy. */
bool trace_tells_stacks(const struct tracing *tracing);

/* The parts that have a file of their own. */

/* trace_events.c: begin to tell: who is traced, and how. Errors: NO_MEMORY. */
struct vmspy_error *trace_begin_telling(struct tracing *tracing) VMSPY_MUST_CHECK;
void trace_tell(struct tracing *tracing, const struct told *told);
struct vmspy_error *trace_end_telling(struct tracing *tracing) VMSPY_MUST_CHECK;

/*
 * Begin to print lines of JSON, or the text that stdout has.
 * out: where to.
 */
struct vmspy_error *trace_begin_lines(const struct tracing *tracing, FILE *out,
				      struct render **ret) VMSPY_MUST_CHECK;

/* trace_summary.c: what it comes to. Errors: NO_MEMORY. */
struct vmspy_error *trace_print_summary(struct tracing *tracing) VMSPY_MUST_CHECK;

#endif
