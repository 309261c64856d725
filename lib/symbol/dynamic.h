/* The symbols that the dynamic linker uses, of a file that has no section headers. */
#ifndef VMSPY_SYMBOL_DYNAMIC_H
#define VMSPY_SYMBOL_DYNAMIC_H

#include <libelf.h>
#include <stdbool.h>

#include "symbol/elf.h"

/* Shape: whole symbols; names end in NUL. Both are borrowed from the Elf. */
struct vmspy_dynamic {
	Elf_Data *symbols;
	const Elf_Data *names;
};

/*
 * Find them as the dynamic linker does, by PT_DYNAMIC.
 * ret:  false if there are none, or if what is said of them is nonsense.
 * Note: libdwfl can do this, but believes every size: see symbol/curb.h.
 */
bool vmspy_dynamic_find(const struct vmspy_elf *elf, Elf *file, struct vmspy_dynamic *ret);

#endif
