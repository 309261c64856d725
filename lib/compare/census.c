#include "compare/census.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compare/rank.h"

#include "base/banned.h"

enum {
	GRANULE_BITS = 16, /* the coarse map has a byte for each 64 KiB ... */
	MAP_BITS = 16,     /* ... of 4 GiB: farther up it begins again */
	PAGE_WORDS_MAX = 16384,
	TARGETS_BITS = 16,
	CHANGES_BITS = 15,
};

struct vmspy_census {
	size_t word_bytes;
	uint64_t pages;
	struct vmspy_rank targets;
	struct vmspy_rank changes;
	struct vmspy_census_range *range;
	size_t range_count;
	uint8_t is_near[1 << MAP_BITS]; /* 1: a range may be at such addresses */
	/* Of the page that is being counted: places of pointers that are the same on both sides. */
	uint16_t pointer[PAGE_WORDS_MAX];
};

static void mark_near(struct vmspy_census *census, const struct vmspy_census_range *range)
{
	uint64_t first = range->start >> GRANULE_BITS, last = (range->end - 1) >> GRANULE_BITS;

	for (uint64_t at = first; at <= last && at - first < 1 << MAP_BITS; at++)
		census->is_near[(uint16_t)at] = 1;
}

/* Neighbours become one: the fewer ranges, the fewer steps of each search. */
static void add_range(struct vmspy_census *census, const struct vmspy_census_range *range)
{
	struct vmspy_census_range *last =
		census->range_count ? &census->range[census->range_count - 1] : NULL;

	if (range->start >= range->end)
		return;
	mark_near(census, range);
	if (last && last->end == range->start)
		last->end = range->end;
	else
		census->range[census->range_count++] = *range;
}

static void end_census(struct vmspy_census **census)
{
	vmspy_census_destroy(*census);
}

struct vmspy_error *vmspy_census_create(const struct vmspy_census_range *ranges, size_t count,
					size_t word_bytes, struct vmspy_census **ret)
{
	VMSPY_AUTO(end_census) struct vmspy_census *census = calloc(1, sizeof(*census));
	struct vmspy_error *err;

	if (!census)
		return vmspy_error_no_memory();
	census->word_bytes = word_bytes;
	census->range = calloc(count + 1, sizeof(*census->range));
	if (!census->range)
		return vmspy_error_no_memory();
	if ((err = vmspy_rank_init(&census->targets, TARGETS_BITS)) ||
	    (err = vmspy_rank_init(&census->changes, CHANGES_BITS)))
		return err;
	for (size_t i = 0; i < count; i++)
		add_range(census, &ranges[i]);
	*ret = census;
	census = NULL; /* the caller's now */
	return NULL;
}

void vmspy_census_destroy(struct vmspy_census *census)
{
	if (!census)
		return;
	vmspy_rank_deinit(&census->targets);
	vmspy_rank_deinit(&census->changes);
	free(census->range);
	free(census);
}

/* --- what it is made over ------------------------------------------------------------------ */

static bool has_symbols(const struct vmspy_interval *interval)
{
	const struct vmspy_mapping *a = interval->a;

	return a && !interval->fit.remapped &&
	       (a->kind == VMSPY_KIND_DATA || a->kind == VMSPY_KIND_BSS ||
		a->kind == VMSPY_KIND_RODATA);
}

struct vmspy_error *vmspy_census_create_over(const struct vmspy_interval_list *intervals,
					     struct vmspy_census **ret)
{
	VMSPY_AUTO(vmspy_guard_free)
	struct vmspy_census_range *ranges = calloc(intervals->count + 1, sizeof(*ranges));
	size_t count = 0;

	if (!ranges)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < intervals->count; i++) {
		const struct vmspy_interval *interval = &intervals->interval[i];

		if (has_symbols(interval))
			ranges[count++] = (struct vmspy_census_range){
				.start = interval->start,
				.end = interval->end,
			};
	}
	return vmspy_census_create(ranges, count, vmspy_interval_list_word_bytes(intervals), ret);
}

/* --- counting ------------------------------------------------------------------------------ */

static inline __attribute__((always_inline)) uint64_t word_at(const unsigned char *page, size_t i,
							      size_t word_bytes)
{
	uint64_t wide;
	uint32_t narrow;

	if (word_bytes == sizeof(wide)) {
		memcpy(&wide, page + i * sizeof(wide), sizeof(wide));
		return wide;
	}
	memcpy(&narrow, page + i * sizeof(narrow), sizeof(narrow));
	return narrow;
}

/* Most words are no pointers, and which are cannot be foretold: no jump depends on a word here. */
static inline __attribute__((always_inline)) void find_near(const struct vmspy_census *census,
							    const unsigned char *a, size_t words,
							    size_t word_bytes,
							    struct vmspy_census_places *places)
{
	size_t count = 0;

	for (size_t i = 0; i < words; i++) {
		places->near[count] = (uint16_t)i;
		count += census->is_near[(uint16_t)(word_at(a, i, word_bytes) >> GRANULE_BITS)];
	}
	places->near_count = count;
}

static inline __attribute__((always_inline)) void find_changed(const struct vmspy_census_page *page,
							       size_t words, size_t word_bytes,
							       struct vmspy_census_places *places)
{
	enum {
		PART_WORDS = 8, /* as many that are the same are passed by at once */
	};
	const unsigned char *a = page->a, *b = page->b;
	size_t count = 0;

	for (size_t part = 0; part < words; part += PART_WORDS) {
		if (!memcmp(a + part * word_bytes, b + part * word_bytes, PART_WORDS * word_bytes))
			continue;
		for (size_t i = part; i < part + PART_WORDS; i++) {
			places->changed[count] = (uint16_t)i;
			count += word_at(a, i, word_bytes) != word_at(b, i, word_bytes);
		}
	}
	places->changed_count = count;
}

static size_t words_of(const struct vmspy_census *census, size_t page_bytes)
{
	size_t words = page_bytes / census->word_bytes;

	return words > PAGE_WORDS_MAX ? PAGE_WORDS_MAX : words;
}

/* One more than words: a place is written before it is known whether it counts. */
size_t vmspy_census_room(const struct vmspy_census *census, size_t page_bytes)
{
	return words_of(census, page_bytes) + 1;
}

void vmspy_census_look(const struct vmspy_census *census, const struct vmspy_census_page *page,
		       struct vmspy_census_places *ret)
{
	size_t words = words_of(census, page->page_bytes);

	/* With the size of a word known the compiler makes better loops. */
	if (census->word_bytes == sizeof(uint64_t)) {
		find_near(census, page->a, words, sizeof(uint64_t), ret);
		find_changed(page, words, sizeof(uint64_t), ret);
	} else {
		find_near(census, page->a, words, sizeof(uint32_t), ret);
		find_changed(page, words, sizeof(uint32_t), ret);
	}
}

static bool is_in_range(const struct vmspy_census *census, uint64_t value)
{
	size_t low = 0, high = census->range_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (census->range[middle].end <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low < census->range_count && census->range[low].start <= value;
}

/* ret: whether the value is a pointer. One that is known already needs no search. */
static bool count_word(struct vmspy_census *census, uint64_t value)
{
	const struct vmspy_rank_key key = { .address = value };
	struct vmspy_rank_entry *entry = vmspy_rank_find(&census->targets, &key);

	if (!entry && !is_in_range(census, value))
		return false;
	vmspy_rank_count(&census->targets, &key, entry, (uint32_t)census->pages);
	return true;
}

/* ret: how many places of `pointer` were filled: an unchanged pointer stands there. */
static size_t count_words_of_a(struct vmspy_census *census, const struct vmspy_census_page *page,
			       const struct vmspy_census_places *places)
{
	size_t count = 0;

	for (size_t i = 0; i < places->near_count; i++) {
		uint64_t value = word_at(page->a, places->near[i], census->word_bytes);

		if (count_word(census, value) &&
		    value == word_at(page->b, places->near[i], census->word_bytes))
			census->pointer[count++] = places->near[i];
	}
	return count;
}

static void count_words_of_b(struct vmspy_census *census, const struct vmspy_census_page *page,
			     const struct vmspy_census_places *places)
{
	for (size_t i = 0; i < places->changed_count; i++) {
		uint64_t value = word_at(page->b, places->changed[i], census->word_bytes);

		if (census->is_near[(uint16_t)(value >> GRANULE_BITS)])
			count_word(census, value);
	}
}

/* Both lists of places ascend. */
static void count_changes(struct vmspy_census *census, const struct vmspy_census_page *page,
			  const struct vmspy_census_places *places, size_t pointer_count)
{
	const int reach = VMSPY_CENSUS_DISTANCE_MAX / (int)census->word_bytes;
	size_t next = 0;

	for (size_t i = 0; i < places->changed_count; i++) {
		int at = places->changed[i], nearest, distance;
		struct vmspy_rank_key key;

		while (next < pointer_count && census->pointer[next] < at)
			next++;
		nearest = next < pointer_count ? census->pointer[next] : INT32_MAX;
		if (next && (int64_t)nearest - at > at - census->pointer[next - 1])
			nearest = census->pointer[next - 1];
		if (nearest == INT32_MAX || abs(at - nearest) > reach)
			continue;
		distance = (at - nearest) * (int)census->word_bytes;
		key = (struct vmspy_rank_key){
			.address = word_at(page->a, (size_t)nearest, census->word_bytes),
			.distance_bytes = distance,
		};
		vmspy_rank_count(&census->changes, &key, vmspy_rank_find(&census->changes, &key),
				 (uint32_t)census->pages);
	}
}

void vmspy_census_count(struct vmspy_census *census, const struct vmspy_census_page *page,
			const struct vmspy_census_places *places)
{
	size_t pointer_count;

	census->pages++;
	pointer_count = count_words_of_a(census, page, places);
	count_words_of_b(census, page, places);
	count_changes(census, page, places, pointer_count);
}

uint64_t vmspy_census_pages(const struct vmspy_census *census)
{
	return census->pages;
}

uint64_t vmspy_census_left_out(const struct vmspy_census *census)
{
	return census->targets.left_out;
}

struct vmspy_error *vmspy_census_targets(const struct vmspy_census *census,
					 struct vmspy_census_target_list *ret)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_rank_entry *entries = NULL;
	struct vmspy_census_target *target;
	size_t count;
	struct vmspy_error *err = vmspy_rank_sorted(&census->targets, &entries, &count);

	if (err)
		return err;
	target = calloc(count + 1, sizeof(*target));
	if (!target)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		target[i] = (struct vmspy_census_target){
			.address = entries[i].key.address,
			.words = entries[i].words,
			.pages = entries[i].pages,
		};
	*ret = (struct vmspy_census_target_list){ target, count };
	return NULL;
}

struct vmspy_error *vmspy_census_changes(const struct vmspy_census *census,
					 struct vmspy_census_change_list *ret)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_rank_entry *entries = NULL;
	struct vmspy_census_change *change;
	size_t count;
	struct vmspy_error *err = vmspy_rank_sorted(&census->changes, &entries, &count);

	if (err)
		return err;
	change = calloc(count + 1, sizeof(*change));
	if (!change)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		change[i] = (struct vmspy_census_change){
			.address = entries[i].key.address,
			.distance_bytes = entries[i].key.distance_bytes,
			.words = entries[i].words,
		};
	*ret = (struct vmspy_census_change_list){ change, count };
	return NULL;
}
