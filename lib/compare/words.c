#include "compare/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	MARK_REGIONS = 512,
};

/* What is read, and where to: count words in each array. */
struct stretch {
	uint64_t start;
	size_t count;
	uint64_t *first_a, *first_b;
	uint64_t *second_a;
};

static const struct vmspy_mapping *mapping_of(const struct vmspy_window *window,
					      const struct vmspy_window_side *side)
{
	return side == &window->a ? window->interval->a : window->interval->b;
}

/* Zeros where nothing is mapped. */
static struct vmspy_error *read_words(const struct vmspy_window *window,
				      const struct vmspy_window_side *side, uint64_t *words)
{
	if (mapping_of(window, side))
		return vmspy_space_words(side->space, window->start, window->count,
					 words + window->base);
	memset(words + window->base, 0, window->count * sizeof(*words));
	return NULL;
}

static void mark_region(const struct vmspy_window *window, struct vmspy_window_side *side,
			const struct vmspy_page_region *region)
{
	uint64_t page_bytes = vmspy_space_host(side->space)->page_bytes;
	uint8_t mark = vmspy_marks_of(region->categories);

	memset(&side->marks[window->base + (region->start - window->start) / page_bytes], mark,
	       (region->end - region->start) / page_bytes);
}

/* Without frame numbers PAGEMAP_SCAN still tells zero pages and huge entries. */
static struct vmspy_error *read_marks(const struct vmspy_window *window,
				      struct vmspy_window_side *side)
{
	const struct vmspy_host *host = vmspy_space_host(side->space);
	uint64_t end = window->start + window->count * host->page_bytes;
	struct vmspy_page_region regions[MARK_REGIONS];
	struct vmspy_populated populated = { .region = regions, .room = MARK_REGIONS };
	struct vmspy_error *err;

	memset(side->marks + window->base, 0, window->count);
	if (!mapping_of(window, side) || host->frames_visible || !host->scan_categories)
		return NULL;
	for (uint64_t at = window->start; at < end; at = populated.next) {
		if ((err = vmspy_space_populated(side->space, at, end, &populated)))
			return err;
		for (size_t i = 0; i < populated.count; i++)
			mark_region(window, side, &regions[i]);
	}
	return NULL;
}

/* Read a, b, a: what is the same in both of a existed together with b's. */
static struct vmspy_error *read_stretch(const struct vmspy_window *window,
					const struct stretch *stretch)
{
	struct vmspy_space *a = window->a.space, *b = window->b.space;
	struct vmspy_error *err;

	if ((err = vmspy_space_words(a, stretch->start, stretch->count, stretch->first_a)) ||
	    (err = vmspy_space_words(b, stretch->start, stretch->count, stretch->first_b)))
		return err;
	return vmspy_space_words(a, stretch->start, stretch->count, stretch->second_a);
}

struct vmspy_error *vmspy_window_read_ahead(struct vmspy_window *window, uint64_t start,
					    size_t count)
{
	const struct stretch stretch = {
		.start = start,
		.count = count,
		.first_a = window->a.ahead_first,
		.first_b = window->b.ahead_first,
		.second_a = window->a.ahead_second,
	};
	struct vmspy_error *err;

	window->ahead_count = 0;
	if ((err = read_stretch(window, &stretch)))
		return err;
	window->ahead_start = start;
	window->ahead_count = count;
	return NULL;
}

/* Whether the window was read ahead; if so, take it from there. */
static bool take_ahead(struct vmspy_window *window)
{
	uint64_t page_bytes = vmspy_space_host(window->a.space)->page_bytes;
	uint64_t skipped = (window->start - window->ahead_start) / page_bytes;
	size_t bytes = window->count * sizeof(uint64_t);

	if (window->start < window->ahead_start || skipped + window->count > window->ahead_count)
		return false;
	memcpy(window->a.first, window->a.ahead_first + skipped, bytes);
	memcpy(window->b.first, window->b.ahead_first + skipped, bytes);
	memcpy(window->a.second, window->a.ahead_second + skipped, bytes);
	return true;
}

struct vmspy_error *vmspy_words_read_first(const struct vmspy_window *window,
					   struct vmspy_window_side *side)
{
	struct vmspy_error *err = read_words(window, side, side->first);

	return err ? err : read_marks(window, side);
}

struct vmspy_error *vmspy_words_read_second(const struct vmspy_window *window,
					    struct vmspy_window_side *side)
{
	return read_words(window, side, side->second);
}

/* Where bits alone must prove, both sides are read twice, and what PAGEMAP_SCAN says in between. */
static struct vmspy_error *read_four_times(struct vmspy_window *window)
{
	struct vmspy_error *err;

	if ((err = vmspy_words_read_first(window, &window->a)) ||
	    (err = vmspy_words_read_first(window, &window->b)) ||
	    (err = vmspy_words_read_second(window, &window->a)))
		return err;
	return vmspy_words_read_second(window, &window->b);
}

/* What one side has not mapped cannot have changed in between. */
static struct vmspy_error *read_one_side(struct vmspy_window *window)
{
	struct vmspy_error *err;

	if ((err = read_words(window, &window->a, window->a.first)) ||
	    (err = read_words(window, &window->b, window->b.first)))
		return err;
	memcpy(window->a.second, window->a.first, window->count * sizeof(uint64_t));
	return NULL;
}

struct vmspy_error *vmspy_words_read(struct vmspy_window *window)
{
	const struct stretch stretch = {
		.start = window->start,
		.count = window->count,
		.first_a = window->a.first,
		.first_b = window->b.first,
		.second_a = window->a.second,
	};

	if (take_ahead(window))
		return NULL;
	if (window->four_reads)
		return read_four_times(window);
	if (!window->interval->a || !window->interval->b)
		return read_one_side(window);
	return read_stretch(window, &stretch);
}
