/* Strings of C++ and Rust: a pointer and a length, told as the text that they stand for. */
#ifndef VMSPY_TYPES_STRING_TYPE_H
#define VMSPY_TYPES_STRING_TYPE_H

#include "types/walk.h"

/*
 * type:   without typedefs.
 * told:   whether it is a string whose characters are known on a side; if not, its members may say.
 * Errors: as vmspy_walk_variable().
 */
struct vmspy_error *vmspy_string_walk(struct vmspy_walk *walk, const struct vmspy_part *part,
				      Dwarf_Die *type, bool *told) VMSPY_MUST_CHECK;

#endif
