/* Pointers in pages without symbols, counted while their bytes pass by. Pure. */
#ifndef VMSPY_COMPARE_CENSUS_H
#define VMSPY_COMPARE_CENSUS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/align.h"

/* A byte range that pointers are counted into: memory of a file that can have symbols. */
struct vmspy_census_range {
	uint64_t start;
	uint64_t end;
};

/* One value that words have, and where they have it. */
struct vmspy_census_target {
	uint64_t address;
	uint64_t words; /* that point there, on either side; a word that does on both counts once */
	uint64_t pages; /* that hold such words */
};

/*
 * Changed words, seen from the nearest pointer on their page that both sides have. Of two that
 * are equally near it is the one behind: objects begin with a count more often than they end in
 * one.
 */
struct vmspy_census_change {
	uint64_t address;       /* what that pointer points to */
	int64_t distance_bytes; /* of the changed word from the pointer */
	uint64_t words;
};

/* Shape: most words first, then by address. */
struct vmspy_census_target_list {
	struct vmspy_census_target *target;
	size_t count;
};

/* Shape: most words first, then by address and distance. */
struct vmspy_census_change_list {
	struct vmspy_census_change *change;
	size_t count;
};

enum {
	VMSPY_CENSUS_DISTANCE_MAX = 64, /* bytes: what is farther away is another object's */
};

struct vmspy_census;

/*
 * ranges:     ascending and disjoint; copied.
 * word_bytes: 4 or 8.
 * ret:        end it with vmspy_census_destroy().
 * Errors:     NO_MEMORY.
 */
struct vmspy_error *vmspy_census_create(const struct vmspy_census_range *ranges, size_t count,
					size_t word_bytes,
					struct vmspy_census **ret) VMSPY_MUST_CHECK;

/*
 * The same over what a has of programs and libraries: data, bss and rodata, not text, with the
 * words that its program has.
 */
struct vmspy_error *vmspy_census_create_over(const struct vmspy_interval_list *intervals,
					     struct vmspy_census **ret) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_census_destroy(struct vmspy_census *census);

/* Places of words on one page. Each has room for vmspy_census_room(). */
struct vmspy_census_places {
	uint16_t *near; /* on a's side, that may be pointers */
	size_t near_count;
	uint16_t *changed; /* whose sides differ */
	size_t changed_count;
};

/* Two sides of a page, aligned to words. */
struct vmspy_census_page {
	const unsigned char *a, *b;
	size_t page_bytes;
};

/* ret: how many places there may be on a page. */
size_t vmspy_census_room(const struct vmspy_census *census, size_t page_bytes);

/* Find what is worth counting on a page: most of the work, which several threads can do at once. */
void vmspy_census_look(const struct vmspy_census *census, const struct vmspy_census_page *page,
		       struct vmspy_census_places *ret);

/*
 * Count one page. Both processes stand still meanwhile: no memory is taken from the system, and
 * where tables are full the rarest make room and are counted as left out.
 * places: what vmspy_census_look() found there.
 */
void vmspy_census_count(struct vmspy_census *census, const struct vmspy_census_page *page,
			const struct vmspy_census_places *places);

/* The pages that were counted, and the words that a full table left out. */
uint64_t vmspy_census_pages(const struct vmspy_census *census);
uint64_t vmspy_census_left_out(const struct vmspy_census *census);

/* ret: ->target, ->change: the caller's to free. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_census_targets(const struct vmspy_census *census,
					 struct vmspy_census_target_list *ret) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_census_changes(const struct vmspy_census *census,
					 struct vmspy_census_change_list *ret) VMSPY_MUST_CHECK;

#endif
