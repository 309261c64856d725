#include "report/finding_rows.h"

#include "blame/findings.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_finding, member)
const struct vmspy_column vmspy_finding_columns[] = {
	{ "ID", "id", "which finding it is", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(id) },
	{ "TEXT", "text", "one sentence, with its numbers", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(text) },
	{ "SUBJECT", "subject", "the variable, file, type or thread that it is about", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(subject) },
	{ "BYTES", "bytes", "the memory that it is about", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(bytes) },
	{ 0 },
};
#undef AT
/* clang-format on */
