/* One ELF file as it was linked: its segments, and what lies where in them. */
#ifndef VMSPY_SYMBOL_IMAGE_H
#define VMSPY_SYMBOL_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/elf.h"
#include "symbol/table.h"

/* Which symbols are kept. */
enum vmspy_image_content {
	VMSPY_IMAGE_DATA,
	VMSPY_IMAGE_FUNCTIONS,
	VMSPY_IMAGE_VISITED, /* none: they are shown as they pass by */
};

/* A function or variable of a file. */
struct vmspy_image_symbol {
	const char *name; /* as the file has it, borrowed */
	uint64_t start;   /* as linked */
	uint64_t size_bytes;
	enum vmspy_table_rank rank;
	bool is_function;
};

/* Whom all symbols of a file are shown to, aliases too; an error ends it. */
struct vmspy_image_visit {
	struct vmspy_error *(*visit)(const struct vmspy_image_symbol *symbol, void *context);
	void *context;
};

/* Shape: without segments it is no ELF file; without rows, one that has no data symbols. */
struct vmspy_image {
	enum vmspy_image_content content;
	const struct vmspy_image_visit *visit; /* of VISITED ones, while they are read */
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

/*
 * Show all symbols of a file.
 * fd:     as for vmspy_image_init().
 * Errors: those of visit(), and as vmspy_image_init().
 */
struct vmspy_error *vmspy_image_visit(int fd, const char *object,
				      const struct vmspy_image_visit *visit) VMSPY_MUST_CHECK;

void vmspy_image_deinit(struct vmspy_image *image);

#endif
