#include "types/variant.h"

#include <dwarf.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "types/die.h"
#include "types/leaf.h"
#include "types/leaf_text.h"
#include "types/walk_member.h"

#include "base/banned.h"

enum {
	FIELDS_MAX = 8,
};

/* What says which variant is there. Without one there is only one variant. */
struct discriminant {
	bool exists;
	uint64_t offset, size_bytes;
};

static bool find_part(Dwarf_Die *type, Dwarf_Die *ret)
{
	for (bool any = vmspy_die_first(type, ret); any; any = vmspy_die_next(ret))
		if (dwarf_tag(ret) == DW_TAG_variant_part)
			return true;
	return false;
}

/* ret: false: it is there, but cannot be read. */
static bool find_discriminant(Dwarf_Die *variants, struct discriminant *ret)
{
	Dwarf_Die member, declared, type;

	*ret = (struct discriminant){ .exists = vmspy_die_refers(variants, DW_AT_discr, &member) };
	return !ret->exists ||
	       (vmspy_die_offset(&member, &ret->offset) && vmspy_die_type(&member, &declared) &&
		vmspy_die_strip(&declared, &type) && vmspy_die_size(&type, &ret->size_bytes) &&
		ret->size_bytes && ret->size_bytes <= sizeof(uint64_t));
}

static uint64_t cut(uint64_t number, uint64_t size_bytes)
{
	return size_bytes < sizeof(number) ? number & ((UINT64_C(1) << size_bytes * CHAR_BIT) - 1)
					   : number;
}

/* The member that stands for the variant. ret: false: none does. */
static bool find_variant(Dwarf_Die *variants, const struct discriminant *discriminant,
			 uint64_t wanted, Dwarf_Die *ret)
{
	Dwarf_Die variant, chosen;
	bool found = false;

	for (bool any = vmspy_die_first(variants, &variant); any; any = vmspy_die_next(&variant)) {
		int64_t value;

		if (dwarf_tag(&variant) != DW_TAG_variant)
			continue;
		if (!vmspy_die_signed(&variant, DW_AT_discr_value, &value)) {
			/* The one for all other values, unless one of them comes later. */
			if (!found)
				chosen = variant;
			found = true;
		} else if (cut((uint64_t)value, discriminant->size_bytes) == wanted) {
			chosen = variant;
			found = true;
			break;
		}
	}
	return found && vmspy_die_first(&chosen, ret) && dwarf_tag(ret) == DW_TAG_member;
}

/* ret: the variant of one side; false: not known. */
static bool read_variant(struct vmspy_walk *walk, const struct vmspy_part *part, bool of_b,
			 Dwarf_Die *variants, Dwarf_Die *ret)
{
	struct discriminant discriminant;
	uint64_t value = 0;

	if (!find_discriminant(variants, &discriminant))
		return false;
	if (discriminant.exists &&
	    vmspy_reader_read(&walk->reader, of_b, part->address + discriminant.offset, &value,
			      (size_t)discriminant.size_bytes) < discriminant.size_bytes)
		return false;
	return find_variant(variants, &discriminant, value, ret);
}

/* The numbers, addresses and texts in a variant: "(7)". Nothing if it holds other things. */
static struct vmspy_error *append_fields(struct vmspy_walk *walk, const struct vmspy_part *variant,
					 bool of_b, struct vmspy_buf *text)
{
	Dwarf_Die declared = variant->type, type, child;
	struct vmspy_error *err = NULL;
	int count = 0;

	if (!vmspy_die_strip(&declared, &type))
		return NULL;
	for (bool any = vmspy_die_first(&type, &child); any && !err && count < FIELDS_MAX;
	     any = vmspy_die_next(&child)) {
		struct vmspy_part field;
		struct vmspy_leaf leaf = { 0 };
		struct vmspy_value value;

		if (!vmspy_member_find(variant, &type, &child, &field))
			continue;
		leaf.address = field.address;
		if (!vmspy_die_strip(&field.type, &leaf.type) ||
		    !vmspy_die_size(&leaf.type, &leaf.size_bytes))
			continue;
		if ((err = vmspy_leaf_value(&walk->reader, &leaf, of_b, &value)))
			break;
		err = vmspy_buf_printf(text, "%s%s", count++ ? ", " : "(",
				       value.text[0] ? value.text : "...");
	}
	return err || !count ? err : vmspy_buf_append(text, ")", 1);
}

static struct vmspy_error *set_value(struct vmspy_walk *walk, const struct vmspy_part *part,
				     bool of_b, Dwarf_Die *variant, struct vmspy_value *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	const char *name = vmspy_die_name(variant);
	struct vmspy_part inside = *part;
	unsigned char byte[VMSPY_VALUE_BYTES_MAX];
	struct vmspy_error *err;
	Dwarf_Die declared = part->type;
	uint64_t size, offset;

	if (!name || !vmspy_die_size(&declared, &size) || !vmspy_die_offset(variant, &offset))
		return NULL;
	*ret = vmspy_value_format(
		byte,
		vmspy_reader_read(&walk->reader, of_b, part->address, byte,
				  size < sizeof(byte) ? (size_t)size : sizeof(byte)),
		size);
	inside.address += offset;
	err = vmspy_escape_line(&text, name, strlen(name));
	if (!err && vmspy_die_type(variant, &inside.type))
		err = append_fields(walk, &inside, of_b, &text);
	if (!err)
		vmspy_text_set(ret, &text);
	return err;
}

static struct vmspy_error *tell_change(struct vmspy_walk *walk, const struct vmspy_part *part,
				       Dwarf_Die variants[2])
{
	struct vmspy_record record = { .start = part->address };
	Dwarf_Die type = part->type;
	struct vmspy_error *err;

	if (!vmspy_die_size(&type, &record.size_bytes) ||
	    record.size_bytes > walk->end - part->address || vmspy_walk_leaves_out(walk, part))
		return NULL;
	record.changed_bytes = vmspy_reader_count_changes(&walk->reader, part->address,
							  part->address + record.size_bytes);
	if ((err = set_value(walk, part, false, &variants[0], &record.value_a)) ||
	    (err = set_value(walk, part, true, &variants[1], &record.value_b)))
		return err;
	return vmspy_walk_tell(walk, part, &record);
}

struct vmspy_error *vmspy_variant_walk(struct vmspy_walk *walk, const struct vmspy_part *part,
				       Dwarf_Die *type, bool *told)
{
	Dwarf_Die variants, variant[2];
	struct vmspy_part inside;
	uint64_t size;

	*told = false;
	if (!find_part(type, &variants))
		return NULL;
	*told = true;
	if (!vmspy_die_size(type, &size) || size > walk->end - part->address ||
	    vmspy_reader_next_change(&walk->reader, part->address, part->address + size) ==
		    part->address + size ||
	    !read_variant(walk, part, false, &variants, &variant[0]) ||
	    !read_variant(walk, part, true, &variants, &variant[1]))
		return NULL;
	if (variant[0].addr != variant[1].addr)
		return tell_change(walk, part, variant);
	return vmspy_member_find(part, &variants, &variant[0], &inside)
		       ? vmspy_walk_part(walk, &inside)
		       : NULL;
}
