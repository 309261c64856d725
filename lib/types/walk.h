/*
 * Through a variable by its type, to the members that differ. For processes apart only, as all
 * that reads DWARF.
 */
#ifndef VMSPY_TYPES_WALK_H
#define VMSPY_TYPES_WALK_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/apart.h"
#include "types/both_reader.h"
#include "types/member_record.h"
#include "types/type_name.h"

/* What all variables of a module have in common, and the one that is looked at. */
struct vmspy_walk {
	struct vmspy_both_reader reader;
	struct vmspy_type_namer namer;
	struct vmspy_apart_answer *answer;
	size_t members_max;
	uint32_t index;      /* of the variable */
	uint64_t start, end; /* of the variable in the space: nothing outside is looked at */
	struct vmspy_buf path;
	size_t member_count, left_out_count;
};

/* A base class that is looked into, and the class that has it. Borrowed. */
struct vmspy_base {
	Dwarf_Die *class;
	Dwarf_Die *inheritance;         /* its entry in the class */
	const struct vmspy_base *outer; /* if the class is a base itself */
};

/* A part of the variable. */
struct vmspy_part {
	Dwarf_Die type; /* as it is declared */
	uint64_t address;
	unsigned bit_offset, bit_count; /* of a bit field; bit_count 0: it is none */
	bool in_union;
	unsigned depth;                /* 0: the variable itself */
	const struct vmspy_base *base; /* NULL: it is no base class */
};

/*
 * Tell what is known of a variable, and each of its members that differs.
 * walk:   index, start, end and path (the variable's name) are set.
 * type:   of the variable.
 * Errors: NO_MEMORY, UNSUPPORTED (no room for the answer).
 */
struct vmspy_error *vmspy_walk_variable(struct vmspy_walk *walk, Dwarf_Die *type) VMSPY_MUST_CHECK;

/* --- for those that know types of one kind ------------------------------------------------- */

/* Look at a part of a part; walk->path is its name. */
struct vmspy_error *vmspy_walk_part(struct vmspy_walk *walk,
				    const struct vmspy_part *part) VMSPY_MUST_CHECK;

/* Look at the members of a struct, class, union, or variant of one. type: without typedefs. */
struct vmspy_error *vmspy_walk_members(struct vmspy_walk *walk, const struct vmspy_part *part,
				       Dwarf_Die *type) VMSPY_MUST_CHECK;

/* Tell of a part that differs. record: all but sizes and values is filled in here; type if NULL. */
struct vmspy_error *vmspy_walk_tell(struct vmspy_walk *walk, const struct vmspy_part *part,
				    struct vmspy_record *record) VMSPY_MUST_CHECK;

/* Whether there is no room for one more member: then it is counted here. */
bool vmspy_walk_leaves_out(struct vmspy_walk *walk, const struct vmspy_part *part);

/* Add to the path. Errors: NO_MEMORY. Cut it again by setting walk->path.length. */
struct vmspy_error *vmspy_walk_name(struct vmspy_walk *walk, const char *name) VMSPY_MUST_CHECK;

#endif
