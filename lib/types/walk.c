#include "types/walk.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "types/die.h"
#include "types/leaf.h"
#include "types/leaf_text.h"
#include "types/string_type.h"
#include "types/variant.h"
#include "types/walk_member.h"

#include "base/banned.h"

enum {
	DEPTH_MAX = 64,
	DIMENSIONS_MAX = 8,
	PATH_BYTES_MAX = 1024,
	LEFT_OUT_MAX = 10000, /* beyond it elements are counted, not what is in them */
};

/* --- telling ------------------------------------------------------------------------------- */

static void cut_path(struct vmspy_walk *walk, size_t length)
{
	walk->path.length = length;
	walk->path.text[length] = '\0';
}

struct vmspy_error *vmspy_walk_name(struct vmspy_walk *walk, const char *name)
{
	size_t length = strlen(name);

	if (walk->path.length + length > PATH_BYTES_MAX)
		return NULL;
	return vmspy_escape_line(&walk->path, name, length);
}

bool vmspy_walk_leaves_out(struct vmspy_walk *walk, const struct vmspy_part *part)
{
	if (!part->depth || walk->member_count < walk->members_max)
		return false;
	walk->left_out_count++;
	return true;
}

static struct vmspy_error *tell(struct vmspy_walk *walk, const struct vmspy_record *record)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf written = { 0 };
	struct vmspy_error *err = vmspy_record_write(record, &written);

	return err ? err : vmspy_apart_add(walk->answer, written.text, written.length);
}

struct vmspy_error *vmspy_walk_tell(struct vmspy_walk *walk, const struct vmspy_part *part,
				    struct vmspy_record *record)
{
	char type_name[VMSPY_TYPE_NAME_MAX];
	Dwarf_Die type = part->type;

	if (!record->type) {
		vmspy_type_name(&walk->namer, &type, type_name);
		record->type = type_name;
	}
	record->kind = part->depth ? VMSPY_RECORD_MEMBER : VMSPY_RECORD_VARIABLE;
	record->index = walk->index;
	record->in_union = part->in_union;
	record->path = vmspy_buf_text(&walk->path);
	walk->member_count += part->depth > 0;
	return tell(walk, record);
}

/* --- what has no members ------------------------------------------------------------------- */

static struct vmspy_error *walk_leaf(struct vmspy_walk *walk, const struct vmspy_part *part,
				     Dwarf_Die *type)
{
	struct vmspy_leaf leaf = {
		.type = *type,
		.address = part->address,
		.bit_offset = part->bit_offset,
		.bit_count = part->bit_count,
	};
	struct vmspy_record record = { .start = part->address };
	struct vmspy_error *err;

	if (part->bit_count)
		leaf.size_bytes = (part->bit_offset + part->bit_count + 7) / 8;
	else if (!vmspy_die_size(type, &leaf.size_bytes))
		return NULL;
	if (!leaf.size_bytes || leaf.size_bytes > walk->end - part->address ||
	    vmspy_leaf_is_equal(&walk->reader, &leaf))
		return NULL;
	if (vmspy_walk_leaves_out(walk, part))
		return NULL;
	if ((err = vmspy_leaf_value(&walk->reader, &leaf, false, &record.value_a)) ||
	    (err = vmspy_leaf_value(&walk->reader, &leaf, true, &record.value_b)))
		return err;
	/* A member of which a page is missing is not told. */
	if (part->depth && (!record.value_a.known || !record.value_b.known))
		return NULL;
	record.size_bytes = leaf.size_bytes;
	record.changed_bytes = vmspy_reader_count_changes(&walk->reader, part->address,
							  part->address + leaf.size_bytes);
	record.is_pointer = vmspy_leaf_points(&walk->reader, &leaf, false, &record.points_a) &&
			    vmspy_leaf_points(&walk->reader, &leaf, true, &record.points_b);
	return vmspy_walk_tell(walk, part, &record);
}

/* --- arrays -------------------------------------------------------------------------------- */

struct array {
	uint64_t count[DIMENSIONS_MAX];
	bool is_open; /* the first dimension is as large as there is room */
	size_t dimensions;
	uint64_t element_bytes;
	Dwarf_Die element; /* as declared */
	bool is_text;
	bool is_aggregate; /* its elements have members */
};

static bool read_dimensions(Dwarf_Die *type, struct array *array)
{
	Dwarf_Die child;

	for (bool any = vmspy_die_first(type, &child); any; any = vmspy_die_next(&child)) {
		uint64_t *count = &array->count[array->dimensions];

		if (dwarf_tag(&child) != DW_TAG_subrange_type)
			continue;
		if (array->dimensions == DIMENSIONS_MAX)
			return false;
		if (!vmspy_die_count(&child, count)) {
			if (array->dimensions)
				return false;
			array->is_open = true;
		}
		array->dimensions++;
	}
	return array->dimensions;
}

static bool read_array(Dwarf_Die *type, struct array *ret)
{
	Dwarf_Die element;
	int tag;

	*ret = (struct array){ 0 };
	if (!vmspy_die_type(type, &ret->element) || !vmspy_die_strip(&ret->element, &element) ||
	    !read_dimensions(type, ret))
		return false;
	if (!vmspy_die_number(type, DW_AT_byte_stride, &ret->element_bytes) &&
	    !vmspy_die_size(&element, &ret->element_bytes))
		return false;
	tag = dwarf_tag(&element);
	ret->is_text = vmspy_leaf_is_char(&element);
	ret->is_aggregate = tag == DW_TAG_array_type || vmspy_die_is_aggregate(&element);
	return ret->element_bytes;
}

/* ret: the bytes of what one index of this dimension chooses; 0: more than there can be. */
static uint64_t step_of(const struct array *array, size_t dimension)
{
	uint64_t step = array->element_bytes;

	for (size_t i = dimension + 1; i < array->dimensions; i++)
		if (__builtin_mul_overflow(step, array->count[i], &step))
			return 0;
	return step;
}

/* An array of characters. Inside of another array it has no type of its own. */
static struct vmspy_error *walk_text(struct vmspy_walk *walk, const struct vmspy_part *part,
				     const struct array *array, uint64_t count)
{
	struct vmspy_record record = { .start = part->address, .size_bytes = count };
	char type_name[VMSPY_TYPE_NAME_MAX + 32], element_name[VMSPY_TYPE_NAME_MAX];
	Dwarf_Die element = array->element;
	struct vmspy_value values[2];
	struct vmspy_error *err;

	record.changed_bytes =
		vmspy_reader_count_changes(&walk->reader, part->address, part->address + count);
	if (!record.changed_bytes || vmspy_walk_leaves_out(walk, part))
		return NULL;
	if ((err = vmspy_text_of_array(&walk->reader, part->address, count, values)))
		return err;
	record.value_a = values[0];
	record.value_b = values[1];
	if (array->dimensions > 1) {
		vmspy_type_name(&walk->namer, &element, element_name);
		snprintf(type_name, sizeof(type_name), "%s [%" PRIu64 "]", element_name, count);
		record.type = type_name;
	}
	return vmspy_walk_tell(walk, part, &record);
}

static struct vmspy_error *walk_dimension(struct vmspy_walk *walk, const struct vmspy_part *part,
					  const struct array *array, size_t dimension);

/* One element, whose index is already in the path. */
static struct vmspy_error *walk_element(struct vmspy_walk *walk, const struct vmspy_part *part,
					const struct array *array, size_t dimension)
{
	if (dimension + 1 < array->dimensions)
		return walk_dimension(walk, part, array, dimension + 1);
	if ((walk->left_out_count && !array->is_aggregate) || walk->left_out_count > LEFT_OUT_MAX) {
		walk->left_out_count++;
		return NULL;
	}
	return vmspy_walk_part(walk, part);
}

static struct vmspy_error *walk_dimension(struct vmspy_walk *walk, const struct vmspy_part *part,
					  const struct array *array, size_t dimension)
{
	uint64_t step = step_of(array, dimension), room = walk->end - part->address, end, index;
	size_t length = walk->path.length;
	struct vmspy_part element = *part;
	struct vmspy_error *err = NULL;
	uint64_t count = array->count[dimension];

	if (!step)
		return NULL;
	if ((array->is_open && !dimension) || count > room / step)
		count = room / step;
	if (array->is_text && dimension + 1 == array->dimensions)
		return walk_text(walk, part, array, count);
	element.type = array->element;
	element.depth = part->depth + 1;
	end = part->address + count * step;
	for (uint64_t at = part->address; !err; at = part->address + (index + 1) * step) {
		at = vmspy_reader_next_change(&walk->reader, at, end);
		if (at >= end)
			break;
		index = (at - part->address) / step;
		element.address = part->address + index * step;
		err = vmspy_buf_printf(&walk->path, "[%" PRIu64 "]", index);
		if (!err)
			err = walk_element(walk, &element, array, dimension);
		cut_path(walk, length);
	}
	return err;
}

static struct vmspy_error *walk_array(struct vmspy_walk *walk, const struct vmspy_part *part,
				      Dwarf_Die *type)
{
	struct array array;

	return read_array(type, &array) ? walk_dimension(walk, part, &array, 0) : NULL;
}

/* --- structs ------------------------------------------------------------------------------- */

static struct vmspy_error *walk_aggregate(struct vmspy_walk *walk, const struct vmspy_part *part,
					  Dwarf_Die *type)
{
	struct vmspy_error *err;
	bool told;

	if ((err = vmspy_string_walk(walk, part, type, &told)) || told)
		return err;
	if ((err = vmspy_variant_walk(walk, part, type, &told)) || told)
		return err;
	return vmspy_walk_members(walk, part, type);
}

struct vmspy_error *vmspy_walk_members(struct vmspy_walk *walk, const struct vmspy_part *part,
				       Dwarf_Die *type)
{
	size_t length = walk->path.length;
	struct vmspy_error *err = NULL;
	Dwarf_Die child;

	for (bool any = vmspy_die_first(type, &child); any && !err; any = vmspy_die_next(&child)) {
		const struct vmspy_base base = { type, &child, part->base };
		struct vmspy_part member;

		if (!vmspy_member_find(part, type, &child, &member) ||
		    member.address < walk->start || member.address >= walk->end)
			continue;
		member.base = dwarf_tag(&child) == DW_TAG_inheritance ? &base : NULL;
		err = vmspy_member_name(walk, part, type, &child);
		if (!err)
			err = vmspy_walk_part(walk, &member);
		cut_path(walk, length);
	}
	return err;
}

struct vmspy_error *vmspy_walk_part(struct vmspy_walk *walk, const struct vmspy_part *part)
{
	Dwarf_Die declared = part->type, type;

	if (part->depth > DEPTH_MAX || !vmspy_die_strip(&declared, &type))
		return NULL;
	if (dwarf_tag(&type) == DW_TAG_array_type)
		return walk_array(walk, part, &type);
	if (vmspy_die_is_aggregate(&type))
		return walk_aggregate(walk, part, &type);
	return walk_leaf(walk, part, &type);
}

/* The bytes of the whole variable; what it has a text for, says so later. */
static void set_raw_values(struct vmspy_walk *walk, struct vmspy_record *record)
{
	struct vmspy_value *values[] = { &record->value_a, &record->value_b };
	uint64_t size = walk->end - walk->start;
	char bytes[VMSPY_VALUE_BYTES_MAX];

	for (int side = 0; side < 2; side++) {
		size_t wanted = size < sizeof(bytes) ? (size_t)size : sizeof(bytes);
		size_t known = vmspy_reader_read(&walk->reader, side, walk->start, bytes, wanted);

		*values[side] = vmspy_value_format(bytes, known, size);
		values[side]->text[0] = '\0';
	}
}

struct vmspy_error *vmspy_walk_variable(struct vmspy_walk *walk, Dwarf_Die *type)
{
	const struct vmspy_part whole = { .type = *type, .address = walk->start };
	struct vmspy_record record = {
		.start = walk->start,
		.size_bytes = walk->end - walk->start,
	};
	struct vmspy_error *err;

	walk->member_count = walk->left_out_count = 0;
	set_raw_values(walk, &record);
	if ((err = vmspy_walk_tell(walk, &whole, &record)) ||
	    (err = vmspy_walk_part(walk, &whole)) || !walk->left_out_count)
		return err;
	record = (struct vmspy_record){
		.kind = VMSPY_RECORD_LEFT_OUT,
		.index = walk->index,
		.size_bytes = walk->left_out_count,
		.path = "",
		.type = "",
	};
	return tell(walk, &record);
}
