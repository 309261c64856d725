#include "compare/draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio: Knuth, TAOCP 3, 6.4 */

/* --- sorting ------------------------------------------------------------------------------- */

/* Whether a named interval is of the main program. Its bss has no name: that of the data before. */
static bool is_of_program(const struct vmspy_pair *pair, size_t index)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[index];
	const char *name = interval->a->vma.name;

	if (!name && index && interval[-1].a)
		name = interval[-1].a->vma.name;
	return name && pair->program && !strcmp(name, pair->program);
}

static enum vmspy_draw_sort sort_of_named(const struct vmspy_pair *pair,
					  const struct vmspy_run *run)
{
	if (run->reason == VMSPY_REASON_FRAMES_HIDDEN)
		return VMSPY_DRAW_HIDDEN_NAMED;
	return is_of_program(pair, run->interval_index) ? VMSPY_DRAW_PROGRAM : VMSPY_DRAW_LIBRARY;
}

static enum vmspy_draw_sort sort_of(const struct vmspy_pair *pair, const struct vmspy_run *run)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[run->interval_index];

	if (vmspy_interval_is_named(interval))
		return sort_of_named(pair, run);
	if (run->reason == VMSPY_REASON_FRAMES_HIDDEN)
		return VMSPY_DRAW_HIDDEN;
	if (interval->a->kind == VMSPY_KIND_STACK || interval->a->kind == VMSPY_KIND_THREAD_STACK)
		return VMSPY_DRAW_STACK;
	return VMSPY_DRAW_OTHER;
}

/* Whether reading the bytes of these pages can tell something. Those of a device may do something. */
static bool is_candidate(const struct vmspy_pair *pair, const struct vmspy_run *run)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[run->interval_index];

	if (!interval->a || !interval->b || interval->a->kind == VMSPY_KIND_DEVICE ||
	    interval->b->kind == VMSPY_KIND_DEVICE)
		return false;
	if (run->reason == VMSPY_REASON_FRAMES_HIDDEN)
		return pair->a.held && pair->b.held;
	return run->page_class == VMSPY_CLASS_DIVERGED ||
	       run->page_class == VMSPY_CLASS_DIVERGED_FILE ||
	       run->page_class == VMSPY_CLASS_DIVERGED_ZERO;
}

static struct vmspy_error *add_part(struct vmspy_pair *pair, size_t run_index,
				    struct vmspy_draw *draw)
{
	const struct vmspy_run *run = &pair->runs.run[run_index];
	enum vmspy_draw_sort sort = sort_of(pair, run);
	struct vmspy_draw_list *list = &draw->list[sort];
	struct vmspy_error *err =
		vmspy_array_grow(&list->part, &list->room, list->count, sizeof(*list->part));

	if (err)
		return err;
	list->sort = sort;
	list->part[list->count++] = (struct vmspy_draw_part){
		.position = list->page_count,
		.run_index = run_index,
	};
	list->page_count += run->page_count;
	if (!vmspy_draw_is_hidden(sort)) {
		list->counts.comparable_pages += run->page_count;
		pair->counts[run->interval_index].comparable_pages += run->page_count;
	}
	return NULL;
}

struct vmspy_error *vmspy_draw_init(struct vmspy_pair *pair, bool in_order, struct vmspy_draw *ret)
{
	VMSPY_AUTO(vmspy_draw_deinit) struct vmspy_draw draw = { .in_order = in_order };
	struct vmspy_error *err;

	for (size_t i = 0; i < pair->runs.count; i++)
		if (is_candidate(pair, &pair->runs.run[i]) && (err = add_part(pair, i, &draw)))
			return err;
	*ret = draw;
	draw = (struct vmspy_draw){ 0 }; /* the caller owns it now */
	return NULL;
}

void vmspy_draw_deinit(struct vmspy_draw *draw)
{
	for (size_t i = 0; i < VMSPY_DRAW_SORTS; i++)
		free(draw->list[i].part);
	*draw = (struct vmspy_draw){ 0 };
}

/* --- drawing ------------------------------------------------------------------------------- */

/* ret: 0 or 1, as by chance, and the same in every run. */
static uint64_t toss(uint64_t number)
{
	number *= GOLDEN;
	number ^= number >> 32;
	return number * GOLDEN >> 63;
}

/*
 * Counting with the bits reversed (van der Corput) halves the widest gap again and again: wherever
 * it ends, what was drawn is spread evenly. Which half comes first is tossed for each gap (Owen):
 * otherwise all but the last would be multiples of a power of two, and so are the places where
 * allocators begin something, whose pages are not like the others.
 */
static uint64_t reversed(uint64_t number, unsigned bits)
{
	uint64_t result = 0;

	for (unsigned i = 0; i < bits; i++) {
		uint64_t bit = UINT64_C(1) << i, gap = bit | (number & (bit - 1));

		result |= (((number >> i) ^ toss(gap)) & 1) << (bits - 1 - i);
	}
	return result;
}

/* The cluster of the next step; count: there is none. */
static uint64_t next_cluster(const struct vmspy_draw *draw, struct vmspy_draw_list *list,
			     uint64_t count)
{
	unsigned bits = count > 1 ? 64 - (unsigned)__builtin_clzll(count - 1) : 0;
	uint64_t cluster;

	if (draw->in_order)
		return list->step < count ? list->step++ : count;
	while (list->step < UINT64_C(1) << bits) {
		cluster = reversed(list->step++, bits);
		if (cluster < count)
			return cluster;
	}
	return count;
}

/* ret: the index of the part in which a position lies. */
static size_t part_at(const struct vmspy_draw_list *list, uint64_t position)
{
	size_t low = 0, high = list->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (list->part[middle].position <= position)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool vmspy_draw_next(const struct vmspy_pair *pair, const struct vmspy_draw *draw,
		     struct vmspy_draw_list *list, struct vmspy_cluster *ret)
{
	uint64_t most = draw->in_order ? VMSPY_CLUSTER_PAGES : VMSPY_CLUSTER_DRAWN;
	uint64_t count = (list->page_count + most - 1) / most;
	uint64_t cluster = next_cluster(draw, list, count);
	uint64_t position = cluster * most, end = position + most;

	if (cluster == count)
		return false;
	if (end > list->page_count)
		end = list->page_count;
	ret->count = 0;
	for (size_t i = part_at(list, position); position < end; i++) {
		const struct vmspy_run *run = &pair->runs.run[list->part[i].run_index];
		uint64_t at = position - list->part[i].position;

		for (; at < run->page_count && position < end; at++, position++)
			ret->page[ret->count++] = (struct vmspy_draw_page){
				.address = run->start + at * pair->runs.page_bytes,
				.run = run,
			};
	}
	list->drawn_pages += ret->count;
	return true;
}
