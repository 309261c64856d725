#include "types/leaf.h"

#include <dwarf.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "types/die.h"
#include "types/leaf_text.h"
#include "types/scalar.h"

#include "base/banned.h"

enum {
	FIELD_BYTES_MAX = 17, /* 128 bits that begin inside a byte */
	ENUM_BYTES_MAX = 8,
};

/* The bytes of one value, without the bits beside it. */
struct content {
	unsigned char byte[VMSPY_SCALAR_BYTES_MAX];
	uint64_t size_bytes;
};

/* Move a bit field down to bit 0. The first byte has the lowest bits: see is_understood(). */
static void extract_bits(const struct vmspy_leaf *leaf, struct content *content)
{
	unsigned char raw[VMSPY_SCALAR_BYTES_MAX + 1] = { 0 };
	unsigned spare = leaf->bit_count % CHAR_BIT;

	memcpy(raw, content->byte, sizeof(content->byte));
	content->size_bytes = (leaf->bit_count + CHAR_BIT - 1) / CHAR_BIT;
	memset(content->byte, 0, sizeof(content->byte));
	for (uint64_t i = 0; i < content->size_bytes; i++)
		content->byte[i] =
			(unsigned char)((raw[i] | raw[i + 1] << CHAR_BIT) >> leaf->bit_offset);
	if (spare)
		content->byte[content->size_bytes - 1] &= (unsigned char)((1U << spare) - 1);
}

/* Where bit fields are counted from the other end, nothing is said of them. */
static bool is_understood(const struct vmspy_leaf *leaf)
{
	return leaf->size_bytes && leaf->size_bytes <= VMSPY_SCALAR_BYTES_MAX &&
	       (!leaf->bit_count ||
		(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && leaf->size_bytes <= FIELD_BYTES_MAX));
}

static bool read_content(struct vmspy_both_reader *reader, const struct vmspy_leaf *leaf, bool of_b,
			 struct content *ret)
{
	*ret = (struct content){ .size_bytes = leaf->size_bytes };
	if (!is_understood(leaf) || vmspy_reader_read(reader, of_b, leaf->address, ret->byte,
						      (size_t)leaf->size_bytes) < leaf->size_bytes)
		return false;
	if (leaf->bit_count)
		extract_bits(leaf, ret);
	return true;
}

bool vmspy_leaf_is_equal(struct vmspy_both_reader *reader, const struct vmspy_leaf *leaf)
{
	struct content a, b;

	if (!leaf->bit_count)
		return vmspy_reader_next_change(reader, leaf->address,
						leaf->address + leaf->size_bytes) ==
		       leaf->address + leaf->size_bytes;
	return !read_content(reader, leaf, false, &a) || !read_content(reader, leaf, true, &b) ||
	       !memcmp(a.byte, b.byte, sizeof(a.byte));
}

/* --- which kind of number ------------------------------------------------------------------ */

static bool is_long_double(Dwarf_Die *type)
{
	const char *name = vmspy_die_name(type);

	/* __float128 has the same size and encoding. */
	return name && strstr(name, "long double");
}

static enum vmspy_scalar_kind kind_of_base(Dwarf_Die *type)
{
	static const enum vmspy_scalar_kind kinds[] = {
		[DW_ATE_address] = VMSPY_SCALAR_ADDRESS,
		[DW_ATE_boolean] = VMSPY_SCALAR_BOOL,
		[DW_ATE_complex_float] = VMSPY_SCALAR_COMPLEX,
		[DW_ATE_float] = VMSPY_SCALAR_FLOAT,
		[DW_ATE_signed] = VMSPY_SCALAR_SIGNED,
		[DW_ATE_signed_char] = VMSPY_SCALAR_CHAR,
		[DW_ATE_unsigned] = VMSPY_SCALAR_UNSIGNED,
		[DW_ATE_unsigned_char] = VMSPY_SCALAR_UNSIGNED_CHAR,
		[DW_ATE_UTF] = VMSPY_SCALAR_CODE_POINT,
	};
	uint64_t encoding;

	if (!vmspy_die_number(type, DW_AT_encoding, &encoding) ||
	    encoding >= sizeof(kinds) / sizeof(kinds[0]))
		return VMSPY_SCALAR_OPAQUE;
	if (encoding == DW_ATE_float && is_long_double(type))
		return VMSPY_SCALAR_LONG_DOUBLE;
	if (encoding == DW_ATE_complex_float && is_long_double(type))
		return VMSPY_SCALAR_LONG_COMPLEX;
	return kinds[encoding];
}

static enum vmspy_scalar_kind kind_of(Dwarf_Die *type)
{
	switch (dwarf_tag(type)) {
	case DW_TAG_base_type:
		return kind_of_base(type);
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
	case DW_TAG_ptr_to_member_type:
		return VMSPY_SCALAR_ADDRESS;
	default:
		return VMSPY_SCALAR_OPAQUE;
	}
}

bool vmspy_leaf_is_char(Dwarf_Die *type)
{
	enum vmspy_scalar_kind kind = kind_of(type);
	uint64_t size = 0;

	return (kind == VMSPY_SCALAR_CHAR || kind == VMSPY_SCALAR_UNSIGNED_CHAR ||
		kind == VMSPY_SCALAR_CODE_POINT) &&
	       vmspy_die_size(type, &size) && size == 1;
}

/* --- enumerators --------------------------------------------------------------------------- */

/* An enumeration, and a value of it. Both are cut to the bits that it has. */
struct enumeration {
	Dwarf_Die *type;
	uint64_t value, mask;
	const char *scope; /* "Colour", for those that are scoped; NULL */
};

static struct vmspy_error *append_name(const struct enumeration *enumeration, Dwarf_Die *enumerator,
				       struct vmspy_buf *text)
{
	const char *name = vmspy_die_name(enumerator), *scope = enumeration->scope;
	struct vmspy_error *err = NULL;

	if (scope)
		err = vmspy_escape_line(text, scope, strlen(scope));
	if (!err && scope)
		err = vmspy_buf_append(text, "::", 2);
	return err || !name ? err : vmspy_escape_line(text, name, strlen(name));
}

static bool value_of(const struct enumeration *enumeration, Dwarf_Die *enumerator, uint64_t *ret)
{
	int64_t value;

	if (dwarf_tag(enumerator) != DW_TAG_enumerator ||
	    !vmspy_die_signed(enumerator, DW_AT_const_value, &value))
		return false;
	*ret = (uint64_t)value & enumeration->mask;
	return true;
}

/* The enumerator of this value. Nothing is appended if there is none. */
static struct vmspy_error *append_exact(const struct enumeration *enumeration,
					struct vmspy_buf *text)
{
	Dwarf_Die child;
	uint64_t value;

	for (bool any = vmspy_die_first(enumeration->type, &child); any;
	     any = vmspy_die_next(&child))
		if (value_of(enumeration, &child, &value) && value == enumeration->value)
			return append_name(enumeration, &child, text);
	return NULL;
}

/* A|B, if all its bits are flags that have names. Nothing is appended otherwise. */
static struct vmspy_error *append_flags(const struct enumeration *enumeration,
					struct vmspy_buf *text)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf flags = { 0 };
	uint64_t left = enumeration->value, value;
	struct vmspy_error *err = NULL;
	Dwarf_Die child;

	for (bool any = vmspy_die_first(enumeration->type, &child); any && !err;
	     any = vmspy_die_next(&child)) {
		if (!value_of(enumeration, &child, &value) || !value || value & (value - 1) ||
		    !(value & left))
			continue;
		left &= ~value;
		if (flags.length)
			err = vmspy_buf_append(&flags, "|", 1);
		if (!err)
			err = append_name(enumeration, &child, &flags);
	}
	return err || left ? err : vmspy_buf_append(text, flags.text, flags.length);
}

static struct vmspy_error *append_number(const struct content *content, unsigned bit_count,
					 enum vmspy_scalar_kind kind, struct vmspy_buf *text)
{
	const struct vmspy_scalar scalar = {
		.kind = kind,
		.size_bytes = (size_t)content->size_bytes,
		.bit_count = bit_count,
	};
	char number[VMSPY_SCALAR_TEXT_MAX];

	vmspy_scalar_text(&scalar, content->byte, number);
	return vmspy_buf_append(text, number, strlen(number));
}

/* The type below an enumeration says whether it has a sign; C of old does not tell. */
static enum vmspy_scalar_kind enum_kind(Dwarf_Die *type)
{
	Dwarf_Die below, base;

	if (vmspy_die_type(type, &below) && vmspy_die_strip(&below, &base) &&
	    kind_of(&base) == VMSPY_SCALAR_SIGNED)
		return VMSPY_SCALAR_SIGNED;
	return VMSPY_SCALAR_UNSIGNED;
}

static struct vmspy_error *append_enum(const struct vmspy_leaf *leaf, const struct content *content,
				       struct vmspy_buf *text)
{
	Dwarf_Die type = leaf->type;
	struct enumeration enumeration = {
		.type = &type,
		.scope = vmspy_die_has(&type, DW_AT_enum_class) ? vmspy_die_name(&type) : NULL,
	};
	unsigned bits =
		leaf->bit_count ? leaf->bit_count : (unsigned)content->size_bytes * CHAR_BIT;
	struct vmspy_error *err;

	if (!content->size_bytes || content->size_bytes > ENUM_BYTES_MAX)
		return NULL;
	memcpy(&enumeration.value, content->byte, (size_t)content->size_bytes);
	enumeration.mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
	if ((err = append_exact(&enumeration, text)) || text->length)
		return err;
	if ((err = append_flags(&enumeration, text)) || text->length)
		return err;
	return append_number(content, leaf->bit_count, enum_kind(&type), text);
}

/* --- addresses ----------------------------------------------------------------------------- */

static bool points_to_char(const struct vmspy_leaf *leaf)
{
	Dwarf_Die type = leaf->type, below, target;

	return dwarf_tag(&type) == DW_TAG_pointer_type && vmspy_die_type(&type, &below) &&
	       vmspy_die_strip(&below, &target) && vmspy_leaf_is_char(&target);
}

static uint64_t address_in(const struct content *content)
{
	uint64_t address = 0;

	if (content->size_bytes == sizeof(uint32_t)) {
		uint32_t narrow;

		memcpy(&narrow, content->byte, sizeof(narrow));
		address = narrow;
	} else if (content->size_bytes == sizeof(address)) {
		memcpy(&address, content->byte, sizeof(address));
	}
	return address;
}

bool vmspy_leaf_points(struct vmspy_both_reader *reader, const struct vmspy_leaf *leaf, bool of_b,
		       uint64_t *ret)
{
	Dwarf_Die type = leaf->type;
	struct content content;

	if (leaf->bit_count || dwarf_tag(&type) == DW_TAG_ptr_to_member_type ||
	    kind_of(&type) != VMSPY_SCALAR_ADDRESS || !read_content(reader, leaf, of_b, &content))
		return false;
	*ret = address_in(&content);
	return true;
}

static struct vmspy_error *append_pointed(struct vmspy_both_reader *reader, bool of_b,
					  const struct content *content, struct vmspy_buf *text)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf quoted = { 0 };
	struct vmspy_error *err =
		vmspy_text_quote(reader, of_b, address_in(content), UINT64_MAX, &quoted);

	if (err || !quoted.length)
		return err;
	return vmspy_buf_printf(text, " %s", quoted.text);
}

struct vmspy_error *vmspy_leaf_value(struct vmspy_both_reader *reader,
				     const struct vmspy_leaf *leaf, bool of_b,
				     struct vmspy_value *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	Dwarf_Die type = leaf->type;
	struct vmspy_error *err;
	struct content content;

	*ret = (struct vmspy_value){ 0 };
	if (!read_content(reader, leaf, of_b, &content))
		return NULL;
	*ret = vmspy_value_format(content.byte, (size_t)content.size_bytes, content.size_bytes);
	if (dwarf_tag(&type) == DW_TAG_enumeration_type)
		err = append_enum(leaf, &content, &text);
	else
		err = append_number(&content, leaf->bit_count, kind_of(&type), &text);
	if (!err && points_to_char(leaf))
		err = append_pointed(reader, of_b, &content, &text);
	if (!err)
		vmspy_text_set(ret, &text);
	return err;
}
