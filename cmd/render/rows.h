/* The rows of a table, one after another, in the order that was asked for. */
#ifndef VMSPY_CMD_RENDER_ROWS_H
#define VMSPY_CMD_RENDER_ROWS_H

#include <stddef.h>

#include "render/render.h"
#include "report/order.h"

/*
 * Print rows between render_table_begin() and its total or end.
 * sort:  NULL, or without a column: as they come.
 * limit: how many at most; 0: all.
 */
void render_rows(struct render *render, const struct vmspy_rows *rows,
		 const struct vmspy_sort *sort, size_t limit);

#endif
