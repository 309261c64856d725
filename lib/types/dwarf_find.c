#include "types/dwarf_find.h"

#include <dwarf.h>
#include <string.h>

#include "base/array.h"
#include "types/die.h"

#include "base/banned.h"

enum {
	DEPTH_MAX = 64,
	ADDRESS_TABLE_HEADER_BYTES = 8, /* of .debug_addr since DWARF 5, in its 32-bit format */
	LEB_BITS = 7,
};

/* A unit whose entries are looked at, and what it needs to know addresses by their numbers. */
struct unit {
	Dwarf_Die root;
	const Elf_Data *addresses; /* .debug_addr; NULL: there is none */
	uint64_t base;             /* of its part there */
	uint8_t address_bytes;
};

struct looking {
	struct vmspy_dwarf_search *search;
	size_t left; /* not found yet */
	struct unit *units;
	size_t count, room;
	struct unit *unit; /* that is looked at */
	bool in_functions;
	const char *function;
};

/* --- addresses ----------------------------------------------------------------------------- */

static bool read_number(const unsigned char **at, const unsigned char *end, uint64_t *ret)
{
	unsigned shift = 0;

	*ret = 0;
	while (*at < end && shift < 64) {
		unsigned char byte = *(*at)++;

		*ret |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
		shift += LEB_BITS;
	}
	return false;
}

/* An address of the unit's size. */
static bool read_address(const struct unit *unit, const unsigned char *at, uint64_t *ret)
{
	uint32_t narrow;

	if (unit->address_bytes == sizeof(narrow)) {
		memcpy(&narrow, at, sizeof(narrow));
		*ret = narrow;
		return true;
	}
	if (unit->address_bytes != sizeof(*ret))
		return false;
	memcpy(ret, at, sizeof(*ret));
	return true;
}

static bool numbered_address(const struct unit *unit, uint64_t number, uint64_t *ret)
{
	uint64_t at, end;

	if (!unit->addresses ||
	    __builtin_mul_overflow(number, (uint64_t)unit->address_bytes, &at) ||
	    __builtin_add_overflow(at, unit->base, &at) ||
	    __builtin_add_overflow(at, (uint64_t)unit->address_bytes, &end) ||
	    end > unit->addresses->d_size)
		return false;
	return read_address(unit, (const unsigned char *)unit->addresses->d_buf + at, ret);
}

/* ret: whether it lies at one address for ever: all that its location says is this address. */
static bool find_address(const struct unit *unit, Dwarf_Die *variable, uint64_t *ret)
{
	const unsigned char *at, *end;
	Dwarf_Attribute location;
	Dwarf_Block block;
	uint64_t number;

	if (!dwarf_attr(variable, DW_AT_location, &location) ||
	    dwarf_formblock(&location, &block) || block.length < 2)
		return false;
	at = block.data + 1;
	end = block.data + block.length;
	switch (block.data[0]) {
	case DW_OP_addr:
		return block.length == 1 + (uint64_t)unit->address_bytes &&
		       read_address(unit, at, ret);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
		return read_number(&at, end, &number) && at == end &&
		       numbered_address(unit, number, ret);
	default:
		return false;
	}
}

/* ret: the first one wanted at this address. */
static struct vmspy_dwarf_wanted *find_wanted(const struct vmspy_dwarf_search *search,
					      uint64_t address)
{
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (search->wanted[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < search->count && search->wanted[low].address == address ? &search->wanted[low]
									     : NULL;
}

/* --- entries ------------------------------------------------------------------------------- */

static struct vmspy_error *look_at_variable(struct looking *looking, Dwarf_Die *variable)
{
	struct vmspy_dwarf_search *search = looking->search;
	const struct vmspy_dwarf_wanted *end = search->wanted + search->count;
	struct vmspy_dwarf_found found = {
		.variable = variable,
		.unit = &looking->unit->root,
		.function = looking->function,
	};
	struct vmspy_dwarf_wanted *wanted;
	struct vmspy_error *err = NULL;
	uint64_t address;
	Dwarf_Die type;

	if (!find_address(looking->unit, variable, &address) ||
	    !(wanted = find_wanted(search, address)) || wanted->found ||
	    !vmspy_die_type(variable, &type))
		return NULL;
	for (; !err && wanted < end && wanted->address == address; wanted++) {
		wanted->found = true;
		looking->left--;
		found.index = wanted->index;
		err = search->found(&found, search->context);
	}
	return err;
}

/* Which entries are looked into, and when: functions last, there are many and most have none. */
static bool is_entered(const struct looking *looking, int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_structure_type: /* Rust and Go keep functions there */
	case DW_TAG_class_type:
		return true;
	case DW_TAG_subprogram:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_inlined_subroutine:
		return looking->in_functions;
	default:
		return false;
	}
}

static struct vmspy_error *look_into(struct looking *looking, Dwarf_Die *parent, unsigned depth)
{
	const char *outside = looking->function;
	struct vmspy_error *err = NULL;
	Dwarf_Die child;

	if (depth > DEPTH_MAX)
		return NULL;
	for (bool any = vmspy_die_first(parent, &child); any && !err && looking->left;
	     any = vmspy_die_next(&child)) {
		int tag = dwarf_tag(&child);

		if (tag == DW_TAG_variable) {
			err = look_at_variable(looking, &child);
		} else if (is_entered(looking, tag)) {
			if (tag == DW_TAG_subprogram)
				looking->function = vmspy_die_name(&child);
			err = look_into(looking, &child, depth + 1);
			looking->function = outside;
		}
	}
	return err;
}

/* --- units --------------------------------------------------------------------------------- */

static uint8_t address_bytes_of(Dwarf_Die *root)
{
	uint8_t bytes = 0;
	Dwarf_Die unit;

	return dwarf_diecu(root, &unit, &bytes, NULL) ? bytes : 0;
}

/* skeleton: the unit in the program itself, which has the addresses. */
static struct unit unit_of(const struct looking *looking, Dwarf_Die *root, Dwarf_Die *skeleton)
{
	struct unit unit = {
		.root = *root,
		.addresses = vmspy_dwarf_section(looking->search->file->dwarf, ".debug_addr"),
		.base = ADDRESS_TABLE_HEADER_BYTES,
		.address_bytes = address_bytes_of(root),
	};
	uint64_t base;

	if (vmspy_die_number(skeleton, DW_AT_addr_base, &base) ||
	    vmspy_die_number(skeleton, DW_AT_GNU_addr_base, &base))
		unit.base = base;
	return unit;
}

static struct vmspy_error *look_at_unit(struct looking *looking, const struct unit *unit)
{
	struct vmspy_error *err = vmspy_array_grow(&looking->units, &looking->room, looking->count,
						   sizeof(*looking->units));

	if (err)
		return err;
	looking->units[looking->count++] = *unit;
	looking->unit = &looking->units[looking->count - 1];
	return look_into(looking, &looking->unit->root, 0);
}

static const char *text_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute found;

	return dwarf_attr(die, attribute, &found) ? dwarf_formstring(&found) : NULL;
}

/* The unit of a split file that belongs to the skeleton. */
static bool find_split_unit(Dwarf *split, uint64_t wanted, Dwarf_Die *ret)
{
	Dwarf_CU *unit = NULL;
	uint64_t id;
	uint8_t type;

	while (!dwarf_get_units(split, unit, &unit, NULL, &type, ret, NULL))
		if (type == DW_UT_split_compile &&
		    !dwarf_cu_info(unit, NULL, NULL, NULL, NULL, &id, NULL, NULL) && id == wanted)
			return true;
	return false;
}

static struct vmspy_error *look_at_split(struct looking *looking, Dwarf_CU *cu, Dwarf_Die *skeleton)
{
	struct vmspy_dwarf_search *search = looking->search;
	const char *name = text_of(skeleton, DW_AT_dwo_name);
	const char *directory = text_of(skeleton, DW_AT_comp_dir);
	struct unit unit;
	Dwarf_Die root;
	Dwarf *split;
	uint64_t id;

	if (!name)
		name = text_of(skeleton, DW_AT_GNU_dwo_name);
	if (!name || dwarf_cu_info(cu, NULL, NULL, NULL, NULL, &id, NULL, NULL))
		return NULL;
	split = vmspy_dwarf_open_split(search->file, name, directory);
	if (!split || !find_split_unit(split, id, &root)) {
		search->missing = name;
		return NULL;
	}
	unit = unit_of(looking, &root, skeleton);
	return look_at_unit(looking, &unit);
}

static struct vmspy_error *look_at_units(struct looking *looking)
{
	Dwarf *dwarf = looking->search->file->dwarf;
	struct vmspy_error *err = NULL;
	Dwarf_CU *cu = NULL;
	Dwarf_Die root;
	uint8_t type;

	while (!err && looking->left &&
	       !dwarf_get_units(dwarf, cu, &cu, NULL, &type, &root, NULL)) {
		if (type == DW_UT_skeleton) {
			err = look_at_split(looking, cu, &root);
		} else if (type == DW_UT_compile || type == DW_UT_partial) {
			struct unit unit = unit_of(looking, &root, &root);

			err = look_at_unit(looking, &unit);
		}
	}
	return err;
}

struct vmspy_error *vmspy_dwarf_find(struct vmspy_dwarf_search *search)
{
	struct looking looking = { .search = search, .left = search->count };
	struct vmspy_error *err = look_at_units(&looking);

	looking.in_functions = true;
	for (size_t i = 0; !err && looking.left && i < looking.count; i++) {
		looking.unit = &looking.units[i];
		err = look_into(&looking, &looking.unit->root, 0);
	}
	return err;
}
