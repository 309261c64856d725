/* Growing arrays: a pointer, a count and the room behind it. */
#ifndef VMSPY_BASE_ARRAY_H
#define VMSPY_BASE_ARRAY_H

#include <stddef.h>

#include "base/error.h"

/*
 * Make room for one more item behind the first `count` ones.
 * items:  the address of the array pointer (NULL inside is an empty array); moved when it grows.
 * room:   how many items fit; doubled when count has reached it.
 * Errors: NO_MEMORY; the array is unchanged then.
 */
struct vmspy_error *vmspy_array_grow(void *items, size_t *room, size_t count,
				     size_t item_bytes) VMSPY_MUST_CHECK;

#endif
