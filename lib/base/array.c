#include "base/array.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	FIRST_ROOM = 16
};

struct vmspy_error *vmspy_array_grow(void *items, size_t *room, size_t count, size_t item_bytes)
{
	void **array = items;
	size_t wanted = *room ? *room * 2 : FIRST_ROOM;
	void *moved;

	if (count < *room)
		return NULL;
	moved = reallocarray(*array, wanted, item_bytes);
	if (!moved)
		return vmspy_error_no_memory();
	*array = moved;
	*room = wanted;
	return NULL;
}
