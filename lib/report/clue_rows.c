#include "report/clue_rows.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_clue_row, member)
const struct vmspy_column vmspy_clue_columns[] = {
	{ "CLUE", "name", "the variable, vtable or text that is pointed to", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(name) },
	{ "ADDRESS", "address", "address of its first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, 0, AT(address) },
	{ "PAGES", "pages", "diverged pages that point there", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(pages) },
	{ "WORDS", "words", "words of them that point there", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(words) },
	{ "CHANGED-AT", "changed_distance", "commonest distance of a changed word from such a pointer", VMSPY_UNIT_DISTANCE, VMSPY_SHOW, 0, AT(changed_distance) },
	{ "TIMES", "changed_words", "how many words changed there", VMSPY_UNIT_COUNT, VMSPY_SHOW_NONZERO, 0, AT(changed_words) },
	{ "OBJECT", "object", "the file that it comes from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

struct vmspy_clue_row vmspy_clue_row_of(const struct vmspy_clue *clue)
{
	return (struct vmspy_clue_row){
		.name = clue->name,
		.object = clue->object,
		.address = clue->address,
		.pages = clue->pages,
		.words = clue->words,
		.changed_distance = clue->changed_words ? (uint64_t)clue->changed_distance_bytes
							: VMSPY_UNKNOWN,
		.changed_words = clue->changed_words,
	};
}
