#include "compare/rank.h"

#include <stdlib.h>

#include "base/banned.h"

struct vmspy_error *vmspy_rank_init(struct vmspy_rank *ret, unsigned bits)
{
	struct vmspy_rank rank = { .bits = bits };

	rank.entry = calloc((size_t)1 << bits, sizeof(*rank.entry));
	if (!rank.entry)
		return vmspy_error_no_memory();
	*ret = rank;
	return NULL;
}

void vmspy_rank_deinit(struct vmspy_rank *rank)
{
	free(rank->entry);
	*rank = (struct vmspy_rank){ 0 };
}

/* A free place has the fewest words of all. */
struct vmspy_rank_entry *vmspy_rank_add(struct vmspy_rank *rank, const struct vmspy_rank_key *key)
{
	struct vmspy_rank_entry *place = vmspy_rank_places(rank, key), *rarest = place;

	for (size_t i = 1; i < VMSPY_RANK_WAYS; i++)
		if (place[i].words < rarest->words)
			rarest = &place[i];
	rank->left_out += rarest->words;
	*rarest = (struct vmspy_rank_entry){ .key = *key };
	return rarest;
}

static int by_words(const void *x, const void *y)
{
	const struct vmspy_rank_entry *a = x, *b = y;

	if (a->words != b->words)
		return a->words > b->words ? -1 : 1;
	if (a->key.address != b->key.address)
		return a->key.address < b->key.address ? -1 : 1;
	return (a->key.distance_bytes > b->key.distance_bytes) -
	       (a->key.distance_bytes < b->key.distance_bytes);
}

struct vmspy_error *vmspy_rank_sorted(const struct vmspy_rank *rank, struct vmspy_rank_entry **ret,
				      size_t *ret_count)
{
	size_t room = (size_t)1 << rank->bits, count = 0;
	struct vmspy_rank_entry *sorted = calloc(room, sizeof(*sorted));

	if (!sorted)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < room; i++)
		if (rank->entry[i].words)
			sorted[count++] = rank->entry[i];
	qsort(sorted, count, sizeof(*sorted), by_words);
	*ret = sorted;
	*ret_count = count;
	return NULL;
}
