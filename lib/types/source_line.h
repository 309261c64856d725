/* Addresses to lines of source, by DWARF. */
#ifndef VMSPY_TYPES_SOURCE_LINE_H
#define VMSPY_TYPES_SOURCE_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

struct vmspy_source_line {
	char *file;    /* as the compiler wrote it: hostile; NULL: not known */
	unsigned line; /* 0: not known */
};

/*
 * Find the line that each address was made from: of code by the line table, of variables by
 * their declaration. Done in a process apart, with a limit on time and memory.
 * lines:  lines[i] is of addresses[i]; end each with vmspy_source_line_deinit().
 * Errors: NO_MEMORY. What cannot be found is not known.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_source_lines_find(
	struct vmspy_modules *modules, const uint64_t *addresses, size_t count,
	struct vmspy_source_line *lines) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_source_line_deinit(struct vmspy_source_line *line);

#endif
