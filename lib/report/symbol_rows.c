#include "report/symbol_rows.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_symbol_row, member)
const struct vmspy_column vmspy_symbol_columns[] = {
	{ "SYMBOL", "name", "the variable; none where only the section is known", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(name) },
	{ "SECTION", "section", "section of the ELF file", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(section) },
	{ "AT", "start", "address of its first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(start) },
	{ "SIZE", "size_bytes", "its size", VMSPY_UNIT_BYTES, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(size_bytes) },
	{ "PAGES", "diverged_pages", "diverged pages that it lies on", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, 0, AT(diverged_pages) },
	{ "CHANGED", "changed_bytes", "bytes inside it that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(changed_bytes) },
	{ "A", "value_a", "its value on a's side", VMSPY_UNIT_VALUE, VMSPY_SHOW, 0, AT(value_a) },
	{ "B", "value_b", "its value on b's side", VMSPY_UNIT_VALUE, VMSPY_SHOW, 0, AT(value_b) },
	{ "OBJECT", "object", "the file that it comes from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

struct vmspy_symbol_row vmspy_symbol_row_of(const struct vmspy_changed *changed)
{
	return (struct vmspy_symbol_row){
		.name = changed->name,
		.object = changed->object,
		.section = changed->section,
		.start = changed->start,
		.size_bytes = changed->size_bytes,
		.diverged_pages = changed->diverged_pages,
		.changed_bytes = changed->changed_bytes,
		.value_a = changed->value_a,
		.value_b = changed->value_b,
	};
}
