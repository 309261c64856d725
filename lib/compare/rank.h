/*
 * A table of fixed size that finds what is frequent among more than it can hold. Pure. What is
 * done for each word of a page stands here, so that no call is made for it.
 */
#ifndef VMSPY_COMPARE_RANK_H
#define VMSPY_COMPARE_RANK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vmspy_rank_key {
	uint64_t address;
	int64_t distance_bytes; /* 0 where none is meant */
};

struct vmspy_rank_entry {
	struct vmspy_rank_key key;
	uint64_t words; /* 0: the entry is free */
	uint32_t pages;
	uint32_t last_page;
};

/*
 * A key has few places where it can be. If all are taken the one with the fewest words makes
 * room: what is frequent stays, wherever it begins.
 */
struct vmspy_rank {
	struct vmspy_rank_entry *entry;
	unsigned bits;     /* of them there are 1 << bits */
	uint64_t left_out; /* words of those that made room */
};

/* ret: end it with vmspy_rank_deinit(). Errors: NO_MEMORY. */
struct vmspy_error *vmspy_rank_init(struct vmspy_rank *ret, unsigned bits) VMSPY_MUST_CHECK;

void vmspy_rank_deinit(struct vmspy_rank *rank);

enum {
	VMSPY_RANK_WAY_BITS = 3, /* a key can be in one of 8 places, all beside each other */
	VMSPY_RANK_WAYS = 1 << VMSPY_RANK_WAY_BITS,
};

/* Spreads keys that differ in a few bits. Source: Knuth, TAOCP 3, 6.4: 2^64 / golden ratio. */
#define VMSPY_RANK_GOLDEN UINT64_C(0x9e3779b97f4a7c15)

/* ret: the first of the places where the key can be. */
static inline struct vmspy_rank_entry *vmspy_rank_places(const struct vmspy_rank *rank,
							 const struct vmspy_rank_key *key)
{
	uint64_t mixed = (key->address + (uint64_t)key->distance_bytes * VMSPY_RANK_GOLDEN) *
			 VMSPY_RANK_GOLDEN;

	return &rank->entry[mixed >> (64 - (rank->bits - VMSPY_RANK_WAY_BITS))
					     << VMSPY_RANK_WAY_BITS];
}

/* ret: NULL if there is none. Borrowed until the next vmspy_rank_count(). */
static inline struct vmspy_rank_entry *vmspy_rank_find(const struct vmspy_rank *rank,
						       const struct vmspy_rank_key *key)
{
	struct vmspy_rank_entry *place = vmspy_rank_places(rank, key);

	for (size_t i = 0; i < VMSPY_RANK_WAYS; i++)
		if (place[i].key.address == key->address &&
		    place[i].key.distance_bytes == key->distance_bytes && place[i].words)
			return &place[i];
	return NULL;
}

/* Make room for a key that has no entry. ret: its entry, without a word so far. */
struct vmspy_rank_entry *vmspy_rank_add(struct vmspy_rank *rank, const struct vmspy_rank_key *key);

/*
 * Count one word.
 * entry: what vmspy_rank_find() said.
 * page:  the number of the page that it stands on, from 1; pages come one after the other.
 */
static inline void vmspy_rank_count(struct vmspy_rank *rank, const struct vmspy_rank_key *key,
				    struct vmspy_rank_entry *entry, uint32_t page)
{
	if (!entry)
		entry = vmspy_rank_add(rank, key);
	entry->words++;
	entry->pages += entry->last_page != page;
	entry->last_page = page;
}

/* ret: those that have words, most first, then by key; the caller's to free. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_rank_sorted(const struct vmspy_rank *rank, struct vmspy_rank_entry **ret,
				      size_t *ret_count) VMSPY_MUST_CHECK;

#endif
