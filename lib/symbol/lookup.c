#include "symbol/lookup.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "symbol/place.h"

#include "base/banned.h"

void vmspy_symbol_list_deinit(struct vmspy_symbol_list *list)
{
	free(list->symbol);
	*list = (struct vmspy_symbol_list){ 0 };
}

/* A list that is filled with what a table finds, in the addresses of the space. */
struct filling {
	struct vmspy_place place;
	struct vmspy_symbol_list list;
};

static void end_filling(struct filling *filling)
{
	vmspy_symbol_list_deinit(&filling->list);
}

static struct vmspy_error *add_row(const struct vmspy_table_row *row, void *context)
{
	struct filling *filling = context;
	const struct vmspy_table *table = &filling->place.image->table;
	struct vmspy_symbol_list *list = &filling->list;
	struct vmspy_error *err =
		vmspy_array_grow(&list->symbol, &list->room, list->count, sizeof(*list->symbol));

	if (err)
		return err;
	list->symbol[list->count++] = (struct vmspy_symbol){
		.name = vmspy_table_name(table, row->name),
		.section = vmspy_table_name(table, row->section),
		.object = filling->place.object,
		.start = row->start + filling->place.bias,
		.size_bytes = row->end - row->start,
	};
	return NULL;
}

/* Code that the process made, by the names that it gave. */
static struct vmspy_error *add_made_code(struct vmspy_modules *modules, uint64_t start,
					 uint64_t end, struct vmspy_symbol_list *list)
{
	const struct vmspy_space_perf_map *names;
	struct vmspy_error *err = vmspy_place_perf_map(modules, start, &names);

	if (err || !names)
		return err;
	for (size_t i = vmspy_perf_map_at(&names->map, start); i < names->map.count; i++) {
		const struct vmspy_perf_map_entry *entry = &names->map.entry[i];

		if (entry->start >= end)
			break;
		err = vmspy_array_grow(&list->symbol, &list->room, list->count,
				       sizeof(*list->symbol));
		if (err)
			return err;
		list->symbol[list->count++] = (struct vmspy_symbol){
			.name = entry->name,
			.section = "jit",
			.object = names->path,
			.start = entry->start,
			.size_bytes = entry->end - entry->start,
		};
	}
	return NULL;
}

struct vmspy_error *vmspy_symbols_in(struct vmspy_modules *modules, uint64_t start, uint64_t end,
				     struct vmspy_symbol_list *ret)
{
	VMSPY_AUTO(end_filling) struct filling filling = { 0 };
	struct vmspy_table_query query = { .found = add_row, .context = &filling };
	struct vmspy_error *err;

	if (start < end && (err = vmspy_place_find(modules, start, &filling.place)))
		return err;
	query.start = start - filling.place.bias;
	query.end = end - filling.place.bias;
	/* No segment of a module wraps around the address space; a range may. */
	if (filling.place.image && query.start < query.end) {
		if ((err = vmspy_table_find(&filling.place.image->table, &query)))
			return err;
	}
	if (!filling.place.image && start < end &&
	    (err = add_made_code(modules, start, end, &filling.list)))
		return err;
	*ret = filling.list;
	filling.list = (struct vmspy_symbol_list){ 0 };
	return NULL;
}
