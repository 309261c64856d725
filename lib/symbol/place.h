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
};

/*
 * Open and read what the address needs, once.
 * Errors: NO_MEMORY. Files that cannot be read are counted, and are no place.
 */
struct vmspy_error *vmspy_place_find(struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_place *ret) VMSPY_MUST_CHECK;

#endif
