/* The rows of `vmspy diff` about what pages without symbols point to. */
#ifndef VMSPY_REPORT_CLUE_ROWS_H
#define VMSPY_REPORT_CLUE_ROWS_H

#include <stdint.h>

#include "blame/clues.h"
#include "report/column.h"

/* A named object that they point to. Strings are borrowed. */
struct vmspy_clue_row {
	const char *name, *object;
	uint64_t address, pages, words;
	uint64_t changed_distance; /* an int64_t; VMSPY_UNKNOWN: nothing near it changed */
	uint64_t changed_words;
};

extern const struct vmspy_column vmspy_clue_columns[];

struct vmspy_clue_row vmspy_clue_row_of(const struct vmspy_clue *clue);

#endif
