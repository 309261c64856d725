/* The copies of a trace, added up as they come. */
#ifndef VMSPY_REPORT_TRACE_SUMS_H
#define VMSPY_REPORT_TRACE_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slots.h"
#include "base/texts.h"
#include "report/column.h"
#include "report/trace_rows.h"

/* By what. */
enum vmspy_trace_by {
	VMSPY_BY_PROCESS,
	VMSPY_BY_MAPPING,
	VMSPY_BY_SYMBOL,
	VMSPY_BY_FUNCTION,
	VMSPY_BY_COUNT,
};

/* The row of any of the sums. Strings are borrowed from the sums. */
struct vmspy_trace_sum {
	uint64_t pid;
	const char
		*name; /* comm, object, variable, function; NULL: without a name, or all others */
	const char *object; /* of variables and functions */
	const char *kind;   /* of mappings */
	uint64_t copies, bytes;
};

/* A hash while it is filled; sorted, the most copies first, once it is finished. */
struct vmspy_trace_table {
	struct vmspy_trace_sum *sum;
	struct vmspy_slots slots;
	size_t count, sum_room;
};

enum {
	VMSPY_RATE_BUCKETS = 60,
};

/* How many copies in each stretch of time, since the beginning. */
struct vmspy_trace_rate {
	uint64_t begin_ns, bucket_ns;
	struct vmspy_trace_bucket bucket[VMSPY_RATE_BUCKETS];
	size_t count; /* buckets up to the last that has any */
};

/* Hold it with _init/_deinit. */
struct vmspy_trace_sums {
	struct vmspy_trace_table by[VMSPY_BY_COUNT];
	struct vmspy_trace_rate rate;
	uint64_t copies, bytes;
	uint64_t by_writer[VMSPY_WRITER_COUNT]; /* copies */
	struct vmspy_texts texts;
};

void vmspy_trace_sums_init(uint64_t begin_ns, struct vmspy_trace_sums *ret);
void vmspy_trace_sums_deinit(struct vmspy_trace_sums *sums);

/*
 * Add a copy.
 * writer:  of the event.
 * Errors:  NO_MEMORY.
 * Note:    when there are too many names, what is new is added up as all others.
 */
struct vmspy_error *vmspy_trace_sums_add(struct vmspy_trace_sums *sums,
					 const struct vmspy_trace_row *row,
					 enum vmspy_writer writer) VMSPY_MUST_CHECK;

/* Sort them: no copy can be added any more. */
void vmspy_trace_sums_finish(struct vmspy_trace_sums *sums);

/* ret: the columns of one of the sums. */
const struct vmspy_column *vmspy_trace_sum_columns(enum vmspy_trace_by by);

/* ret: the key of its array in JSON: "processes". */
const char *vmspy_trace_sum_key(enum vmspy_trace_by by);

#endif
