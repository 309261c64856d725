/* One ELF file as it was linked: its segments, and what lies where in them. */
#ifndef VMSPY_SYMBOL_IMAGE_H
#define VMSPY_SYMBOL_IMAGE_H

#include "base/error.h"
#include "symbol/elf.h"
#include "symbol/table.h"

/* Which symbols are kept. */
enum vmspy_image_content {
	VMSPY_IMAGE_DATA,
	VMSPY_IMAGE_FUNCTIONS,
};

/* Shape: without segments it is no ELF file; without rows, one that has no data symbols. */
struct vmspy_image {
	enum vmspy_image_content content;
	struct vmspy_elf elf;
	struct vmspy_table table;
};

/*
 * Read a file. Nothing of it stays open: names are copied.
 * fd:     a regular file, read-only; taken over, also on error.
 * object: as maps names it; where a separate debug file may be found.
 * ret:    end it with vmspy_image_deinit().
 * Errors: BAD_DATA (an ELF file, but broken), SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_image_init(int fd, const char *object,
				     struct vmspy_image *ret) VMSPY_MUST_CHECK;

/* The same, with functions instead of data. */
struct vmspy_error *vmspy_image_init_functions(int fd, const char *object,
					       struct vmspy_image *ret) VMSPY_MUST_CHECK;

void vmspy_image_deinit(struct vmspy_image *image);

#endif
