/* What the process that reads DWARF tells the one that asked, record by record. Pure. */
#ifndef VMSPY_TYPES_MEMBER_RECORD_H
#define VMSPY_TYPES_MEMBER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/values.h"

enum vmspy_record_kind {
	VMSPY_RECORD_VARIABLE, /* its name, type and, if it is no aggregate, both values */
	VMSPY_RECORD_MEMBER,
	VMSPY_RECORD_LEFT_OUT, /* size_bytes: how many members more */
	VMSPY_RECORD_NO_DWARF, /* path: the build-id in hex, or nothing */
};

struct vmspy_record {
	enum vmspy_record_kind kind;
	uint32_t index;    /* which variable */
	uint32_t bytes;    /* of the record with its texts; set when it is written */
	bool in_union;     /* another member of a union has the same bytes */
	bool is_pointer;   /* the values are addresses: */
	uint64_t points_a; /* these */
	uint64_t points_b;
	uint64_t start;
	uint64_t size_bytes;
	uint64_t changed_bytes;
	struct vmspy_value value_a, value_b;
	/* Behind it stand two texts, each with its end. Borrowed. */
	const char *path; /* or the name of the variable */
	const char *type;
};

/* Errors: NO_MEMORY. */
struct vmspy_error *vmspy_record_write(const struct vmspy_record *record,
				       struct vmspy_buf *buf) VMSPY_MUST_CHECK;

/*
 * Take the next record.
 * at:  where to read; moved behind it.
 * ret: false: there is none, or what stands there is none. Nothing in it is trusted but that its
 *      texts end, and its kind.
 */
bool vmspy_record_read(const struct vmspy_buf *buf, size_t *at, struct vmspy_record *ret);

#endif
