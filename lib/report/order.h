/* The order of rows: by one of their columns. */
#ifndef VMSPY_REPORT_ORDER_H
#define VMSPY_REPORT_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "report/column.h"

/* What rows are sorted by. A zeroed struct: nothing, they stay as they come. */
struct vmspy_sort {
	const struct vmspy_column *column;
	bool descending;
};

/*
 * Choose what to sort by: "SIZE", "size_bytes" in any case; with a leading `+` ascending, with
 * a `-` descending. Without either numbers descend, and texts ascend.
 * Errors: BAD_DATA (no such column: names the nearest).
 */
struct vmspy_error *vmspy_sort_parse(const struct vmspy_column *columns, const char *word,
				     struct vmspy_sort *ret) VMSPY_MUST_CHECK;

/* Rows that are made one at a time, so that large tables need not stand in memory. */
struct vmspy_rows {
	size_t count;
	const void *context;
	void (*get)(const void *context, size_t index, void *row); /* index: below count */
	void *row;                                                 /* room for one */
	size_t row_bytes; /* of it; 0: get is for one thread at a time */
};

/*
 * Sort rows. What is unknown comes last in both directions; of values numbers come before texts.
 * Rows that are equal stay as they come.
 * ret:    the places of the rows, in order; free() it.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_rows_sort(const struct vmspy_rows *rows, const struct vmspy_sort *sort,
				    size_t **ret) VMSPY_MUST_CHECK;

#endif
