/* Addresses -> data symbols and sections. */
#ifndef VMSPY_SYMBOL_LOOKUP_H
#define VMSPY_SYMBOL_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

/* A data symbol, or a stretch of a section that no symbol covers. Strings are borrowed. */
struct vmspy_symbol {
	const char *name;    /* as the file has it (mangled); NULL: no symbol, only the section */
	const char *section; /* ".data"; NULL: the file has no section headers, or none is here */
	const char *object;  /* name of the mapping, as maps prints it */
	uint64_t start;      /* byte address in the space */
	uint64_t size_bytes; /* of all of it, also what lies outside the range asked */
};

/* Shape: ascending by start. Symbols may overlap (a union of names is one row: see below). */
struct vmspy_symbol_list {
	struct vmspy_symbol *symbol;
	size_t count;
	size_t room;
};

/*
 * Name what lies in [start, end): the data objects (STT_OBJECT, STT_TLS images excluded,
 * STT_COMMON) that overlap it, and for what they leave uncovered the sections.
 * Symbols come from .symtab, else .dynsym. Of several names for one address and size one is
 * kept: global before weak before local, then the one with fewer leading underscores, then the
 * first by strcmp.
 * Code that the process makes at run time has the names of its perf map, section "jit".
 * start, end: byte addresses inside one mapping of an ELF file, or in the bss behind it.
 * ret:    end it with vmspy_symbol_list_deinit(); its strings live as long as modules.
 *         Empty where no ELF file is mapped, or none that could be opened.
 * Errors: NO_MEMORY, BAD_DATA never: a broken file has no symbols (vmspy_modules_failed() tells).
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_symbols_in(struct vmspy_modules *modules, uint64_t start,
						  uint64_t end,
						  struct vmspy_symbol_list *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_symbol_list_deinit(struct vmspy_symbol_list *list);

#endif
