#include "report/symbol_rows.h"

#include <string.h>

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_symbol_row, member)
const struct vmspy_column vmspy_symbol_columns[] = {
	{ "SYMBOL", "name", "the variable, or its member; none where only the section is known", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(name) },
	{ "LINKAGE", "linkage_name", "its name in the file, where that is another", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(linkage_name) },
	{ "TYPE", "type", "its type, by DWARF", VMSPY_UNIT_TEXT, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM | VMSPY_SHOW_CUT, 0, AT(type) },
	{ "SECTION", "section", "section of the ELF file", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(section) },
	{ "AT", "start", "address of its first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(start) },
	{ "SIZE", "size_bytes", "its size", VMSPY_UNIT_BYTES, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(size_bytes) },
	{ "PAGES", "diverged_pages", "diverged pages that it lies on", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, 0, AT(diverged_pages) },
	{ "CHANGED", "changed_bytes", "bytes inside it that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(changed_bytes) },
	{ "UNION", "union", "whether another member of a union has the same bytes", VMSPY_UNIT_BOOL, VMSPY_SHOW_TEXT | VMSPY_SHOW_UNLESS_ZERO, 0, AT(in_union) },
	{ "A", "value_a", "its value on a's side", VMSPY_UNIT_VALUE, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(value_a) },
	{ "B", "value_b", "its value on b's side", VMSPY_UNIT_VALUE, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(value_b) },
	{ "MEMBER", "member", "the only member that differs", VMSPY_UNIT_TEXT, VMSPY_SHOW_JSON, 0, AT(member) },
	{ "MEMBERS", "members", "the members that differ", VMSPY_UNIT_ROWS, VMSPY_SHOW_JSON, 0, AT(members) },
	{ "LEFT-OUT", "members_left_out", "members that differ and are not listed", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, 0, AT(members_left_out) },
	{ "OBJECT", "object", "the file that it comes from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT

#define AT(field) offsetof(struct vmspy_member, field)
const struct vmspy_column vmspy_member_columns[] = {
	{ "PATH", "path", "how the member is reached", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(path) },
	{ "TYPE", "type", "its type, as it is declared", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(type) },
	{ "BYTES", "bytes", "its size", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(size_bytes) },
	{ "A", "value_a", "its value on a's side", VMSPY_UNIT_VALUE, VMSPY_SHOW, 0, AT(value_a) },
	{ "B", "value_b", "its value on b's side", VMSPY_UNIT_VALUE, VMSPY_SHOW, 0, AT(value_b) },
	{ "START", "start", "address of its first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "CHANGED", "changed_bytes", "bytes inside it that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(changed_bytes) },
	{ "UNION", "union", "whether another member of a union has the same bytes", VMSPY_UNIT_BOOL, VMSPY_SHOW, 0, AT(in_union) },
	{ 0 },
};
#undef AT
/* clang-format on */

/* What DWARF tells of a value goes before what its size alone tells. */
static struct vmspy_value value_of(const struct vmspy_value *plain, const struct vmspy_value *typed)
{
	struct vmspy_value value = typed->known ? *typed : *plain;

	if (!value.excerpt[0])
		memcpy(value.excerpt, plain->excerpt, sizeof(value.excerpt));
	return value;
}

static void add_type(struct vmspy_symbol_row *row, const struct vmspy_typed *typed)
{
	bool is_single = typed->member_count == 1 && !typed->left_out_count;

	row->type = typed->type;
	row->value_a = value_of(&row->value_a, &typed->value_a);
	row->value_b = value_of(&row->value_b, &typed->value_b);
	row->member = is_single ? typed->member[0].path : NULL;
	row->members = (struct vmspy_nested){
		.columns = vmspy_member_columns,
		.rows = typed->member,
		.count = typed->member_count,
		.row_bytes = sizeof(*typed->member),
	};
	row->members_left_out = typed->left_out_count;
}

struct vmspy_symbol_row vmspy_symbol_row_of(const struct vmspy_changed *changed,
					    const struct vmspy_typed *typed)
{
	const char *demangled = typed ? typed->name : NULL;
	bool is_mangled = demangled && changed->name && strcmp(demangled, changed->name) != 0;
	struct vmspy_symbol_row row = {
		.name = demangled ? demangled : changed->name,
		.linkage_name = is_mangled ? changed->name : NULL,
		.object = changed->object,
		.section = changed->section,
		.start = changed->start,
		.size_bytes = changed->size_bytes,
		.diverged_pages = changed->diverged_pages,
		.changed_bytes = changed->changed_bytes,
		.value_a = changed->value_a,
		.value_b = changed->value_b,
		.members_left_out = VMSPY_UNKNOWN,
	};

	if (typed && typed->type)
		add_type(&row, typed);
	return row;
}

struct vmspy_symbol_row vmspy_symbol_row_of_member(const struct vmspy_changed *changed,
						   const struct vmspy_typed *typed, size_t index)
{
	const struct vmspy_member *member = &typed->member[index];

	return (struct vmspy_symbol_row){
		.name = member->path,
		.object = changed->object,
		.section = changed->section,
		.type = member->type,
		.start = member->start,
		.size_bytes = member->size_bytes,
		.diverged_pages = VMSPY_UNKNOWN,
		.changed_bytes = member->changed_bytes,
		.value_a = member->value_a,
		.value_b = member->value_b,
		.members_left_out = VMSPY_UNKNOWN,
		.in_union = member->in_union,
	};
}
