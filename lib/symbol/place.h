/* Which file's image an address belongs to. What lookup asks of modules. */
#ifndef VMSPY_SYMBOL_PLACE_H
#define VMSPY_SYMBOL_PLACE_H

#include <stdint.h>

#include "base/error.h"
#include "symbol/image.h"
#include "symbol/modules.h"

/* A zeroed struct is no place: no ELF file is loaded there. */
struct vmspy_place {
	const struct vmspy_image *image; /* borrowed from modules */
	uint64_t bias;                   /* address in the space less address in the image */
	const char *object;              /* as maps names the file */
	const struct vmspy_mapping
		*mapping; /* of the file: that of the address, or before its bss */
};

/* ret: the space that the modules are of. Borrowed. */
struct vmspy_space *vmspy_modules_space(const struct vmspy_modules *modules);

/*
 * Open and read what the address needs, once.
 * Errors: NO_MEMORY. Files that cannot be read are counted, and are no place.
 */
struct vmspy_error *vmspy_place_find(struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_place *ret) VMSPY_MUST_CHECK;

/* A file that is mapped, and where in it an address lies. */
struct vmspy_place_file {
	int fd; /* read-only; the caller's */
	uint64_t offset_bytes;
	uint64_t left_bytes; /* from there to the end of the mapping */
};

/*
 * Open what is mapped at an address.
 * Errors: GONE (nothing is mapped there, or no name leads to it), NOT_PERMITTED, UNSUPPORTED,
 *         SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_place_open_at(const struct vmspy_modules *modules, uint64_t address,
					struct vmspy_place_file *ret) VMSPY_MUST_CHECK;

/*
 * The names of the code that the process makes at an address, read when first asked for.
 * ret:    borrowed; NULL: none is made there, or nobody named it.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_place_perf_map(struct vmspy_modules *modules, uint64_t address,
					 const struct vmspy_space_perf_map **ret) VMSPY_MUST_CHECK;

/* The same as vmspy_place_find() for files that were read already; no place for all others. */
struct vmspy_error *vmspy_place_find_known(struct vmspy_modules *modules, uint64_t address,
					   struct vmspy_place *ret) VMSPY_MUST_CHECK;

/*
 * The functions of a place's file, read when first asked for.
 * ret:    borrowed; its table is empty where the file has none.
 * Errors: NO_MEMORY. Files that cannot be read are counted.
 */
struct vmspy_error *vmspy_place_functions(struct vmspy_modules *modules,
					  const struct vmspy_place *place,
					  const struct vmspy_image **ret) VMSPY_MUST_CHECK;

/*
 * Open the file of a place again.
 * ret_fd: read-only, the caller's.
 * Errors: as vmspy_space_open_file().
 */
struct vmspy_error *vmspy_place_open(struct vmspy_modules *modules, const struct vmspy_place *place,
				     int *ret_fd) VMSPY_MUST_CHECK;

#endif
