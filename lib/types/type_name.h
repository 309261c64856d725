/* Types as they are declared: "struct list *", "char [16]", "void (*)(int)", "ns::Table<int>". */
#ifndef VMSPY_TYPES_TYPE_NAME_H
#define VMSPY_TYPES_TYPE_NAME_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	VMSPY_TYPE_NAME_MAX = 256, /* bytes of a name, with its end; longer ones are cut */
	VMSPY_TYPE_NAMER_ROOM = 64
};

/* Names that were found lately: to find what a type lies in, its whole unit is walked through. */
struct vmspy_type_namer {
	bool is_c; /* struct, union and enum are part of the name; nothing lies in anything */
	struct {
		const void *type;
		char name[VMSPY_TYPE_NAME_MAX];
	} known[VMSPY_TYPE_NAMER_ROOM];
};

/*
 * type: NULL: void.
 * ret:  room for VMSPY_TYPE_NAME_MAX.
 */
void vmspy_type_name(struct vmspy_type_namer *namer, Dwarf_Die *type, char *ret);

/*
 * The name of what is declared somewhere, with all that it lies in: "ns::Table".
 * ret: room for VMSPY_TYPE_NAME_MAX; empty: it has no name.
 */
void vmspy_type_scoped_name(struct vmspy_type_namer *namer, Dwarf_Die *die, char *ret);

/* Whether the program of this unit was written in C. */
bool vmspy_type_unit_is_c(Dwarf_Die *unit);

#endif
