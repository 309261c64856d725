/* Where a loader put an ELF file, if one did. Pure. */
#ifndef VMSPY_SYMBOL_BIAS_H
#define VMSPY_SYMBOL_BIAS_H

#include <stdbool.h>
#include <stdint.h>

#include "space/space.h"
#include "symbol/elf.h"

/* A mapping of a file, among the others. */
struct vmspy_bias_query {
	const struct vmspy_layout *layout;
	const struct vmspy_mapping *mapping; /* of the file, in the layout */
	const struct vmspy_elf *elf;         /* the file */
	uint64_t page_bytes;
};

/*
 * Find what a loader added to the addresses of the file, so that all its segments lie where they
 * are mapped around this mapping.
 * ret:  false: no loader put it there; it is mapped as data, or beside its segments.
 * Note: two segments may share a page of the file (linked without separate code), a segment may be
 *       split (RELRO), a file may be loaded twice (dlmopen): each mapping is asked for itself.
 *       Memory that the program put over a segment later (huge pages for text) is allowed.
 */
bool vmspy_bias_find(const struct vmspy_bias_query *query, uint64_t *ret);

/* Whether two mappings are of one file. Inode numbers alone repeat on btrfs and overlayfs. */
bool vmspy_bias_same_file(const struct vmspy_vma *a, const struct vmspy_vma *b);

#endif
