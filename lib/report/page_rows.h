/* The row of `vmspy diff --hex`: one page, and what differs on it. */
#ifndef VMSPY_REPORT_PAGE_ROWS_H
#define VMSPY_REPORT_PAGE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "blame/page.h"
#include "report/column.h"

/* Strings and changes are borrowed but for the digits, which the row owns. */
struct vmspy_page_row {
	uint64_t address;
	const char *state, *page_class, *reason; /* unknown where nothing is mapped */
	uint64_t frame_a, frame_b;
	const char *missing_a, *missing_b; /* why there are no bytes; NULL: there are */
	uint64_t changed_bytes;
	char *hex_a, *hex_b;
	struct vmspy_nested changes;
};

extern const struct vmspy_column vmspy_page_columns[];

/* Of changes in JSON; the row is a struct vmspy_page_change. */
extern const struct vmspy_column vmspy_page_change_columns[];

/*
 * The row of pair->kept, which was asked for.
 * ret:    end it with vmspy_page_row_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_page_row_get(const struct vmspy_pair *pair,
				       const struct vmspy_page_changes *changes,
				       struct vmspy_page_row *ret) VMSPY_MUST_CHECK;

void vmspy_page_row_deinit(struct vmspy_page_row *row);

/* ret: why a side of pair->kept has no bytes, as a word and for people; NULL: it has. */
const char *vmspy_page_missing_word(const struct vmspy_pair *pair, bool of_b);
const char *vmspy_page_missing_help(const struct vmspy_pair *pair, bool of_b);

#endif
