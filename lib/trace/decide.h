/* From faults to what they did. */
#ifndef VMSPY_TRACE_DECIDE_H
#define VMSPY_TRACE_DECIDE_H

#include "base/error.h"
#include "trace/engine.h"

/* Take the next fault, or the frame of one, in the order of time. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_decide_fault(struct vmspy_trace *trace,
				       const struct vmspy_fault *fault) VMSPY_MUST_CHECK;

/*
 * Decide what is not over by all that events tell: the thread does nothing, or has ended.
 * pid:       of this process alone; 0: of all.
 * before_ns: only what is older.
 * Errors:    NO_MEMORY.
 */
struct vmspy_error *vmspy_decide_rest(struct vmspy_trace *trace, pid_t pid,
				      uint64_t before_ns) VMSPY_MUST_CHECK;

/* Decide the faults of a process that was not known when they came. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_decide_orphans(struct vmspy_trace *trace, pid_t pid) VMSPY_MUST_CHECK;

#endif
