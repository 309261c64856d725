/* Places of a hash table whose items are kept in an array of their own. */
#ifndef VMSPY_BASE_SLOTS_H
#define VMSPY_BASE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* No item has this index: the slot is free. */
#define VMSPY_SLOT_FREE SIZE_MAX

/* A zeroed struct has no slot yet. */
struct vmspy_slots {
	size_t *slot; /* indices of items */
	size_t room;  /* a power of two, or 0 */
};

/* What the items are. */
struct vmspy_slots_items {
	uint64_t (*hash)(const void *items, size_t index);
	const void *items;
	size_t count;
};

/*
 * Make sure that one more item finds a slot: half of them stay free.
 * items:  those that there are.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_slots_reserve(struct vmspy_slots *slots,
					const struct vmspy_slots_items *items) VMSPY_MUST_CHECK;

/* What is looked for. */
struct vmspy_slots_key {
	uint64_t hash;
	bool (*is)(const void *items, size_t index, const void *key);
	const void *items, *key;
};

/*
 * ret: the slot of the item, or the free one where it would be; NULL: no slot was reserved yet.
 *      Borrowed until more are.
 */
size_t *vmspy_slots_find(const struct vmspy_slots *slots, const struct vmspy_slots_key *key);

void vmspy_slots_deinit(struct vmspy_slots *slots);

/* What vmspy_hash_text() begins with. */
#define VMSPY_HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/*
 * Add a text to a hash, and that it ends there. text: NULL counts as empty.
 * Source: FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/.
 */
uint64_t vmspy_hash_text(uint64_t hash, const char *text);

#endif
