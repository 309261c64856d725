/* The rows of `vmspy diff` about variables. */
#ifndef VMSPY_REPORT_SYMBOL_ROWS_H
#define VMSPY_REPORT_SYMBOL_ROWS_H

#include <stdint.h>

#include "blame/changed.h"
#include "report/column.h"

/* A variable, or a nameless part of a section, that differs. Strings are borrowed. */
struct vmspy_symbol_row {
	const char *name, *object, *section;
	uint64_t start, size_bytes, diverged_pages, changed_bytes;
	struct vmspy_value value_a, value_b;
};

extern const struct vmspy_column vmspy_symbol_columns[];

struct vmspy_symbol_row vmspy_symbol_row_of(const struct vmspy_changed *changed);

#endif
