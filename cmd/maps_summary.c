/* vmspy maps: mappings added up. */
#include <string.h>

#include "base/cleanup.h"
#include "maps.h"
#include "render/rows.h"

#include "base/banned.h"

static void get_sum(const void *context, size_t i, void *row)
{
	const struct vmspy_mapping_sums *sums = context;

	*(struct vmspy_mapping_row *)row = sums->row[i];
}

static const struct vmspy_column *column_called(const char *key)
{
	const struct vmspy_column *column = vmspy_summary_columns;

	while (strcmp(column->key, key) != 0)
		column++;
	return column;
}

/* Unless something else is asked for: what takes most memory first, or most addresses. */
static struct vmspy_sort order_of(const struct maps *maps, const struct maps_view *view)
{
	bool has_sizes = view->mappings.rows->needs & VMSPY_NEED_SMAPS;

	if (maps->output.sort.column)
		return maps->output.sort;
	return (struct vmspy_sort){
		.column = column_called(has_sizes ? "resident_bytes" : "size_bytes"),
		.descending = true,
	};
}

void maps_print_summary(const struct maps *maps, const struct maps_view *view)
{
	VMSPY_AUTO(vmspy_mapping_sums_deinit) struct vmspy_mapping_sums sums = { 0 };
	struct vmspy_selection columns = maps->output.columns;
	struct vmspy_sort sort = order_of(maps, view);
	struct vmspy_mapping_row row;
	struct vmspy_rows rows = { .context = &sums, .get = get_sum, .row = &row };
	struct vmspy_error *err = vmspy_mapping_sums_make(&view->mappings, maps->summary_by, &sums);

	if (err) {
		render_fail(maps->render, err);
		return;
	}
	rows.count = sums.count;
	vmspy_selection_trim(&columns, (VMSPY_NEED_KIND | VMSPY_NEED_OBJECT) & ~maps->summary_by);
	render_table_begin(maps->render, "summary", &columns);
	render_rows(maps->render, &rows, &sort, 0);
	maps_print_total(maps, view, &columns);
	render_table_end(maps->render);
}
