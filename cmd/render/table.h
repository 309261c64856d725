/* Tables for a terminal: a small grid through libsmartcols, a large one streamed. */
#ifndef VMSPY_CMD_RENDER_TABLE_H
#define VMSPY_CMD_RENDER_TABLE_H

#include <stdio.h>

#include "base/error.h"
#include "render/grid.h"
#include "render/render.h"

/* Print a settled grid; its cells are used up. */
struct vmspy_error *table_print(struct grid *grid,
				const struct render_style *style) VMSPY_MUST_CHECK;

/* Print the headings, and one row of a settled grid, with the widths of the grid. */
struct vmspy_error *stream_headings(const struct grid *grid,
				    const struct render_style *style) VMSPY_MUST_CHECK;
struct vmspy_error *stream_row(const struct grid *grid, size_t row,
			       const struct render_style *style) VMSPY_MUST_CHECK;

#endif
