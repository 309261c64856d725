/* Enums of Rust that carry data: which variant a side has, and what is in it. */
#ifndef VMSPY_TYPES_VARIANT_H
#define VMSPY_TYPES_VARIANT_H

#include "types/walk.h"

/*
 * type:   without typedefs.
 * told:   whether it is such an enum; then all is told that differs.
 * Errors: as vmspy_walk_variable().
 */
struct vmspy_error *vmspy_variant_walk(struct vmspy_walk *walk, const struct vmspy_part *part,
				       Dwarf_Die *type, bool *told) VMSPY_MUST_CHECK;

#endif
