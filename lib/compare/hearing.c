#include "compare/hearing.h"

#include "compare/witness.h"
#include "format/kpageflags.h"
#include "format/pagemap.h"

#include "base/banned.h"

enum {
	FRAMES_A_PAGE = 3, /* at most: the parent's, the child's, and one that both have left */
};

/* Nobody's evidence: frames that are made, or shared, without a fork or a write. */
static const uint64_t no_evidence = UINT64_C(1) << VMSPY_KPF_KSM | UINT64_C(1) << VMSPY_KPF_THP |
				    UINT64_C(1) << VMSPY_KPF_HUGE |
				    UINT64_C(1) << VMSPY_KPF_ZERO_PAGE;

/* --- words --------------------------------------------------------------------------------- */

static struct vmspy_error *read_words(struct vmspy_hearing *hearing, struct vmspy_space *space,
				      uint64_t *words)
{
	hearing->words += VMSPY_CALL_WORDS + hearing->count;
	return vmspy_space_words(space, hearing->start, hearing->count, words);
}

/* The words of the pair, and of all who can still be asked. */
static struct vmspy_error *read_all(struct vmspy_hearing *hearing, struct vmspy_window *window,
				    bool again)
{
	struct vmspy_window_side *a = &window->a, *b = &window->b;
	struct vmspy_error *err;

	if ((err = read_words(hearing, a->space, again ? a->second : a->first)) ||
	    (err = read_words(hearing, b->space, again ? b->second : b->first)))
		return err;
	for (size_t i = 0; i < hearing->asked_count; i++) {
		struct vmspy_sibling *sibling = &hearing->sibling[i];

		if (sibling->lost)
			continue;
		err = read_words(hearing, sibling->space, again ? sibling->second : sibling->first);
		sibling->lost = err;
		vmspy_error_destroy(err);
	}
	return NULL;
}

/* The anonymous frame behind a word; NONE for anything else. */
static uint64_t anonymous_frame(uint64_t word, uint64_t zero_frame)
{
	struct vmspy_page page = vmspy_pagemap_decode(word);

	if (page.place != VMSPY_PAGE_IN_FRAME || page.file || page.frame == zero_frame)
		return VMSPY_FRAME_NONE;
	return page.frame;
}

/* Whether the sibling has private memory of the same origin at this address. */
static bool is_aligned(struct vmspy_sibling *sibling, const struct vmspy_interval *interval,
		       uint64_t address)
{
	const struct vmspy_mapping *mapping = sibling->mapping;

	if (!mapping || address < mapping->vma.start || address >= mapping->vma.end)
		mapping = vmspy_layout_find(vmspy_space_layout(sibling->space), address);
	sibling->mapping = mapping;
	return mapping && !mapping->vma.shared &&
	       !vmspy_align_fit(mapping, interval->a, address).remapped;
}

/* --- one page ------------------------------------------------------------------------------ */

/* A page in the pair and in all siblings. */
struct sight {
	uint64_t parent, child;
	struct vmspy_witness witness[VMSPY_SIBLINGS_MAX];
};

static void see_sibling(const struct vmspy_hearing *hearing, struct vmspy_sibling *sibling,
			size_t i, struct vmspy_witness *ret)
{
	const struct vmspy_host *host = vmspy_space_host(sibling->space);
	uint64_t address = hearing->start + i * host->page_bytes;
	uint64_t word = sibling->first[i];

	ret->age = sibling->age;
	ret->frame = VMSPY_FRAME_NONE;
	/* Bit 56 says that nobody else has the frame: it is gone, or on its way. */
	if (sibling->lost || word & VMSPY_PAGEMAP_EXCLUSIVE ||
	    !is_aligned(sibling, hearing->interval[i], address))
		return;
	ret->frame = anonymous_frame(word, host->zero_frame);
}

/* What the words say that were read first. again: only where they still stood the second time. */
static struct sight see(struct vmspy_hearing *hearing, const struct vmspy_window *window, size_t i,
			bool again)
{
	const struct vmspy_window_side *parent = hearing->child_is_a ? &window->b : &window->a;
	const struct vmspy_window_side *child = hearing->child_is_a ? &window->a : &window->b;
	uint64_t zero_frame = vmspy_space_host(parent->space)->zero_frame;
	struct sight sight = {
		.parent = anonymous_frame(parent->first[i], zero_frame),
		.child = anonymous_frame(child->first[i], zero_frame),
	};

	for (size_t s = 0; s < hearing->asked_count; s++) {
		struct vmspy_sibling *sibling = &hearing->sibling[s];

		see_sibling(hearing, sibling, i, &sight.witness[s]);
		if (again && sibling->first[i] != sibling->second[i])
			sight.witness[s].frame = VMSPY_FRAME_NONE;
	}
	return sight;
}

/* Neither side may be on its way elsewhere, and at least one must have a frame of its own. */
static bool can_be_judged(const struct vmspy_window *window, size_t i, const struct sight *sight)
{
	return window->a.first[i] & VMSPY_PAGEMAP_PRESENT &&
	       window->b.first[i] & VMSPY_PAGEMAP_PRESENT && sight->parent != sight->child;
}

static enum vmspy_testimony judge(const struct vmspy_hearing *hearing,
				  const struct vmspy_window *window, size_t i,
				  const struct sight *sight, uint64_t *ret_frame)
{
	*ret_frame = VMSPY_FRAME_NONE;
	if (!can_be_judged(window, i, sight))
		return VMSPY_TESTIMONY_NONE;
	return vmspy_witness_judge(sight->parent, sight->child, sight->witness,
				   hearing->asked_count, ret_frame);
}

/* --- all pages ----------------------------------------------------------------------------- */

/* ret: of how many pages anything is said; window->ask has them. */
static size_t judge_all(struct vmspy_hearing *hearing, struct vmspy_window *window)
{
	size_t count = 0;

	for (size_t i = 0; i < hearing->count; i++) {
		struct sight sight;

		hearing->testimony[i] = VMSPY_TESTIMONY_NONE;
		if (!hearing->interval[i])
			continue;
		sight = see(hearing, window, i, false);
		hearing->testimony[i] =
			(uint8_t)judge(hearing, window, i, &sight, &hearing->frame[i]);
		if (hearing->testimony[i] != VMSPY_TESTIMONY_NONE)
			window->ask[count++] = (uint32_t)i;
	}
	return count;
}

/* The n-th of the frames that a page's testimony rests on; NONE if it has fewer. */
static uint64_t frame_to_ask(const struct vmspy_hearing *hearing, const struct vmspy_window *window,
			     size_t i, size_t n)
{
	uint64_t zero_frame = vmspy_space_host(window->a.space)->zero_frame;

	if (n == 0)
		return anonymous_frame(window->a.first[i], zero_frame);
	if (n == 1)
		return anonymous_frame(window->b.first[i], zero_frame);
	return hearing->testimony[i] == VMSPY_TESTIMONY_BOTH_LEFT ? hearing->frame[i]
								  : VMSPY_FRAME_NONE;
}

/* One side after the other: frames of adjacent pages are often adjacent, and cost one read then. */
static size_t choose_frames(struct vmspy_hearing *hearing, struct vmspy_window *window,
			    size_t count)
{
	size_t frames = 0;

	for (size_t n = 0; n < FRAMES_A_PAGE; n++)
		for (size_t k = 0; k < count; k++) {
			uint64_t frame = frame_to_ask(hearing, window, window->ask[k], n);

			if (frame == VMSPY_FRAME_NONE)
				continue;
			window->frames[frames] = frame;
			hearing->page_of[frames++] = (uint16_t)window->ask[k];
		}
	return frames;
}

static struct vmspy_error *look_up_frames(struct vmspy_hearing *hearing,
					  struct vmspy_window *window, size_t count)
{
	size_t frames = choose_frames(hearing, window, count);
	struct vmspy_error *err = vmspy_space_frame_facts(
		window->a.space, VMSPY_FRAME_FLAGS, (struct vmspy_frames){ window->frames, frames },
		window->flags);

	if (err)
		return err;
	hearing->words += frames * VMSPY_CALL_WORDS / 2;
	for (size_t k = 0; k < frames; k++)
		if (window->flags[k] & no_evidence)
			hearing->testimony[hearing->page_of[k]] = VMSPY_TESTIMONY_NONE;
	return NULL;
}

static bool still_stands(struct vmspy_hearing *hearing, const struct vmspy_window *window, size_t i)
{
	struct sight sight = see(hearing, window, i, true);
	uint64_t frame;

	return window->a.first[i] == window->a.second[i] &&
	       window->b.first[i] == window->b.second[i] &&
	       judge(hearing, window, i, &sight, &frame) == hearing->testimony[i] &&
	       frame == hearing->frame[i];
}

struct vmspy_error *vmspy_hearing_hold(struct vmspy_hearing *hearing, struct vmspy_window *window)
{
	struct vmspy_error *err;
	size_t count;

	_Static_assert(FRAMES_A_PAGE * VMSPY_SPAN_PAGES <= VMSPY_WINDOW_PAGES,
		       "the window has no room for the frames of a span");
	if ((err = read_all(hearing, window, false)))
		return err;
	count = judge_all(hearing, window);
	if (!count)
		return NULL;
	if ((err = look_up_frames(hearing, window, count)) ||
	    (err = read_all(hearing, window, true)))
		return err;
	for (size_t k = 0; k < count; k++)
		if (!still_stands(hearing, window, window->ask[k]))
			hearing->testimony[window->ask[k]] = VMSPY_TESTIMONY_NONE;
	return NULL;
}
