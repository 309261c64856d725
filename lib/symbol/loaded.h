/* The programs and libraries that are loaded, by name and in order. */
#ifndef VMSPY_SYMBOL_LOADED_H
#define VMSPY_SYMBOL_LOADED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"
#include "symbol/place.h"

/* Whom they are shown to; an error ends it. */
struct vmspy_loaded_visit {
	struct vmspy_error *(*visit)(const struct vmspy_place *place, void *context);
	void *context;
};

/*
 * Show every file that has code, [vdso] too: each once, in order of addresses.
 * Errors: those of visit(), NO_MEMORY. Files that cannot be read are counted.
 */
struct vmspy_error *vmspy_loaded_visit_all(struct vmspy_modules *modules,
					   const struct vmspy_loaded_visit *visit) VMSPY_MUST_CHECK;

/* Whether this is the path of an object, or the last part of it. */
bool vmspy_loaded_is_called(const char *object, const char *word, size_t length);

/*
 * Where a file is loaded: "libc.so.6" and 0x1234 of its own numbering to an address.
 * object: the last part of its path, or all of it; may match one file only.
 * Errors: BAD_DATA (no such file is mapped; several files: lists them),
 *         NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_object_address(struct vmspy_modules *modules,
						      const char *object, uint64_t link_address,
						      uint64_t *ret) VMSPY_MUST_CHECK;

#endif
