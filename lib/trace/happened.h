/* Forks, execs and ends of the family that is traced. */
#ifndef VMSPY_TRACE_HAPPENED_H
#define VMSPY_TRACE_HAPPENED_H

#include "trace/engine.h"

/*
 * As struct vmspy_follow_options wants it: on the thread that traces, while who it is about is
 * stopped. context: a struct vmspy_trace.
 */
void vmspy_trace_happened(void *context, const struct vmspy_follow_event *event);

#endif
