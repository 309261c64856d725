#include "trace/known.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/banned.h"

enum {
	FIRST_ROOM = 64,
};

/* No page begins there. */
#define FREE UINT64_MAX

struct vmspy_known_change {
	uint64_t page_start;
	uint64_t word;
	uint64_t time_ns;
};

void vmspy_known_rebase(struct vmspy_known *known, struct vmspy_snapshot *base)
{
	struct vmspy_snapshot *before = known->base;

	known->base = base ? vmspy_snapshot_keep(base) : NULL;
	vmspy_snapshot_drop(before);
	free(known->change);
	known->change = NULL;
	known->count = known->room = 0;
}

void vmspy_known_deinit(struct vmspy_known *known)
{
	vmspy_known_rebase(known, NULL);
}

/* Addresses differ in their middle bits. Source: Knuth, multiplicative hashing by 2^64 / phi. */
static size_t place_of(const struct vmspy_known *known, uint64_t page_start)
{
	uint64_t mixed = page_start * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 32) & (known->room - 1);
}

/* ret: the place of a page, or the free one where it would be. There is one. */
static struct vmspy_known_change *find(const struct vmspy_known *known, uint64_t page_start)
{
	size_t place = place_of(known, page_start);

	while (known->change[place].page_start != FREE &&
	       known->change[place].page_start != page_start)
		place = (place + 1) & (known->room - 1);
	return &known->change[place];
}

uint64_t vmspy_known_word(const struct vmspy_known *known, uint64_t page_start, uint64_t *ret_ns)
{
	const struct vmspy_known_change *change = known->count ? find(known, page_start) : NULL;
	bool has_changed = change && change->page_start == page_start;

	if (ret_ns)
		*ret_ns = has_changed ? change->time_ns : 0;
	return has_changed ? change->word : vmspy_snapshot_word(known->base, page_start);
}

static struct vmspy_error *grow(struct vmspy_known *known)
{
	struct vmspy_known larger = { .room = known->room ? 2 * known->room : FIRST_ROOM };

	larger.change = malloc(larger.room * sizeof(*larger.change));
	if (!larger.change)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < larger.room; i++)
		larger.change[i].page_start = FREE;
	for (size_t i = 0; i < known->room; i++)
		if (known->change[i].page_start != FREE)
			*find(&larger, known->change[i].page_start) = known->change[i];
	free(known->change);
	known->change = larger.change;
	known->room = larger.room;
	return NULL;
}

struct vmspy_error *vmspy_known_set(struct vmspy_known *known, uint64_t page_start, uint64_t word,
				    uint64_t time_ns)
{
	struct vmspy_known_change *change;
	struct vmspy_error *err;

	/* A third is always free: searches stay short. */
	if (known->count * 3 >= known->room * 2 && (err = grow(known)))
		return err;
	change = find(known, page_start);
	known->count += change->page_start == FREE;
	*change = (struct vmspy_known_change){ page_start, word, time_ns };
	return NULL;
}
