/* A table, printed again: which rows say something else than the last time. Pure. */
#ifndef VMSPY_REPORT_ROW_MARKS_H
#define VMSPY_REPORT_ROW_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "report/column.h"
#include "report/order.h"

/* What is kept of a row: which one it is, and a digest of what it said. */
struct vmspy_row_mark {
	uint64_t id;
	uint64_t digest;
};

/* A zeroed struct is empty. */
struct vmspy_row_marks {
	struct vmspy_row_mark *mark;
	size_t count;
};

/* How rows are told apart. */
struct vmspy_row_marking {
	size_t id_offset; /* in the row struct: the address that says which row it is */
	const struct vmspy_selection *columns; /* what it says; NULL: nothing but its id */
};

/*
 * Mark all rows.
 * ret:    mark[i] is of row i; end it with vmspy_row_marks_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_row_marks_take(const struct vmspy_rows *rows,
					 const struct vmspy_row_marking *how,
					 struct vmspy_row_marks *ret) VMSPY_MUST_CHECK;

void vmspy_row_marks_deinit(struct vmspy_row_marks *marks);

/* ret: the same for rows that say the same in these columns; rows of cells are looked into. */
uint64_t vmspy_row_digest(const struct vmspy_selection *columns, const void *row);

/* Shape: index ascends; gone ascends. */
struct vmspy_row_changes {
	size_t *index; /* of rows that were not there, or said something else */
	size_t count;
	uint64_t *gone; /* ids that no row has any more */
	size_t gone_count;
};

/*
 * Compare the marks of a table with those of the last time.
 * before: sorted by an earlier call, or empty.
 * now:    sorted here.
 * ret:    end it with vmspy_row_changes_deinit().
 * Errors: NO_MEMORY; now may or may not be sorted then.
 */
struct vmspy_error *vmspy_row_changes_find(const struct vmspy_row_marks *before,
					   struct vmspy_row_marks *now,
					   struct vmspy_row_changes *ret) VMSPY_MUST_CHECK;

/*
 * Keep also what is gone: a row that comes back later is no news then.
 * before: sorted. now: sorted; grows.
 * Errors: NO_MEMORY; now is unchanged then.
 */
struct vmspy_error *vmspy_row_marks_keep(const struct vmspy_row_marks *before,
					 struct vmspy_row_marks *now) VMSPY_MUST_CHECK;

void vmspy_row_changes_deinit(struct vmspy_row_changes *changes);

/* Make every cell of a row unknown. */
void vmspy_row_forget(const struct vmspy_column *columns, void *row);

#endif
