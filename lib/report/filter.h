/* Which rows are meant: conditions on any of their columns. */
#ifndef VMSPY_REPORT_FILTER_H
#define VMSPY_REPORT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "report/column.h"

enum vmspy_filter_op {
	VMSPY_OP_EQUAL,
	VMSPY_OP_UNEQUAL,
	VMSPY_OP_LESS,
	VMSPY_OP_AT_MOST,
	VMSPY_OP_MORE,
	VMSPY_OP_AT_LEAST,
	VMSPY_OP_HAS,
	VMSPY_OP_LACKS,
	VMSPY_OP_COUNT,
};

struct vmspy_condition {
	const struct vmspy_column *column;
	enum vmspy_filter_op op;
	uint64_t number; /* of a column of numbers */
	uint64_t scale;  /* what a row's number is multiplied by before it is compared */
	char *text;      /* of a column of texts */
};

/* A zeroed struct takes every row. */
struct vmspy_filter {
	struct vmspy_condition *condition; /* all must hold */
	size_t count;
	size_t room;
	uint32_t needs; /* of their columns */
};

/*
 * Read "RSS>1M,OBJECT~libc": COLUMN OP VALUE, with commas between them and no spaces.
 *   numbers: = != < <= > >=, decimal or 0x; sizes may end in K, M, G, T, and pages too, which are
 *            bytes then; a device is MAJOR:MINOR; what is true or not is yes or no
 *   texts:   = and != with a shell pattern, of a path also its last part alone; ~ and !~ with a part
 *   words:   ~ and !~ with one of the words; = and != with a pattern for all of them
 * page_bytes: of the host.
 * ret:    end it with vmspy_filter_deinit().
 * Errors: BAD_DATA (no condition, no such column, an operator or a value that it does not have),
 *         NO_MEMORY.
 */
struct vmspy_error *vmspy_filter_parse(const struct vmspy_column *columns, const char *list,
				       uint64_t page_bytes,
				       struct vmspy_filter *ret) VMSPY_MUST_CHECK;

void vmspy_filter_deinit(struct vmspy_filter *filter);

/* Whether all conditions hold. One on a cell that is unknown does not, whatever it is. */
bool vmspy_filter_takes(const struct vmspy_filter *filter, const void *row);

#endif
