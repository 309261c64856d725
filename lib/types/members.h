/* Which members of a variable differ, with their types and both values, by DWARF. */
#ifndef VMSPY_TYPES_MEMBERS_H
#define VMSPY_TYPES_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/lookup.h"
#include "symbol/modules.h"
#include "symbol/values.h"

/* Where the bytes of both sides are taken from. */
struct vmspy_both_bytes {
	/* Copy all of [address, address + size) of one side, or answer false: not captured. */
	bool (*read)(void *context, bool of_b, uint64_t address, void *bytes, size_t size);
	void *context;
};

/* A member that differs: the smallest named part, or an element of an array. */
struct vmspy_member {
	char *path; /* "server.dirty", "cycle.connections[3].fd"; begins with the variable's name */
	char *type; /* as it is declared: "long long", "enum colour", "struct list *" */
	uint64_t start;
	uint64_t size_bytes;
	uint64_t changed_bytes;
	uint64_t in_union;                   /* 1: another member of a union has the same bytes */
	struct vmspy_value value_a, value_b; /* with text in terms of the type */
};

/* What is known of one variable. A zeroed struct: nothing. */
struct vmspy_typed {
	char *name; /* demangled, NULL: as the symbol table has it */
	char *type; /* NULL: no DWARF tells */
	struct vmspy_value value_a,
		value_b;             /* of the whole variable; text is empty for aggregates */
	struct vmspy_member *member; /* of aggregates; ascending by start */
	size_t member_count;
	size_t left_out_count; /* changed members beyond the bound */
};

/* One for each variable that was asked for. notes: what could not be read, one line each. */
struct vmspy_typed_list {
	struct vmspy_typed *typed;
	size_t count;
	char **note;
	size_t note_count;
};

/* The variables, as vmspy_symbols_in() gave them, and their bytes. */
struct vmspy_members_query {
	const struct vmspy_symbol *const *symbol; /* each has a name */
	size_t count;
	struct vmspy_both_bytes bytes;
	size_t members_max; /* of one variable */
};

/*
 * Find the types of variables and what differs inside them.
 * modules: neither space is held: reading DWARF is slow.
 * ret:     end it with vmspy_typed_list_deinit(); typed[i] is of symbol[i].
 * Errors:  NO_MEMORY. Files that are broken, or have no DWARF, are less detail and a note.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_members_find(struct vmspy_modules *modules,
						    const struct vmspy_members_query *query,
						    struct vmspy_typed_list *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_typed_list_deinit(struct vmspy_typed_list *list);

#endif
