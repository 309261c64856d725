/* Where a member of a struct lies, and what it is called. For processes apart only. */
#ifndef VMSPY_TYPES_WALK_MEMBER_H
#define VMSPY_TYPES_WALK_MEMBER_H

#include "types/walk.h"

/*
 * owner, type: the struct, where it is, and its type without typedefs.
 * child:  an entry in it.
 * ret:    false: it is no member that lies in the struct, or where it lies is known to the running
 *         program alone (virtual base classes).
 */
bool vmspy_member_find(const struct vmspy_part *owner, Dwarf_Die *type, Dwarf_Die *child,
		       struct vmspy_part *ret);

/*
 * Add ".name" to the path; nothing for a struct without a name and for base classes, whose members
 * are named as if they were of the class, unless it has others of that name: "Base::name".
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_member_name(struct vmspy_walk *walk, const struct vmspy_part *owner,
				      Dwarf_Die *type, Dwarf_Die *child) VMSPY_MUST_CHECK;

#endif
