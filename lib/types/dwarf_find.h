/* Addresses -> the entries of the variables that lie there. For processes apart only. */
#ifndef VMSPY_TYPES_DWARF_FIND_H
#define VMSPY_TYPES_DWARF_FIND_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "types/dwarf_file.h"

struct vmspy_dwarf_wanted {
	uint64_t address; /* as linked */
	uint32_t index;   /* of the caller */
	bool found;
};

/* A variable. Borrowed while the callback runs. */
struct vmspy_dwarf_found {
	uint32_t index;
	Dwarf_Die *variable;
	Dwarf_Die *unit;
	const char *function; /* that it is a static variable of; NULL */
};

struct vmspy_dwarf_search {
	const struct vmspy_dwarf_file *file;
	struct vmspy_dwarf_wanted *wanted; /* ascending by address */
	size_t count;
	struct vmspy_error *(*found)(const struct vmspy_dwarf_found *found, void *context);
	void *context;
	const char *missing; /* set: a file of split DWARF that there is none of; borrowed */
};

/*
 * Look through all units, first for variables outside of functions.
 * Errors: NO_MEMORY, those of found().
 */
struct vmspy_error *vmspy_dwarf_find(struct vmspy_dwarf_search *search) VMSPY_MUST_CHECK;

#endif
