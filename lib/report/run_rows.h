/* The rows of `vmspy diff --runs`. */
#ifndef VMSPY_REPORT_RUN_ROWS_H
#define VMSPY_REPORT_RUN_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "compare/pair.h"
#include "report/column.h"

/* Adjacent pages that are alike. Strings are borrowed. */
struct vmspy_run_row {
	uint64_t start, end, pages;
	const char *state, *page_class;
	uint64_t frame_a, frame_b;      /* of the first page */
	uint64_t frames_contiguous;     /* unknown where no side has a frame that can be seen */
	const char *reason;             /* of unknown ones */
	const char *left, *left_source; /* of diverged ones, where it is known */
	const char *kind;
	const char *object;
};

extern const struct vmspy_column vmspy_run_columns[];

/* index: below pair->runs.count. */
struct vmspy_run_row vmspy_run_row_of(const struct vmspy_pair *pair, size_t index);

#endif
