/* The rows of `vmspy diff` about the bytes of diverged pages. */
#ifndef VMSPY_REPORT_CONTENT_ROWS_H
#define VMSPY_REPORT_CONTENT_ROWS_H

#include <stdint.h>

#include "compare/pair.h"
#include "report/column.h"

/* What was compared, and what it says of all diverged pages. */
struct vmspy_content_row {
	const char *mode; /* "all", "sample", "none" */
	uint64_t exact, compared_pages;
	uint64_t sampled_of_pages; /* unknown where it is no sample */
	uint64_t read_ns;
	uint64_t estimated_identical_pages, estimated_changed_bytes, amplification;
};

extern const struct vmspy_column vmspy_content_columns[];

struct vmspy_content_row vmspy_content_row_of(const struct vmspy_pair *pair);

/* The word of --content; NULL behind the last one. */
const char *vmspy_content_name(enum vmspy_content content);

/* How many compared pages have so many changed bytes. */
struct vmspy_change_row {
	uint64_t from_bytes, to_bytes, pages;
};

extern const struct vmspy_column vmspy_change_columns[];

/* step: below VMSPY_CHANGE_STEPS. */
struct vmspy_change_row vmspy_change_row_of(const struct vmspy_pair *pair, size_t step);

#endif
