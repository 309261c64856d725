/* One address: the symbol and section it lies in. */
#ifndef VMSPY_SYMBOL_SPOT_H
#define VMSPY_SYMBOL_SPOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

/* Strings are borrowed from modules, but for the name. A zeroed struct: no ELF file is there. */
struct vmspy_spot {
	const struct vmspy_mapping *mapping; /* borrowed; NULL: nothing is mapped */
	const char *object;                  /* as maps names the file; NULL: no ELF file */
	const char *section;                 /* NULL: not known */
	char *symbol; /* function or variable, as people write it; NULL: none covers it */
	uint64_t symbol_start, symbol_bytes; /* byte address; size, 0: the file does not tell it */
	bool is_function;
	bool has_file_offset; /* the address is the page of a file */
	uint64_t file_offset_bytes;
	uint64_t link_address; /* in the file's own numbering: what nm and objdump print */
};

/*
 * Name what lies at an address: functions and variables. Code made at run time has the names of
 * its perf map.
 * ret:    end it with vmspy_spot_deinit().
 * Errors: NO_MEMORY. A file that cannot be read has no names (vmspy_modules_failed() tells).
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_spot_find(struct vmspy_modules *modules, uint64_t address,
						 struct vmspy_spot *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_spot_deinit(struct vmspy_spot *spot);

#endif
