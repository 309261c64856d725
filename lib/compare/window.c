#include "compare/window.h"

#include <string.h>

#include "base/cleanup.h"
#include "compare/runs.h"
#include "compare/words.h"
#include "format/kpageflags.h"
#include "format/pagemap.h"

#include "base/banned.h"

enum {
	BLOCK_PAGES = 16, /* that are judged at once, where they are alike */
	TOP_BIT = 63,
};

uint64_t vmspy_window_frame(const struct vmspy_window_side *side, size_t i)
{
	struct vmspy_page page = vmspy_pagemap_decode(side->first[i]);

	return page.place == VMSPY_PAGE_IN_FRAME ? page.frame : VMSPY_FRAME_NONE;
}

/* --- one side ------------------------------------------------------------------------------ */

static enum vmspy_knowledge knows_huge(uint8_t mark, const struct vmspy_host *host)
{
	if (!host->scan_categories)
		return VMSPY_NOT_KNOWN;
	return mark & VMSPY_MARK_HUGE ? VMSPY_YES : VMSPY_NO;
}

static struct vmspy_sight sight_of(struct vmspy_window_side *side, size_t i,
				   const struct vmspy_mapping *mapping)
{
	enum {
		SLOT_TYPE_SHIFT = 58
	};
	const struct vmspy_host *host = vmspy_space_host(side->space);
	struct vmspy_page page = vmspy_pagemap_decode(side->first[i]);
	bool in_swap = page.place == VMSPY_PAGE_IN_SWAP;

	side->standing[i] = (uint8_t)vmspy_standing_of(&page, side->marks[i], mapping, host);
	return (struct vmspy_sight){
		.standing = side->standing[i],
		.hidden = page.place == VMSPY_PAGE_FRAME_HIDDEN ||
			  page.place == VMSPY_PAGE_SWAP_HIDDEN,
		.may_be_zero = page.place == VMSPY_PAGE_FRAME_HIDDEN && !page.exclusive &&
			       !host->scan_categories,
		.where = in_swap ? (uint64_t)page.swap_type << SLOT_TYPE_SHIFT | page.swap_offset
				 : page.frame,
		.exclusive = page.exclusive,
		.huge = knows_huge(side->marks[i], host),
	};
}

/* --- both sides ---------------------------------------------------------------------------- */

/* Whether b was read twice as well. */
static bool has_four_reads(const struct vmspy_window *window)
{
	return window->four_reads || window->is_open;
}

static bool is_settled(const struct vmspy_window *window, size_t i)
{
	return window->a.first[i] == window->a.second[i] &&
	       (!has_four_reads(window) || window->b.first[i] == window->b.second[i]);
}

static void settle(struct vmspy_window *window, size_t i, struct vmspy_verdict verdict)
{
	window->page_class[i] = verdict.look_again && !window->last_round
					? VMSPY_CLASS_UNSETTLED
					: (uint8_t)verdict.page_class;
	window->reason[i] = (uint8_t)verdict.reason;
}

static const struct vmspy_verdict kept_changing = {
	.page_class = VMSPY_CLASS_UNSTABLE,
	.reason = VMSPY_REASON_KEPT_CHANGING,
	.look_again = true,
};

/* ret: whether the frame's flags may change the verdict. */
static bool judge(struct vmspy_window *window, size_t i)
{
	struct vmspy_sight a = sight_of(&window->a, i, window->interval->a);
	struct vmspy_sight b = sight_of(&window->b, i, window->interval->b);
	struct vmspy_verdict verdict =
		vmspy_verdict_decide(&a, &b, window->interval->fit, window->ask_merged);

	settle(window, i, is_settled(window, i) ? verdict : kept_changing);
	return is_settled(window, i) && verdict.ask_flags;
}

/* What a word must look like, apart from its frame, for the verdict to be plain. */
struct plain {
	uint64_t zero_frame;
	bool anonymous_words; /* equal present words mean an inherited frame */
	bool file_words;      /* equal present file words mean one page of the file */
};

/* The words of a block, and those of one in which there is nothing. */
struct block {
	const uint64_t *a, *again, *b;
};

static const uint64_t nothing[BLOCK_PAGES];

static struct plain plain_of(const struct vmspy_window *window)
{
	const struct vmspy_interval *interval = window->interval;
	bool both = interval->a && interval->b && !interval->fit.remapped;

	return (struct plain){
		.zero_frame = vmspy_space_host(window->a.space)->zero_frame,
		.anonymous_words = both && !window->ask_merged,
		.file_words = both && interval->fit.same_file,
	};
}

/* ret: the class that equal words of both sides mean, or UNSETTLED to judge in full. */
static uint8_t plain_class(const struct plain *plain, uint64_t word)
{
	uint64_t frame = word & VMSPY_PAGEMAP_FRAME_MASK;
	uint64_t flags = word & ~VMSPY_PAGEMAP_FRAME_MASK;

	if (!word)
		return VMSPY_CLASS_NONE;
	if (flags == VMSPY_PAGEMAP_PRESENT && plain->anonymous_words && frame &&
	    frame != plain->zero_frame)
		return VMSPY_CLASS_SHARED;
	if (flags == (VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_FILE) && plain->file_words && frame)
		return VMSPY_CLASS_SHARED_FILE;
	return VMSPY_CLASS_UNSETTLED;
}

/*
 * Nearly all pages of a forked pair are plainly shared: equal words, nothing else to say. This is
 * the loop that decides how long both stand still: without a branch, so that the compiler makes
 * vectors of it. ret: the one class of a whole block, or UNSETTLED to judge page by page.
 */
static uint8_t plain_block(const struct plain *plain, const struct block *block)
{
	const uint64_t *a = block->a, *again = block->again, *b = block->b;
	uint64_t first = a[0], zero_frame = plain->zero_frame;
	uint64_t differs = 0, special = 0;

	for (size_t i = 0; i < BLOCK_PAGES; i++) {
		uint64_t frame = a[i] & VMSPY_PAGEMAP_FRAME_MASK;

		differs |= (a[i] ^ b[i]) | (a[i] ^ again[i]) |
			   ((a[i] ^ first) & ~VMSPY_PAGEMAP_FRAME_MASK);
		special |= (frame - 1) | ((frame ^ zero_frame) - 1); /* of 0 alone the top bit */
	}
	if (differs)
		return VMSPY_CLASS_UNSETTLED;
	if (special >> TOP_BIT) /* nothing at all, and elsewhere something, is not one class */
		return memcmp(a, nothing, sizeof(nothing)) ? VMSPY_CLASS_UNSETTLED
							   : VMSPY_CLASS_NONE;
	return plain_class(plain, first);
}

/* ret: whether the flags of the page's frame may change its verdict. */
static bool judge_page(struct vmspy_window *window, const struct plain *plain, size_t i)
{
	uint64_t word = window->a.first[i];

	if (word == window->b.first[i] && is_settled(window, i)) {
		window->page_class[i] = plain_class(plain, word);
		window->reason[i] = VMSPY_REASON_NONE;
		if (window->page_class[i] != VMSPY_CLASS_UNSETTLED)
			return false;
	}
	return judge(window, i);
}

/* Judge a whole block at once. ret: whether that could be done. */
static bool judge_block(struct vmspy_window *window, const struct plain *plain, size_t from)
{
	const struct block block = {
		.a = window->a.first + from,
		.again = window->a.second + from,
		.b = window->b.first + from,
	};
	uint8_t page_class;

	if (has_four_reads(window) || window->base + window->count - from < BLOCK_PAGES)
		return false;
	page_class = plain_block(plain, &block);
	if (page_class == VMSPY_CLASS_UNSETTLED)
		return false;
	memset(window->page_class + from, page_class, BLOCK_PAGES);
	memset(window->reason + from, VMSPY_REASON_NONE, BLOCK_PAGES);
	return true;
}

/* ret: how many pages' flags are to be looked up; window->ask has their indices. */
static size_t judge_all(struct vmspy_window *window)
{
	const struct plain plain = plain_of(window);
	size_t end = window->base + window->count, ask_count = 0;

	for (size_t from = window->base; from < end; from += BLOCK_PAGES) {
		size_t to = from + BLOCK_PAGES;

		if (judge_block(window, &plain, from))
			continue;
		for (size_t i = from; i < to && i < end; i++)
			if (judge_page(window, &plain, i))
				window->ask[ask_count++] = (uint32_t)i;
	}
	return ask_count;
}

/* --- flags of frames ----------------------------------------------------------------------- */

static uint64_t frame_to_ask(const struct vmspy_window *window, size_t i)
{
	uint64_t frame = vmspy_window_frame(&window->a, i);

	return frame == VMSPY_FRAME_NONE ? vmspy_window_frame(&window->b, i) : frame;
}

static void add_flags(struct vmspy_sight *sight, uint64_t flags)
{
	sight->flags_known = true;
	sight->swap_cached = vmspy_kpageflags_has(flags, VMSPY_KPF_SWAPCACHE);
	sight->merged = vmspy_kpageflags_has(flags, VMSPY_KPF_KSM);
	sight->compound = vmspy_kpageflags_has(flags, VMSPY_KPF_THP) ||
			  vmspy_kpageflags_has(flags, VMSPY_KPF_HUGE);
}

static void judge_with_flags(struct vmspy_window *window, size_t i, uint64_t flags)
{
	struct vmspy_sight a = sight_of(&window->a, i, window->interval->a);
	struct vmspy_sight b = sight_of(&window->b, i, window->interval->b);

	add_flags(&a, flags);
	add_flags(&b, flags);
	settle(window, i, vmspy_verdict_decide(&a, &b, window->interval->fit, window->ask_merged));
}

/* Flags are looked up by frame and later in time: only where the words still stand they count. */
static struct vmspy_error *ask_flags(struct vmspy_window *window, size_t count)
{
	const uint32_t *ask = window->ask;
	struct vmspy_error *err;

	if (!vmspy_space_host(window->a.space)->fact_visible[VMSPY_FRAME_FLAGS])
		return NULL;
	for (size_t i = 0; i < count; i++)
		window->frames[i] = frame_to_ask(window, ask[i]);
	if ((err = vmspy_space_frame_facts(window->a.space, VMSPY_FRAME_FLAGS,
					   (struct vmspy_frames){ window->frames, count },
					   window->flags)) ||
	    (err = vmspy_words_read_second(window, &window->a)) ||
	    (err = vmspy_words_read_second(window, &window->b)))
		return err;
	for (size_t i = 0; i < count; i++)
		if (vmspy_window_stood_still(window, ask[i]))
			judge_with_flags(window, ask[i], window->flags[i]);
		else
			settle(window, ask[i], kept_changing);
	return NULL;
}

static struct vmspy_error *judge_window(struct vmspy_window *window)
{
	size_t ask_count = judge_all(window);

	return ask_count ? ask_flags(window, ask_count) : NULL;
}

static void go_to(struct vmspy_window *window, const struct vmspy_place *place)
{
	window->interval = place->interval;
	window->start = place->start;
	window->count = place->count;
	window->base = place->base;
}

struct vmspy_error *vmspy_window_read(struct vmspy_window *window,
				      const struct vmspy_interval *interval, uint64_t start,
				      size_t count)
{
	const struct vmspy_place place = { .interval = interval, .start = start, .count = count };
	struct vmspy_error *err;

	go_to(window, &place);
	err = vmspy_words_read(window);
	return err ? err : judge_window(window);
}

/* --- in two steps -------------------------------------------------------------------------- */

/* What of one side is read; either time. */
typedef struct vmspy_error *read_words(const struct vmspy_window *window,
				       struct vmspy_window_side *side);

static struct vmspy_error *read_places(struct vmspy_window *window, read_words *read,
				       const struct vmspy_place *places, size_t count)
{
	struct vmspy_window_side *const sides[] = { &window->a, &window->b };
	struct vmspy_error *err = NULL;

	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; !err && i < count; i++) {
			go_to(window, &places[i]);
			err = read(window, sides[side]);
		}
	return err;
}

struct vmspy_error *vmspy_window_open(struct vmspy_window *window, const struct vmspy_place *places,
				      size_t count)
{
	return read_places(window, vmspy_words_read_first, places, count);
}

bool vmspy_window_is_present(struct vmspy_window *window, const struct vmspy_place *place, size_t i)
{
	sight_of(&window->a, i, place->interval->a);
	sight_of(&window->b, i, place->interval->b);
	return vmspy_standing_is_present(window->a.standing[i]) &&
	       vmspy_standing_is_present(window->b.standing[i]);
}

bool vmspy_window_stood_still(const struct vmspy_window *window, size_t i)
{
	return window->a.first[i] == window->a.second[i] &&
	       window->b.first[i] == window->b.second[i];
}

struct vmspy_error *vmspy_window_close(struct vmspy_window *window,
				       const struct vmspy_place *places, size_t count)
{
	struct vmspy_error *err = read_places(window, vmspy_words_read_second, places, count);

	window->is_open = true;
	for (size_t i = 0; !err && i < count; i++) {
		go_to(window, &places[i]);
		err = judge_window(window);
	}
	window->is_open = false;
	return err;
}
