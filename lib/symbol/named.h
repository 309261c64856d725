/* From a name to its addresses. */
#ifndef VMSPY_SYMBOL_NAMED_H
#define VMSPY_SYMBOL_NAMED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

/* Where a name leads to. Strings are borrowed from modules. */
struct vmspy_named {
	uint64_t start, size_bytes;
	const char *object;
	bool is_function;
};

struct vmspy_named_list {
	struct vmspy_named *named;
	size_t count;
	size_t room;
};

/*
 * Find a symbol by its name: as the file has it, or as people write it (demangled).
 * name:   "global_counter", "libc.so.6:environ" (only in files whose name ends so).
 * ret:    all places, the main program's first, then in order of addresses, global before local;
 *         end it with vmspy_named_list_deinit(). Empty: no such symbol.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_named_find(struct vmspy_modules *modules, const char *name,
						  struct vmspy_named_list *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_named_list_deinit(struct vmspy_named_list *list);

#endif
