#include "types/die.h"

#include <dwarf.h>

#include "base/banned.h"

enum {
	STRIPS_MAX = 64 /* const volatile typedef ... of a type that is meant to be read */
};

bool vmspy_die_number(Dwarf_Die *die, unsigned attribute, uint64_t *ret)
{
	Dwarf_Attribute found;
	Dwarf_Word number;

	if (!dwarf_attr_integrate(die, attribute, &found) || dwarf_formudata(&found, &number))
		return false;
	*ret = number;
	return true;
}

/* A form of fixed size has no sign: 255 in one byte is 255, whatever libdw makes of it. */
bool vmspy_die_signed(Dwarf_Die *die, unsigned attribute, int64_t *ret)
{
	Dwarf_Attribute found;
	Dwarf_Sword number;
	Dwarf_Word plain;
	unsigned form;

	if (!dwarf_attr_integrate(die, attribute, &found))
		return false;
	form = dwarf_whatform(&found);
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(&found, &number))
			return false;
		*ret = number;
		return true;
	}
	if (dwarf_formudata(&found, &plain))
		return false;
	*ret = (int64_t)plain;
	return true;
}

bool vmspy_die_has(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute found;
	bool set = false;

	return dwarf_attr(die, attribute, &found) && !dwarf_formflag(&found, &set) && set;
}

const char *vmspy_die_name(Dwarf_Die *die)
{
	return dwarf_diename(die);
}

/* An entry may stand for one in a unit of its own, of types that several files have. */
bool vmspy_die_refers(Dwarf_Die *die, unsigned attribute, Dwarf_Die *ret)
{
	Dwarf_Attribute found, signature;
	Dwarf_Die elsewhere;

	if (!dwarf_attr_integrate(die, attribute, &found) || !dwarf_formref_die(&found, ret))
		return false;
	if (dwarf_attr(ret, DW_AT_signature, &signature) &&
	    dwarf_formref_die(&signature, &elsewhere))
		*ret = elsewhere;
	return true;
}

bool vmspy_die_type(Dwarf_Die *die, Dwarf_Die *ret)
{
	return vmspy_die_refers(die, DW_AT_type, ret);
}

static bool is_wrapping(int tag)
{
	switch (tag) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
	case DW_TAG_immutable_type:
	case DW_TAG_packed_type:
	case DW_TAG_shared_type:
		return true;
	default:
		return false;
	}
}

bool vmspy_die_strip(Dwarf_Die *type, Dwarf_Die *ret)
{
	*ret = *type;
	for (int i = 0; is_wrapping(dwarf_tag(ret)); i++) {
		Dwarf_Die inner;

		if (i == STRIPS_MAX || !vmspy_die_type(ret, &inner))
			return false;
		*ret = inner;
	}
	return true;
}

/* What points to a function of a class has an offset beside the address. Source: Itanium C++ ABI. */
static bool member_pointer_size(Dwarf_Die *type, uint64_t *ret_bytes)
{
	Dwarf_Die unit, declared, target;
	uint8_t address_bytes;

	if (dwarf_tag(type) != DW_TAG_ptr_to_member_type ||
	    !dwarf_diecu(type, &unit, &address_bytes, NULL) || !vmspy_die_type(type, &declared) ||
	    !vmspy_die_strip(&declared, &target))
		return false;
	*ret_bytes =
		dwarf_tag(&target) == DW_TAG_subroutine_type ? 2 * address_bytes : address_bytes;
	return true;
}

bool vmspy_die_size(Dwarf_Die *type, uint64_t *ret_bytes)
{
	Dwarf_Word size;

	if (dwarf_aggregate_size(type, &size))
		return member_pointer_size(type, ret_bytes);
	*ret_bytes = size;
	return true;
}

bool vmspy_die_count(Dwarf_Die *subrange, uint64_t *ret)
{
	int64_t upper, lower = 0;

	if (vmspy_die_number(subrange, DW_AT_count, ret))
		return true;
	if (!vmspy_die_signed(subrange, DW_AT_upper_bound, &upper))
		return false;
	vmspy_die_signed(subrange, DW_AT_lower_bound, &lower);
	/* gcc writes -1 for an array of no elements, also as an unsigned number of 32 bits. */
	if (upper < lower || upper == UINT32_MAX)
		*ret = 0;
	else
		*ret = (uint64_t)upper - (uint64_t)lower + 1;
	return true;
}

/* Old compilers write a constant as an expression: "add this". */
static bool read_addition(Dwarf_Attribute *attribute, uint64_t *ret)
{
	Dwarf_Op *operations;
	size_t count;

	if (dwarf_getlocation(attribute, &operations, &count) || count != 1 ||
	    operations[0].atom != DW_OP_plus_uconst)
		return false;
	*ret = operations[0].number;
	return true;
}

bool vmspy_die_offset(Dwarf_Die *member, uint64_t *ret_bytes)
{
	Dwarf_Attribute found;
	Dwarf_Word offset;

	*ret_bytes = 0; /* members of unions have no place */
	if (!dwarf_attr(member, DW_AT_data_member_location, &found))
		return true;
	switch (dwarf_whatform(&found)) {
	case DW_FORM_block1:
	case DW_FORM_block2:
	case DW_FORM_block4:
	case DW_FORM_block:
	case DW_FORM_exprloc:
		return read_addition(&found, ret_bytes);
	default:
		break;
	}
	if (dwarf_formudata(&found, &offset))
		return false;
	*ret_bytes = offset;
	return true;
}

bool vmspy_die_first(Dwarf_Die *parent, Dwarf_Die *ret)
{
	return !dwarf_child(parent, ret);
}

bool vmspy_die_next(Dwarf_Die *die)
{
	return !dwarf_siblingof(die, die);
}

bool vmspy_die_is_aggregate(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}
