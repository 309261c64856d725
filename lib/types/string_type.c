#include "types/string_type.h"

#include <dwarf.h>
#include <string.h>

#include "base/cleanup.h"
#include "types/die.h"
#include "types/leaf.h"
#include "types/leaf_text.h"

#include "base/banned.h"

/* Structs that are strings, by the begin of their names, and where they keep what. */
static const struct layout {
	const char *name;
	const char *characters, *length; /* members */
} layouts[] = {
	{ "basic_string<char,", "_M_dataplus", "_M_string_length" },
	{ "basic_string<char>", "_M_dataplus", "_M_string_length" },
	{ "basic_string_view<char,", "_M_str", "_M_len" },
	{ "&str", "data_ptr", "length" },
};

/* Where a string keeps its address and its length: both of one size. */
struct string {
	uint64_t characters, length; /* offsets */
	uint64_t word_bytes;
	uint64_t size_bytes;
};

static const struct layout *find_layout(Dwarf_Die *type)
{
	const char *name = vmspy_die_name(type);

	for (size_t i = 0; name && i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (!strncmp(name, layouts[i].name, strlen(layouts[i].name)))
			return &layouts[i];
	return NULL;
}

static bool find_string(Dwarf_Die *type, struct string *ret)
{
	const struct layout *layout = find_layout(type);
	bool has_characters = false, has_length = false;
	Dwarf_Die child, declared, length_type;

	if (!layout || !vmspy_die_size(type, &ret->size_bytes))
		return false;
	for (bool any = vmspy_die_first(type, &child); any; any = vmspy_die_next(&child)) {
		const char *name =
			dwarf_tag(&child) == DW_TAG_member ? vmspy_die_name(&child) : NULL;

		if (name && !strcmp(name, layout->characters))
			has_characters = vmspy_die_offset(&child, &ret->characters);
		else if (name && !strcmp(name, layout->length))
			has_length = vmspy_die_offset(&child, &ret->length) &&
				     vmspy_die_type(&child, &declared) &&
				     vmspy_die_strip(&declared, &length_type) &&
				     vmspy_die_size(&length_type, &ret->word_bytes);
	}
	return has_characters && has_length &&
	       (ret->word_bytes == sizeof(uint32_t) || ret->word_bytes == sizeof(uint64_t));
}

/* The machine's byte order is little where a word may have either size. */
static bool read_word(struct vmspy_walk *walk, bool of_b, uint64_t address, uint64_t size,
		      uint64_t *ret)
{
	uint32_t narrow;

	if (size == sizeof(*ret))
		return vmspy_reader_read(&walk->reader, of_b, address, ret, sizeof(*ret)) ==
		       sizeof(*ret);
	if (vmspy_reader_read(&walk->reader, of_b, address, &narrow, sizeof(narrow)) <
	    sizeof(narrow))
		return false;
	*ret = narrow;
	return true;
}

/* ret: the text of one side; empty if it is not known. */
static struct vmspy_error *read_text(struct vmspy_walk *walk, bool of_b, uint64_t address,
				     const struct string *string, struct vmspy_value *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	uint64_t characters, length;
	struct vmspy_error *err;

	if (!read_word(walk, of_b, address + string->characters, string->word_bytes, &characters) ||
	    !read_word(walk, of_b, address + string->length, string->word_bytes, &length) ||
	    length == UINT64_MAX)
		return NULL;
	err = vmspy_text_quote(&walk->reader, of_b, characters, length, &text);
	if (!err)
		vmspy_text_set(ret, &text);
	return err;
}

static void set_hex(struct vmspy_walk *walk, bool of_b, uint64_t address, uint64_t size,
		    struct vmspy_value *ret)
{
	char bytes[VMSPY_VALUE_BYTES_MAX];
	size_t wanted = size < sizeof(bytes) ? (size_t)size : sizeof(bytes);
	size_t known = vmspy_reader_read(&walk->reader, of_b, address, bytes, wanted);

	*ret = vmspy_value_format(bytes, known, size);
	ret->text[0] = '\0';
}

struct vmspy_error *vmspy_string_walk(struct vmspy_walk *walk, const struct vmspy_part *part,
				      Dwarf_Die *type, bool *told)
{
	struct vmspy_record record = { .start = part->address };
	struct vmspy_value *values[] = { &record.value_a, &record.value_b };
	struct vmspy_error *err = NULL;
	struct string string;

	*told = false;
	if (!find_string(type, &string) || string.size_bytes > walk->end - part->address)
		return NULL;
	record.size_bytes = string.size_bytes;
	record.changed_bytes = vmspy_reader_count_changes(&walk->reader, part->address,
							  part->address + string.size_bytes);
	if (!record.changed_bytes)
		return NULL;
	for (int side = 0; !err && side < 2; side++) {
		set_hex(walk, side, part->address, string.size_bytes, values[side]);
		err = read_text(walk, side, part->address, &string, values[side]);
	}
	if (err || (!record.value_a.text[0] && !record.value_b.text[0]))
		return err;
	*told = true;
	return vmspy_walk_leaves_out(walk, part) ? NULL : vmspy_walk_tell(walk, part, &record);
}
