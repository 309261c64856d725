/* What memory without a file is used for, where its name or its shape tells. Pure. */
#ifndef VMSPY_COMPARE_AREAS_H
#define VMSPY_COMPARE_AREAS_H

#include <stddef.h>

#include "compare/align.h"

/*
 * ret:  a word of the manual, static; NULL: nothing is known.
 *       "main-heap"   what brk() gave;
 *       "glibc-arena" private memory that begins where glibc puts the heaps of its further
 *                     arenas, at multiples of 64 MiB (1 MiB for programs of 32 bits), with an
 *                     inaccessible rest up to the next multiple. A guess by shape;
 *       "jit"         code that is made at run time.
 * Source: glibc, malloc/arena.c: new_heap(), HEAP_MAX_SIZE.
 */
VMSPY_PUBLIC const char *vmspy_area_name(const struct vmspy_interval_list *intervals, size_t index);

#endif
