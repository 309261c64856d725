/*
 * Questions to one entry of DWARF. For processes apart only: libdw believes much of what it reads,
 * and nothing of what it holds is ended.
 */
#ifndef VMSPY_TYPES_DIE_H
#define VMSPY_TYPES_DIE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/* A number, of the entry or of what it completes. ret: whether there is one. */
bool vmspy_die_number(Dwarf_Die *die, unsigned attribute, uint64_t *ret);
bool vmspy_die_signed(Dwarf_Die *die, unsigned attribute, int64_t *ret);

/* Whether a flag is set. */
bool vmspy_die_has(Dwarf_Die *die, unsigned attribute);

/* ret: the name, NULL if it has none. Borrowed. */
const char *vmspy_die_name(Dwarf_Die *die);

/* What it refers to by an attribute that is a reference. ret: whether it does. */
bool vmspy_die_refers(Dwarf_Die *die, unsigned attribute, Dwarf_Die *ret);

/* Its type. ret: false for void, and for what is broken. */
bool vmspy_die_type(Dwarf_Die *die, Dwarf_Die *ret);

/* The type behind typedefs, const and the like. */
bool vmspy_die_strip(Dwarf_Die *type, Dwarf_Die *ret);

/* The size of a type. ret: false: nobody knows. */
bool vmspy_die_size(Dwarf_Die *type, uint64_t *ret_bytes);

/* How many elements a dimension of an array has. ret: false: as many as there is room for. */
bool vmspy_die_count(Dwarf_Die *subrange, uint64_t *ret);

/* Where a member begins. ret: false: at a place that only the running program can compute. */
bool vmspy_die_offset(Dwarf_Die *member, uint64_t *ret_bytes);

/* First and next child. ret: false: there is none. */
bool vmspy_die_first(Dwarf_Die *parent, Dwarf_Die *ret);
bool vmspy_die_next(Dwarf_Die *die);

/* Whether it is a struct, class or union. */
bool vmspy_die_is_aggregate(Dwarf_Die *type);

#endif
