/* The rows of `vmspy diff` about variables and their members. */
#ifndef VMSPY_REPORT_SYMBOL_ROWS_H
#define VMSPY_REPORT_SYMBOL_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "blame/changed.h"
#include "report/column.h"
#include "types/members.h"

/*
 * A variable, a member of one, or a nameless part of a section, that differs. Strings and members
 * are borrowed.
 */
struct vmspy_symbol_row {
	const char *name, *linkage_name, *object, *section, *type;
	uint64_t start, size_bytes, diverged_pages, changed_bytes;
	struct vmspy_value value_a, value_b;
	const char *member;          /* the path of the only one that differs */
	struct vmspy_nested members; /* unknown where no type is */
	uint64_t members_left_out;
	uint64_t in_union; /* of a member alone; 0 of others */
};

extern const struct vmspy_column vmspy_symbol_columns[];

/* Of members in JSON; the row is a struct vmspy_member. */
extern const struct vmspy_column vmspy_member_columns[];

/* typed: NULL: nothing is known of its type. */
struct vmspy_symbol_row vmspy_symbol_row_of(const struct vmspy_changed *changed,
					    const struct vmspy_typed *typed);

/* A member as a row of its own. index: below typed->member_count. */
struct vmspy_symbol_row vmspy_symbol_row_of_member(const struct vmspy_changed *changed,
						   const struct vmspy_typed *typed, size_t index);

#endif
