/* vmspy maps: mappings, and what is not mapped between them. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "maps.h"
#include "render/rows.h"

#include "base/banned.h"

/* Rows of one table: mappings by their place among those shown, gaps behind all of them. */
struct items {
	const struct maps_view *view;
	const size_t *item; /* NULL: mappings alone, as they come */
};

static void get_item(const void *context, size_t i, void *row)
{
	const struct items *items = context;
	const struct vmspy_mapping_set *set = &items->view->mappings;
	size_t item = items->item ? items->item[i] : i;

	if (item < set->count) {
		vmspy_mapping_rows_get(set->rows, vmspy_mapping_set_at(set, item), row);
	} else {
		const struct vmspy_gap *gap = &items->view->gaps.gap[item - set->count];

		vmspy_mapping_rows_gap(set->rows, gap->start, gap->end, row);
	}
}

/* ret: all items by address; NULL without memory. */
static size_t *merge(const struct maps_view *view)
{
	const struct vmspy_mapping_set *set = &view->mappings;
	size_t count = set->count + view->gaps.count, mapping = 0, gap = 0;
	size_t *items = calloc(count + 1, sizeof(*items));

	for (size_t i = 0; items && i < count; i++) {
		bool is_gap = gap < view->gaps.count &&
			      (mapping == set->count ||
			       view->gaps.gap[gap].next <= vmspy_mapping_set_at(set, mapping));

		items[i] = is_gap ? set->count + gap++ : mapping++;
	}
	return items;
}

static bool has_total(const struct vmspy_selection *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (vmspy_unit_is_additive(columns->column[i]->unit))
			return true;
	return false;
}

void maps_print_total(const struct maps *maps, const struct maps_view *view,
		      const struct vmspy_selection *columns)
{
	struct vmspy_mapping_row row;

	if (maps->output.style.format != RENDER_TEXT || !has_total(columns))
		return;
	vmspy_mapping_sums_total(&view->mappings, &row);
	render_total(maps->render, &row);
}

/* In JSON gaps are no mappings. */
static void print_gaps(const struct maps *maps, const struct maps_view *view)
{
	struct vmspy_selection columns =
		vmspy_selection_default(vmspy_gap_columns, VMSPY_SHOW_JSON);
	size_t first = view->mappings.count;
	struct items items = { view, NULL };
	struct vmspy_mapping_row row;

	if (!is_given(maps->arguments, OPTION_GAPS))
		return;
	render_table_begin(maps->render, "gaps", &columns);
	for (size_t i = 0; i < view->gaps.count; i++) {
		get_item(&items, first + i, &row);
		render_row(maps->render, &row);
	}
	render_table_end(maps->render);
}

void maps_print_table(const struct maps *maps, const struct maps_view *view)
{
	bool apart = maps->output.style.format == RENDER_JSON;
	bool among = !apart && view->gaps.count;
	VMSPY_AUTO(vmspy_guard_free) size_t *item = among ? merge(view) : NULL;
	struct items items = { view, item };
	struct vmspy_mapping_row row;
	struct vmspy_rows rows = {
		.count = view->mappings.count + (among ? view->gaps.count : 0),
		.context = &items,
		.get = get_item,
		.row = &row,
		.row_bytes = sizeof(row),
	};

	if (among && !item) {
		render_fail(maps->render, vmspy_error_no_memory());
		return;
	}
	render_table_begin(maps->render, "mappings", &maps->output.columns);
	render_rows(maps->render, &rows, &maps->output.sort, 0);
	maps_print_total(maps, view, &maps->output.columns);
	render_table_end(maps->render);
	if (apart)
		print_gaps(maps, view);
}
