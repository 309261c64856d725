/* The cells of a text table, measured. */
#ifndef VMSPY_CMD_RENDER_GRID_H
#define VMSPY_CMD_RENDER_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "render/cell.h"
#include "report/column.h"

/* cell[row * columns.count + column]; a zeroed struct is an empty grid without columns. */
struct grid {
	struct vmspy_selection columns;
	char **cell;
	size_t row_count;
	size_t room;
	bool settled;                       /* the widths stay as they are */
	bool has_total;                     /* the last row is one */
	size_t width[VMSPY_SELECTION_MAX];  /* of the widest cell, in columns of the terminal */
	bool nonzero[VMSPY_SELECTION_MAX];  /* some row has another number than 0 there */
	bool left_out[VMSPY_SELECTION_MAX]; /* decided by grid_settle() */
	size_t limit[VMSPY_SELECTION_MAX];  /* wider cells are cut to it; 0: none are */
	struct vmspy_buf scratch;           /* of the cell that is being made */
};

/* Columns are as wide as their headings, also where those are not printed. */
void grid_init(const struct vmspy_selection *columns, struct grid *ret);
void grid_deinit(struct grid *grid);

/* Forget the rows; what was measured and settled stays. */
void grid_clear(struct grid *grid);

struct vmspy_error *grid_add(struct grid *grid, const void *row,
			     const struct cell_style *style) VMSPY_MUST_CHECK;

/* Add the row of totals: the first column says so, and what has no total is empty. */
struct vmspy_error *grid_add_total(struct grid *grid, const void *row,
				   const struct cell_style *style) VMSPY_MUST_CHECK;

/* Add a row that is one text, in the first column. */
struct vmspy_error *grid_add_note(struct grid *grid, const char *text) VMSPY_MUST_CHECK;

/*
 * Decide what is left out and how wide the rest is, and cut the texts that are wider.
 * width:    of the terminal; 0: none.
 * complete: all rows are there, so that a column of noughts is known to be one.
 */
struct vmspy_error *grid_settle(struct grid *grid, size_t width, bool complete) VMSPY_MUST_CHECK;

/* Cut the texts of the last row as those of the rows that were settled. */
struct vmspy_error *grid_cut_last(struct grid *grid) VMSPY_MUST_CHECK;

/* ret: borrowed from the grid. */
const char *grid_cell(const struct grid *grid, size_t row, size_t column);

/* ret: columns of the terminal that a text takes. */
size_t grid_text_width(const char *text);

/* ret: how many bytes at the start of a text take no more than `limit` columns. */
size_t grid_text_prefix(const char *text, size_t limit);

/* ret: where the end of a text begins that takes no more than `limit` columns. */
size_t grid_text_suffix(const char *text, size_t limit);

/* What stands for the part of a text that was cut, static. */
const char *grid_ellipsis(void);

#endif
