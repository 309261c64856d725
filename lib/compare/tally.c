#include "compare/tally.h"

#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

static struct vmspy_counts *counts_of(struct vmspy_tally *tally, size_t interval_index)
{
	return tally->counts ? tally->counts : &tally->pair->counts[interval_index];
}

static void add_counts(struct vmspy_counts *total, const struct vmspy_counts *counts)
{
	for (size_t i = 0; i < VMSPY_STATE_COUNT; i++)
		total->state_pages[i] += counts->state_pages[i];
	for (size_t i = 0; i < VMSPY_LEFT_COUNT; i++)
		total->left_pages[i] += counts->left_pages[i];
	total->shared_file_pages += counts->shared_file_pages;
	total->identical_pages += counts->identical_pages;
	total->compared_pages += counts->compared_pages;
	total->changed_bytes += counts->changed_bytes;
	total->comparable_pages += counts->comparable_pages;
	total->drawn_pages += counts->drawn_pages;
	total->proven_pages += counts->proven_pages;
}

/* --- one side ------------------------------------------------------------------------------ */

/* Whether pages of this class are in a frame of their own or a shared one on both sides. */
static bool is_present_on_both(uint8_t page_class)
{
	return page_class == VMSPY_CLASS_SHARED || page_class == VMSPY_CLASS_SHARED_KSM ||
	       page_class == VMSPY_CLASS_SHARED_FILE || page_class == VMSPY_CLASS_DIVERGED;
}

static bool is_hugetlb(const struct vmspy_mapping *mapping)
{
	return mapping && mapping->kind == VMSPY_KIND_HUGETLB;
}

static void count_side(const uint8_t *standing, size_t count, bool uncounted,
		       struct vmspy_side *side)
{
	for (size_t i = 0; i < count; i++) {
		bool present = vmspy_standing_is_present(standing[i]);
		bool swapped = standing[i] == VMSPY_STANDING_SWAP;

		side->present_pages += present;
		side->swapped_pages += swapped;
		side->zero_pages += standing[i] == VMSPY_STANDING_ZERO;
		side->uncounted_pages += uncounted && (present || swapped);
	}
}

static void count_sides(struct vmspy_pair *pair, const struct vmspy_window *window, size_t from,
			size_t to)
{
	uint8_t page_class = window->page_class[from];
	bool uncounted = vmspy_class_state(page_class) == VMSPY_STATE_UNCOUNTED;
	uint64_t present_a = pair->a.present_pages, present_b = pair->b.present_pages;

	if (page_class == VMSPY_CLASS_NONE)
		return;
	if (is_present_on_both(page_class)) {
		pair->a.present_pages += to - from;
		pair->b.present_pages += to - from;
	} else {
		count_side(window->a.standing + from, to - from, uncounted, &pair->a);
		count_side(window->b.standing + from, to - from, uncounted, &pair->b);
	}
	if (is_hugetlb(window->interval->a))
		pair->a.hugetlb_pages += pair->a.present_pages - present_a;
	if (is_hugetlb(window->interval->b))
		pair->b.hugetlb_pages += pair->b.present_pages - present_b;
}

/* --- both sides ---------------------------------------------------------------------------- */

static struct vmspy_run run_of(const struct vmspy_window *window, size_t from, size_t to)
{
	uint64_t frame_a = vmspy_window_frame(&window->a, from);
	uint64_t frame_b = vmspy_window_frame(&window->b, from);
	uint64_t page_bytes = vmspy_space_host(window->a.space)->page_bytes;
	bool contiguous = true;

	for (size_t i = from + 1; i < to && contiguous; i++)
		contiguous = vmspy_window_frame(&window->a, i) ==
				     (frame_a ? frame_a + (i - from) : VMSPY_FRAME_NONE) &&
			     vmspy_window_frame(&window->b, i) ==
				     (frame_b ? frame_b + (i - from) : VMSPY_FRAME_NONE);
	return (struct vmspy_run){
		.start = window->start + from * page_bytes,
		.page_count = to - from,
		.frame_a = frame_a,
		.frame_b = frame_b,
		.page_class = window->page_class[from],
		.reason = window->reason[from],
		.frames_contiguous = contiguous,
	};
}

static bool is_kept(const struct vmspy_tally *tally, const struct vmspy_window *window, size_t at)
{
	enum vmspy_state state = vmspy_class_state(window->page_class[at]);

	if (state == VMSPY_STATE_UNCOUNTED)
		return false;
	return tally->keep_runs || state == VMSPY_STATE_DIVERGED ||
	       window->reason[at] == VMSPY_REASON_FRAMES_HIDDEN;
}

/*
 * A private mapping begins with the page of the file on both sides: who has private memory now has
 * left it. Nothing is known of two pages of which neither is private memory.
 */
static enum vmspy_left left_file(const struct vmspy_window *window, size_t i)
{
	static const bool is_private[VMSPY_STANDING_COUNT] = {
		[VMSPY_STANDING_ANON] = true,
		[VMSPY_STANDING_SWAP] = true,
	};
	uint8_t a = window->a.standing[i], b = window->b.standing[i];

	if (window->page_class[i] != VMSPY_CLASS_DIVERGED_FILE)
		return VMSPY_LEFT_UNKNOWN;
	if (a == VMSPY_STANDING_FILE && is_private[b])
		return VMSPY_LEFT_B;
	return b == VMSPY_STANDING_FILE && is_private[a] ? VMSPY_LEFT_A : VMSPY_LEFT_UNKNOWN;
}

static bool is_alike(const struct vmspy_window *window, size_t i, size_t j)
{
	return window->page_class[i] == window->page_class[j] &&
	       window->reason[i] == window->reason[j] &&
	       left_file(window, i) == left_file(window, j);
}

static struct vmspy_error *add_stretch(struct vmspy_tally *tally, const struct vmspy_window *window,
				       size_t from, size_t to, struct vmspy_run_list *runs)
{
	uint32_t index = (uint32_t)(window->interval - tally->pair->intervals.interval);
	struct vmspy_counts *counts = counts_of(tally, index);
	uint8_t page_class = window->page_class[from];
	enum vmspy_left left = left_file(window, from);
	struct vmspy_run run;

	if (page_class == VMSPY_CLASS_NONE)
		return NULL;
	if (page_class != VMSPY_CLASS_UNSETTLED) {
		if (vmspy_class_state(page_class) == VMSPY_STATE_DIVERGED)
			counts->left_pages[left] += to - from;
		counts->state_pages[vmspy_class_state(page_class)] += to - from;
		if (page_class == VMSPY_CLASS_SHARED_FILE)
			counts->shared_file_pages += to - from;
		if (page_class == VMSPY_CLASS_SHARED || page_class == VMSPY_CLASS_SWAP_SAME)
			tally->pair->inherited_pages += to - from;
		tally->pair->unknown_pages[window->reason[from]] += to - from;
		count_sides(tally->pair, window, from, to);
		if (!is_kept(tally, window, from))
			return NULL;
	}
	run = run_of(window, from, to);
	run.interval_index = index;
	run.left = (uint8_t)left;
	run.left_source = left ? VMSPY_LEFT_BY_FILE : VMSPY_LEFT_BY_NONE;
	return vmspy_runs_add(page_class == VMSPY_CLASS_UNSETTLED ? &tally->unsettled : runs, &run);
}

/*
 * Stretches are long: as long as a part is like what lies before it, it is passed by at once; but
 * where files diverged, also who left may differ.
 */
static size_t end_of_stretch(const struct vmspy_window *window, size_t from)
{
	enum {
		PART_PAGES = 8
	};
	const uint8_t *page_class = window->page_class, *reason = window->reason;
	size_t i = from + 1;

	while (page_class[from] != VMSPY_CLASS_DIVERGED_FILE && i + PART_PAGES <= window->count &&
	       !memcmp(page_class + i, page_class + i - 1, PART_PAGES) &&
	       !memcmp(reason + i, reason + i - 1, PART_PAGES))
		i += PART_PAGES;
	while (i < window->count && is_alike(window, i, from))
		i++;
	return i;
}

struct vmspy_error *vmspy_tally_window(struct vmspy_tally *tally, const struct vmspy_window *window,
				       struct vmspy_run_list *runs)
{
	struct vmspy_error *err;
	size_t to;

	for (size_t from = 0; from < window->count; from = to) {
		to = end_of_stretch(window, from);
		if ((err = add_stretch(tally, window, from, to, runs)))
			return err;
	}
	return NULL;
}

void vmspy_tally_move(struct vmspy_tally *tally, const struct vmspy_run *page,
		      struct vmspy_verdict to)
{
	struct vmspy_counts *counts = counts_of(tally, page->interval_index);

	counts->state_pages[vmspy_class_state(page->page_class)]--;
	tally->pair->unknown_pages[page->reason]--;
	counts->state_pages[vmspy_class_state(to.page_class)]++;
	tally->pair->unknown_pages[to.reason]++;
	if (vmspy_class_state(page->page_class) == VMSPY_STATE_DIVERGED)
		counts->left_pages[page->left]--;
	if (vmspy_class_state(to.page_class) == VMSPY_STATE_DIVERGED)
		counts->left_pages[VMSPY_LEFT_UNKNOWN]++;
}

void vmspy_tally_left(struct vmspy_tally *tally, const struct vmspy_run *page, enum vmspy_left left)
{
	struct vmspy_counts *counts = counts_of(tally, page->interval_index);

	counts->left_pages[page->left] -= page->page_count;
	counts->left_pages[left] += page->page_count;
}

/* What is no longer called diverged has nobody who left. */
static void forget_left(struct vmspy_run *run)
{
	run->left = VMSPY_LEFT_UNKNOWN;
	run->left_source = VMSPY_LEFT_BY_NONE;
}

static void doubt_counts(struct vmspy_pair *pair, struct vmspy_counts *counts)
{
	uint64_t doubted = 0;

	for (int state = 0; state < VMSPY_STATE_COUNT; state++) {
		if (state == VMSPY_STATE_UNKNOWN || state == VMSPY_STATE_UNCOUNTED)
			continue;
		doubted += counts->state_pages[state];
		counts->state_pages[state] = 0;
	}
	counts->shared_file_pages = 0;
	memset(counts->left_pages, 0, sizeof(counts->left_pages));
	counts->state_pages[VMSPY_STATE_UNKNOWN] += doubted;
	pair->unknown_pages[VMSPY_REASON_KEPT_CHANGING] += doubted;
}

void vmspy_tally_doubt(struct vmspy_tally *tally, const bool *doubted)
{
	struct vmspy_pair *pair = tally->pair;

	for (size_t i = 0; i < pair->intervals.count; i++)
		if (doubted[i])
			doubt_counts(pair, counts_of(tally, i));
	for (size_t i = 0; i < pair->runs.count; i++) {
		struct vmspy_run *run = &pair->runs.run[i];

		if (!doubted[run->interval_index] ||
		    vmspy_class_state(run->page_class) == VMSPY_STATE_UNKNOWN)
			continue;
		run->page_class = VMSPY_CLASS_UNSTABLE;
		run->reason = VMSPY_REASON_KEPT_CHANGING;
		forget_left(run);
	}
	vmspy_runs_join(&pair->runs);
}

/* --- several threads ----------------------------------------------------------------------- */

void vmspy_tally_part_init(struct vmspy_tally_part *part, const struct vmspy_tally *whole)
{
	uint32_t page_bytes = whole->unsettled.page_bytes;

	part->pair = (struct vmspy_pair){
		.intervals = whole->pair->intervals,
		.counts = whole->pair->counts,
		.runs.page_bytes = page_bytes,
	};
	part->tally = (struct vmspy_tally){
		.pair = &part->pair,
		.options = whole->options,
		.keep_runs = whole->keep_runs,
		.unsettled.page_bytes = page_bytes,
	};
}

void vmspy_tally_part_begin(struct vmspy_tally_part *part, bool is_shared)
{
	part->counts = (struct vmspy_counts){ 0 };
	part->tally.counts = is_shared ? &part->counts : NULL;
}

void vmspy_tally_part_flush(struct vmspy_tally_part *part, size_t interval_index)
{
	if (part->tally.counts)
		add_counts(&part->pair.counts[interval_index], &part->counts);
	part->counts = (struct vmspy_counts){ 0 };
}

static void add_side(struct vmspy_side *total, const struct vmspy_side *side)
{
	total->present_pages += side->present_pages;
	total->swapped_pages += side->swapped_pages;
	total->zero_pages += side->zero_pages;
	total->hugetlb_pages += side->hugetlb_pages;
	total->uncounted_pages += side->uncounted_pages;
}

struct vmspy_error *vmspy_tally_part_end(struct vmspy_tally_part *part, struct vmspy_tally *whole)
{
	struct vmspy_pair *pair = whole->pair;
	struct vmspy_error *err;

	add_side(&pair->a, &part->pair.a);
	add_side(&pair->b, &part->pair.b);
	pair->inherited_pages += part->pair.inherited_pages;
	for (size_t i = 0; i < VMSPY_REASON_COUNT; i++)
		pair->unknown_pages[i] += part->pair.unknown_pages[i];
	err = vmspy_runs_merge(&pair->runs, &part->pair.runs);
	if (!err)
		err = vmspy_runs_merge(&whole->unsettled, &part->tally.unsettled);
	vmspy_tally_part_deinit(part);
	return err;
}

void vmspy_tally_part_deinit(struct vmspy_tally_part *part)
{
	vmspy_run_list_deinit(&part->pair.runs);
	vmspy_run_list_deinit(&part->tally.unsettled);
}

/* --- the sum ------------------------------------------------------------------------------- */

/* Nothing was copied from one to the other: what differs was never one page, nor compared. */
static void separate(struct vmspy_counts *counts)
{
	counts->state_pages[VMSPY_STATE_SEPARATE] += counts->state_pages[VMSPY_STATE_DIVERGED];
	counts->state_pages[VMSPY_STATE_DIVERGED] = 0;
	memset(counts->left_pages, 0, sizeof(counts->left_pages));
}

static void separate_all(struct vmspy_pair *pair)
{
	for (size_t i = 0; i < pair->intervals.count; i++)
		separate(&pair->counts[i]);
	for (size_t i = 0; i < pair->runs.count; i++) {
		struct vmspy_run *run = &pair->runs.run[i];

		if (vmspy_class_state(run->page_class) != VMSPY_STATE_DIVERGED)
			continue;
		run->page_class = VMSPY_CLASS_SEPARATE;
		forget_left(run);
	}
	vmspy_runs_join(&pair->runs);
}

void vmspy_tally_finish(struct vmspy_tally *tally)
{
	struct vmspy_pair *pair = tally->pair;

	if (pair->no_common_origin)
		separate_all(pair);
	for (size_t i = 0; i < pair->intervals.count; i++) {
		const struct vmspy_counts *counts = &pair->counts[i];

		add_counts(&pair->totals, counts);
		if (!vmspy_interval_is_private(&pair->intervals.interval[i]))
			continue;
		pair->private_shared_pages +=
			counts->state_pages[VMSPY_STATE_SHARED] - counts->shared_file_pages;
		pair->private_diverged_pages += counts->state_pages[VMSPY_STATE_DIVERGED];
	}
	pair->unknown_pages[VMSPY_REASON_NONE] = 0;
}
