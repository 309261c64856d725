/* events/SYSTEM/NAME/format of tracefs: the number of a tracepoint, and where its fields lie. */
#ifndef VMSPY_FORMAT_EVENT_FORMAT_H
#define VMSPY_FORMAT_EVENT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/scan.h"

/* A number in the bytes that a tracepoint leaves behind. */
struct vmspy_event_field {
	const char *name; /* borrowed */
	uint32_t offset_bytes;
	uint32_t size_bytes; /* 1, 2, 4 or 8; 0: not known yet */
};

/*
 * Find the fields that are wanted. Both sizes and offsets differ from kernel to kernel.
 * Source: Documentation/trace/events.rst, "Event formats".
 * fields: named by the caller; filled in on success only.
 * ret_id: what perf_event_open(2) takes as config of PERF_TYPE_TRACEPOINT.
 * Errors: BAD_DATA: it has no number, or a field is missing or no number of 1 to 8 bytes.
 */
struct vmspy_error *vmspy_event_format_parse(struct vmspy_scan text,
					     struct vmspy_event_field *fields, size_t count,
					     uint64_t *ret_id) VMSPY_MUST_CHECK;

/*
 * Read one field.
 * bytes:  what the tracepoint left, of this length.
 * ret:    without its sign.
 * Return: whether the bytes reach that far.
 */
bool vmspy_event_field_read(const struct vmspy_event_field *field, const unsigned char *bytes,
			    size_t length, uint64_t *ret);

#endif
