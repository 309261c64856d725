/* The word of a program, and the heaps of its malloc, known by their shape. Pure. */
#ifndef VMSPY_SPACE_ARENA_H
#define VMSPY_SPACE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "space/space.h"

/* Whether a program of 32 bits cannot have it. Of one with 64 bits the stack alone is such. */
bool vmspy_mapping_is_wide(const struct vmspy_mapping *mapping);

/* How many bytes a pointer of the program has: 4 or 8. */
size_t vmspy_layout_word_bytes(const struct vmspy_layout *layout);

/*
 * Whether it is the heap of a further arena of glibc: private memory that begins at a multiple of
 * 64 MiB (1 MiB for programs of 32 bits), with an inaccessible rest up to the next multiple. A
 * guess by shape.
 * next:   the mapping that begins where this one ends; NULL: none does.
 * Source: glibc, malloc/arena.c: new_heap(), HEAP_MAX_SIZE.
 */
bool vmspy_mapping_is_arena(const struct vmspy_mapping *mapping, const struct vmspy_mapping *next,
			    size_t word_bytes);

#endif
