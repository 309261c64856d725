#include "symbol/spot.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/demangle.h"
#include "symbol/place.h"

#include "base/banned.h"

void vmspy_spot_deinit(struct vmspy_spot *spot)
{
	free(spot->symbol);
	*spot = (struct vmspy_spot){ 0 };
}

/* What a table knows of one address. */
struct best {
	const struct vmspy_table *table;
	const struct vmspy_table_row *row; /* the smallest object there; NULL: none */
	uint32_t section;
};

/* Of objects inside of each other the smallest says most. */
static struct vmspy_error *take_row(const struct vmspy_table_row *row, void *context)
{
	struct best *best = context;

	best->section = row->section;
	if (row->name != VMSPY_TABLE_NO_NAME &&
	    (!best->row || row->end - row->start < best->row->end - best->row->start))
		best->row = row;
	return NULL;
}

static struct vmspy_error *look_up(const struct vmspy_table *table, uint64_t address,
				   struct best *ret)
{
	const struct vmspy_table_query query = {
		.start = address,
		.end = address + 1,
		.found = take_row,
		.context = ret,
	};

	*ret = (struct best){ .table = table, .section = VMSPY_TABLE_NO_NAME };
	return address == UINT64_MAX ? NULL : vmspy_table_find(table, &query);
}

/* name: as the file has it. */
static struct vmspy_error *set_symbol(struct vmspy_spot *spot, const char *name)
{
	struct vmspy_error *err = vmspy_demangle(&name, 1, &spot->symbol);

	if (err || spot->symbol)
		return err;
	spot->symbol = strdup(name);
	return spot->symbol ? NULL : vmspy_error_no_memory();
}

static struct vmspy_error *take_best(struct vmspy_spot *spot, const struct best *best,
				     const struct vmspy_place *place)
{
	const char *section = vmspy_table_name(best->table, best->section);

	if (section)
		spot->section = section;
	if (!best->row)
		return NULL;
	spot->symbol_start = best->row->start + place->bias;
	spot->symbol_bytes = best->row->end - best->row->start;
	return set_symbol(spot, vmspy_table_name(best->table, best->row->name));
}

static struct vmspy_error *find_variable(const struct vmspy_place *place, struct vmspy_spot *spot)
{
	struct vmspy_error *err;
	struct best best;

	if ((err = look_up(&place->image->table, spot->link_address, &best)))
		return err;
	return take_best(spot, &best, place);
}

static struct vmspy_error *find_function(struct vmspy_modules *modules,
					 const struct vmspy_place *place, struct vmspy_spot *spot)
{
	const struct vmspy_image *functions;
	struct vmspy_error *err;
	struct best best;

	if ((err = vmspy_place_functions(modules, place, &functions)) ||
	    (err = look_up(&functions->table, spot->link_address, &best)))
		return err;
	spot->is_function = best.row;
	return take_best(spot, &best, place);
}

/* What the kernel put right behind a bss becomes one mapping with it, but is no part of the file. */
static bool is_behind_file(const struct vmspy_place *place, const struct vmspy_mapping *mapping,
			   uint64_t address)
{
	uint64_t link_address = address - place->bias;

	return !mapping->vma.inode && link_address != UINT64_MAX &&
	       !vmspy_elf_load_of(&place->image->elf, link_address, link_address + 1);
}

/* Only code has functions, but code and constants may share a page. */
static struct vmspy_error *find_in_file(struct vmspy_modules *modules, uint64_t address,
					struct vmspy_spot *spot)
{
	struct vmspy_place place;
	struct vmspy_error *err = vmspy_place_find(modules, address, &place);

	if (err || !place.image || is_behind_file(&place, spot->mapping, address))
		return err;
	spot->object = place.object;
	spot->link_address = address - place.bias;
	if (spot->mapping->vma.executable && (err = find_function(modules, &place, spot)))
		return err;
	return spot->symbol ? NULL : find_variable(&place, spot);
}

/* Code that the process made, by the names that it gave. */
static struct vmspy_error *find_made_code(struct vmspy_modules *modules, uint64_t address,
					  struct vmspy_spot *spot)
{
	const struct vmspy_space_perf_map *names;
	const struct vmspy_perf_map_entry *entry;
	struct vmspy_error *err = vmspy_place_perf_map(modules, address, &names);
	size_t at;

	if (err || !names)
		return err;
	at = vmspy_perf_map_at(&names->map, address);
	if (at == names->map.count || names->map.entry[at].start > address)
		return NULL;
	entry = &names->map.entry[at];
	spot->object = names->path;
	spot->section = "jit";
	spot->symbol_start = entry->start;
	spot->symbol_bytes = entry->end - entry->start;
	spot->is_function = true;
	return set_symbol(spot, entry->name);
}

struct vmspy_error *vmspy_spot_find(struct vmspy_modules *modules, uint64_t address,
				    struct vmspy_spot *ret)
{
	const struct vmspy_layout *layout = vmspy_space_layout(vmspy_modules_space(modules));
	VMSPY_AUTO(vmspy_spot_deinit)
	struct vmspy_spot spot = { .mapping = vmspy_layout_find(layout, address) };
	struct vmspy_error *err;

	if (spot.mapping) {
		const struct vmspy_vma *vma = &spot.mapping->vma;

		spot.has_file_offset = vma->inode;
		if (vma->inode)
			spot.file_offset_bytes = vma->offset_bytes + (address - vma->start);
		if ((err = find_in_file(modules, address, &spot)))
			return err;
		if (!spot.object && (err = find_made_code(modules, address, &spot)))
			return err;
	}
	*ret = spot;
	spot = (struct vmspy_spot){ 0 }; /* the caller's now */
	return NULL;
}
