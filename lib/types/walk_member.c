#include "types/walk_member.h"

#include <ctype.h>
#include <dwarf.h>
#include <limits.h>
#include <string.h>

#include "types/die.h"

#include "base/banned.h"

enum {
	FIELD_BITS_MAX = 128,
	BASES_DEPTH_MAX = 8,
};

/* --- where --------------------------------------------------------------------------------- */

/* DWARF 2 and 3 count from the highest bit of a storage unit, whose size may be that of the type. */
static bool old_bit_place(Dwarf_Die *child, uint64_t bit_offset, uint64_t bit_count,
			  uint64_t *ret_bits)
{
	uint64_t offset, unit_bytes, unit_bits;
	Dwarf_Die declared, type;

	if (!vmspy_die_offset(child, &offset))
		return false;
	if (!vmspy_die_number(child, DW_AT_byte_size, &unit_bytes) &&
	    (!vmspy_die_type(child, &declared) || !vmspy_die_strip(&declared, &type) ||
	     !vmspy_die_size(&type, &unit_bytes)))
		return false;
	unit_bits = unit_bytes * CHAR_BIT;
	if (unit_bytes > FIELD_BITS_MAX / CHAR_BIT || bit_offset > unit_bits ||
	    bit_count > unit_bits - bit_offset || offset > UINT64_MAX / CHAR_BIT - unit_bytes)
		return false;
	*ret_bits = offset * CHAR_BIT + unit_bits - bit_offset - bit_count;
	return true;
}

static bool find_bits(Dwarf_Die *child, uint64_t bit_count, struct vmspy_part *part)
{
	uint64_t bits, old;

	if (!bit_count || bit_count > FIELD_BITS_MAX)
		return false;
	if (!vmspy_die_number(child, DW_AT_data_bit_offset, &bits)) {
		if (vmspy_die_number(child, DW_AT_bit_offset, &old)) {
			if (!old_bit_place(child, old, bit_count, &bits))
				return false;
		} else if (!vmspy_die_offset(child, &bits) ||
			   __builtin_mul_overflow(bits, CHAR_BIT, &bits)) {
			return false;
		}
	}
	part->address += bits / CHAR_BIT;
	part->bit_offset = (unsigned)(bits % CHAR_BIT);
	part->bit_count = (unsigned)bit_count;
	return true;
}

/* What is declared in a class, but lies elsewhere: static members. */
static bool lies_elsewhere(Dwarf_Die *child)
{
	return vmspy_die_has(child, DW_AT_external) || vmspy_die_has(child, DW_AT_declaration);
}

bool vmspy_member_find(const struct vmspy_part *owner, Dwarf_Die *type, Dwarf_Die *child,
		       struct vmspy_part *ret)
{
	uint64_t offset, bit_count;
	int tag = dwarf_tag(child);

	if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || lies_elsewhere(child))
		return false;
	*ret = *owner;
	ret->depth = owner->depth + 1;
	ret->bit_count = ret->bit_offset = 0;
	ret->in_union = owner->in_union || dwarf_tag(type) == DW_TAG_union_type;
	if (!vmspy_die_type(child, &ret->type))
		return false;
	if (vmspy_die_number(child, DW_AT_bit_size, &bit_count))
		return find_bits(child, bit_count, ret);
	if (!vmspy_die_offset(child, &offset))
		return false;
	return !__builtin_add_overflow(ret->address, offset, &ret->address);
}

/* --- what it is called --------------------------------------------------------------------- */

/* ret: the class that an inheritance is of, without typedefs. */
static bool base_of(Dwarf_Die *child, Dwarf_Die *ret)
{
	Dwarf_Die declared;

	return dwarf_tag(child) == DW_TAG_inheritance && vmspy_die_type(child, &declared) &&
	       vmspy_die_strip(&declared, ret);
}

/* Whether the class or one of its bases has a member of this name. */
static bool has_member(Dwarf_Die *class, const char *name, int depth)
{
	Dwarf_Die child, base;

	if (depth > BASES_DEPTH_MAX)
		return false;
	for (bool any = vmspy_die_first(class, &child); any; any = vmspy_die_next(&child)) {
		const char *other =
			dwarf_tag(&child) == DW_TAG_member ? vmspy_die_name(&child) : NULL;

		if (other && !strcmp(other, name))
			return true;
		if (base_of(&child, &base) && has_member(&base, name, depth + 1))
			return true;
	}
	return false;
}

/* Whether a name of this base is also that of a member beside the base. */
static bool is_hidden(Dwarf_Die *class, Dwarf_Die *inheritance, const char *name)
{
	Dwarf_Die child, base;

	for (bool any = vmspy_die_first(class, &child); any; any = vmspy_die_next(&child)) {
		const char *other =
			dwarf_tag(&child) == DW_TAG_member ? vmspy_die_name(&child) : NULL;

		if (child.addr == inheritance->addr)
			continue;
		if ((other && !strcmp(other, name)) ||
		    (base_of(&child, &base) && has_member(&base, name, 0)))
			return true;
	}
	return false;
}

/* Whether one must say which base a member of this name is of. */
static bool is_ambiguous(const struct vmspy_base *base, const char *name)
{
	for (; base; base = base->outer)
		if (is_hidden(base->class, base->inheritance, name))
			return true;
	return false;
}

/* Rust calls the fields of a tuple __0, __1 ...; people write 0, 1. */
static const char *plain_name(const char *name)
{
	return !strncmp(name, "__", 2) && isdigit((unsigned char)name[2]) ? name + 2 : name;
}

struct vmspy_error *vmspy_member_name(struct vmspy_walk *walk, const struct vmspy_part *owner,
				      Dwarf_Die *type, Dwarf_Die *child)
{
	const char *name = vmspy_die_name(child), *class = vmspy_die_name(type);
	struct vmspy_error *err;

	if (dwarf_tag(child) == DW_TAG_inheritance || !name)
		return NULL;
	err = vmspy_buf_append(&walk->path, ".", 1);
	if (!err && class && is_ambiguous(owner->base, name)) {
		if (!(err = vmspy_walk_name(walk, class)))
			err = vmspy_buf_append(&walk->path, "::", 2);
	}
	return err ? err : vmspy_walk_name(walk, plain_name(name));
}
