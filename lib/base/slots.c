#include "base/slots.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	FIRST_ROOM = 64,
};

/* ret: the first free slot of an item, all others of which are elsewhere. */
static size_t *find_free(const struct vmspy_slots *slots, uint64_t hash)
{
	size_t place = (size_t)hash & (slots->room - 1);

	while (slots->slot[place] != VMSPY_SLOT_FREE)
		place = (place + 1) & (slots->room - 1);
	return &slots->slot[place];
}

struct vmspy_error *vmspy_slots_reserve(struct vmspy_slots *slots,
					const struct vmspy_slots_items *items)
{
	struct vmspy_slots larger = { .room = slots->room ? 2 * slots->room : FIRST_ROOM };

	if (2 * (items->count + 1) <= slots->room)
		return NULL;
	larger.slot = malloc(larger.room * sizeof(*larger.slot));
	if (!larger.slot)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < larger.room; i++)
		larger.slot[i] = VMSPY_SLOT_FREE;
	for (size_t i = 0; i < items->count; i++)
		*find_free(&larger, items->hash(items->items, i)) = i;
	free(slots->slot);
	*slots = larger;
	return NULL;
}

size_t *vmspy_slots_find(const struct vmspy_slots *slots, const struct vmspy_slots_key *key)
{
	size_t place = (size_t)key->hash & (slots->room - 1);

	if (!slots->room)
		return NULL;
	while (slots->slot[place] != VMSPY_SLOT_FREE &&
	       !key->is(key->items, slots->slot[place], key->key))
		place = (place + 1) & (slots->room - 1);
	return &slots->slot[place];
}

void vmspy_slots_deinit(struct vmspy_slots *slots)
{
	free(slots->slot);
	*slots = (struct vmspy_slots){ 0 };
}

uint64_t vmspy_hash_text(uint64_t hash, const char *text)
{
	static const uint64_t prime = UINT64_C(0x100000001b3);

	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * prime;
	return (hash ^ 0xff) * prime;
}
