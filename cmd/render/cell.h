/* One cell as text, by its unit. */
#ifndef VMSPY_CMD_RENDER_CELL_H
#define VMSPY_CMD_RENDER_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "report/column.h"

struct cell_style {
	bool in_bytes; /* sizes as plain numbers of bytes, durations as nanoseconds */
	bool whole;    /* long values are not cut */
	bool raw;      /* never empty, and no spaces: what is absent or empty is `-` */
	uint32_t page_bytes;
};

#define CELL_ABSENT "-"

/* Append one cell. Text of a target is escaped. */
struct vmspy_error *cell_append(struct vmspy_buf *buf, const struct vmspy_column *column,
				const void *row, const struct cell_style *style) VMSPY_MUST_CHECK;

/*
 * Append text for --raw: what vmspy_escape_line() escapes, and spaces and backslashes too, as
 * \xHH, so that the text can be had back; empty text is `-`, and the text "-" is \x2d.
 */
struct vmspy_error *cell_append_raw_text(struct vmspy_buf *buf, const char *text) VMSPY_MUST_CHECK;

#endif
