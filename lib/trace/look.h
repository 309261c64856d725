/* A look at the page words of a process: copies that no event told of. */
#ifndef VMSPY_TRACE_LOOK_H
#define VMSPY_TRACE_LOOK_H

#include "base/error.h"
#include "trace/engine.h"

/*
 * Compare the words of all pages with what is known, and tell of what was copied unobserved.
 * Faults up to now are drained, before and after: what an event tells of is not told twice.
 * member: may run; it may also be stopped on its way out.
 * Errors: GONE (its memory cannot be read any more), NO_MEMORY, SYSTEM.
 */
struct vmspy_error *vmspy_look_at(struct vmspy_trace *trace,
				  struct vmspy_member *member) VMSPY_MUST_CHECK;

#endif
