#include "render/table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "base/cleanup.h"

#include "base/banned.h"

#define BOLD "bold"

static void guard_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static struct vmspy_error *failed(int ret)
{
	return ret == -ENOMEM ? vmspy_error_no_memory()
			      : vmspy_error_system(-ret, "cannot lay out a table");
}

static int add_columns(struct libscols_table *table, const struct grid *grid)
{
	for (size_t i = 0; i < grid->columns.count; i++) {
		const struct vmspy_column *column = grid->columns.column[i];
		struct libscols_column *added;

		if (grid->left_out[i])
			continue;
		added = scols_table_new_column(table, column->heading, 0,
					       vmspy_unit_is_right(column->unit) ? SCOLS_FL_RIGHT
										 : 0);
		if (!added)
			return -ENOMEM;
		scols_cell_set_color(scols_column_get_header(added), BOLD);
	}
	return 0;
}

/* The line owns the cells that it is given. */
static int add_line(struct libscols_table *table, struct grid *grid, size_t row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char **cell = grid->cell + row * grid->columns.count;
	size_t at = 0;
	int ret = line ? 0 : -ENOMEM;

	for (size_t i = 0; !ret && i < grid->columns.count; i++) {
		if (grid->left_out[i])
			continue;
		ret = scols_line_refer_data(line, at++, cell[i]);
		if (!ret)
			cell[i] = NULL;
	}
	if (!ret && grid->has_total && row + 1 == grid->row_count)
		ret = scols_line_set_color(line, BOLD);
	return ret;
}

struct vmspy_error *table_print(struct grid *grid, const struct render_style *style)
{
	VMSPY_AUTO(guard_table) struct libscols_table *table = scols_new_table();
	int ret;

	if (!table)
		return vmspy_error_no_memory();
	scols_table_set_stream(table, style->out);
	scols_table_enable_noheadings(table, style->no_headings);
	scols_table_enable_colors(table, style->coloured);
	/* The cells are escaped and cut already. */
	scols_table_enable_noencoding(table, 1);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	ret = add_columns(table, grid);
	for (size_t row = 0; !ret && row < grid->row_count; row++)
		ret = add_line(table, grid, row);
	if (!ret && grid->row_count)
		ret = scols_print_table(table);
	return ret ? failed(ret) : NULL;
}
