/* What is asked of perf to see page faults, and how its answers are read. Behind kernel/faults.h. */
#ifndef VMSPY_KERNEL_FAULT_EVENT_H
#define VMSPY_KERNEL_FAULT_EVENT_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/event_format.h"
#include "format/perf_record.h"
#include "kernel/faults.h"

enum {
	VMSPY_FAULT_FIELDS_MAX = 3, /* of a tracepoint, that are read */
};

/* One event, to be opened for every thread on every CPU. */
struct vmspy_fault_event {
	enum vmspy_fault_kind kind;
	struct perf_event_attr attr;
	struct vmspy_event_field field[VMSPY_FAULT_FIELDS_MAX];
	const char *filter; /* NULL: all; static */
	size_t register_count;
};

/*
 * Prepare the events of a source.
 * counts_lost: ask for PERF_FORMAT_LOST.
 * event:       room for VMSPY_FAULT_KIND_COUNT, in the order of their kinds.
 * ret_count:   how many there are.
 * Errors:      UNSUPPORTED (this kernel, or machine, has no such tracepoints), NOT_PERMITTED
 *              (tracefs may not be read), SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_fault_events_prepare(const struct vmspy_faults_options *options,
					       bool counts_lost, struct vmspy_fault_event *event,
					       size_t *ret_count) VMSPY_MUST_CHECK;

/*
 * Take a sample of an event apart.
 * ret:    borrows from bytes; written on success only.
 * Return: whether it is one, and all of it was there.
 */
bool vmspy_fault_event_decode(const struct vmspy_fault_event *event, const unsigned char *bytes,
			      size_t length, struct vmspy_fault *ret);

#endif
