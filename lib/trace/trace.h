/* A family of processes while it runs: every page that stops being shared, and who wrote. */
#ifndef VMSPY_TRACE_TRACE_H
#define VMSPY_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "kernel/host.h"
#include "trace/event.h"

/* How copies are seen, the best that is permitted. */
enum vmspy_trace_source {
	VMSPY_TRACE_TRACEPOINTS, /* each fault, why, and the frame it got */
	VMSPY_TRACE_FAULTS,      /* each fault of user code; page words tell which were copies */
	VMSPY_TRACE_POLLING,     /* page words alone, read again and again: nothing of the writer */
};

enum vmspy_call_graph {
	VMSPY_CALL_GRAPH_NONE,
	VMSPY_CALL_GRAPH_FP,    /* by frame pointers, followed by the kernel */
	VMSPY_CALL_GRAPH_DWARF, /* a dump of the stack, to be unwound later */
};

struct vmspy_trace_options {
	pid_t pid;       /* the target */
	bool is_command; /* it has yet to exec the program that is meant: nothing before counts */
	unsigned depth_max; /* of descendants; UINT_MAX: all */
	enum vmspy_call_graph call_graph;
	bool faults;       /* tell also of faults that copied nothing */
	bool no_events;    /* POLLING, whatever is permitted */
	size_t ring_bytes; /* of each CPU: a power of two; 0: the usual */
	uint64_t poll_ns;  /* how often words are read again with POLLING; 0: the usual */
};

struct vmspy_trace;

/*
 * Attach to the target and its descendants, and let them run on: what is there now is the
 * baseline. Events gather from here on.
 * host:   borrowed, must outlive the trace.
 * ret:    end it with vmspy_trace_destroy().
 * Errors: those of vmspy_follow_begin(); UNSUPPORTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_trace_create(const struct vmspy_trace_options *options,
				       const struct vmspy_host *host,
				       struct vmspy_trace **ret) VMSPY_MUST_CHECK;

/* ret: what was permitted; why not more is in *ret_reason (borrowed; NULL: all was). */
enum vmspy_trace_source vmspy_trace_source(const struct vmspy_trace *trace,
					   const char **ret_reason);

/* Shape: event[0] ... event[count - 1], in the order of time but for copies that were found later. */
struct vmspy_trace_batch {
	const struct vmspy_trace_event *event;
	size_t count;
};

/*
 * Take what has happened since the last call.
 * wait_ns: how long to wait for something.
 * ret:     borrowed until the next call; empty: nothing has happened. After vmspy_trace_stop()
 *          what is left comes at once, the last of it is END.
 * Note:    the calls of one trace but for vmspy_trace_stop() belong to one thread.
 */
void vmspy_trace_take(struct vmspy_trace *trace, uint64_t wait_ns, struct vmspy_trace_batch *ret);

/*
 * Let all processes go, take the last look at their pages, and gather what that finds: COPY by
 * UNOBSERVED, LOST, END. May be called twice.
 */
void vmspy_trace_stop(struct vmspy_trace *trace);

/* What the numbers rest on; final after vmspy_trace_stop(). */
struct vmspy_trace_totals {
	uint64_t copies; /* pages: all COPY events */
	uint64_t copied_bytes;
	uint64_t unobserved;       /* of copies */
	uint64_t lost_events;      /* faults that no ring had room for: PERF_FORMAT_LOST */
	uint64_t unseen_processes; /* without a last look: copies are at least so many */
	bool at_least;             /* events were lost before memory went that was not looked at */
	uint64_t migrations;       /* that the kernel did meanwhile: frames may have moved unseen */
};

struct vmspy_trace_totals vmspy_trace_totals(const struct vmspy_trace *trace);

/* Stops first. NULL is allowed. */
void vmspy_trace_destroy(struct vmspy_trace *trace);

#endif
