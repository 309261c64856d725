#include "compare/runs.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

uint64_t vmspy_run_end(const struct vmspy_run_list *list, const struct vmspy_run *run)
{
	return run->start + run->page_count * list->page_bytes;
}

/* The frame `pages` further on in the run; none where that cannot be told. */
static uint64_t frame_after(const struct vmspy_run *run, uint64_t frame, uint64_t pages)
{
	if (!pages)
		return frame;
	return frame == VMSPY_FRAME_NONE || !run->frames_contiguous ? VMSPY_FRAME_NONE
								    : frame + pages;
}

static bool counts_up(const struct vmspy_run *last, uint64_t last_frame, uint64_t frame)
{
	return frame ==
	       (last_frame == VMSPY_FRAME_NONE ? VMSPY_FRAME_NONE : last_frame + last->page_count);
}

static bool alike(const struct vmspy_run *x, const struct vmspy_run *y)
{
	return x->interval_index == y->interval_index && x->page_class == y->page_class &&
	       x->reason == y->reason && x->left == y->left && x->left_source == y->left_source;
}

/* Whether the run went into the last one: both are alike and adjacent. */
static bool join(const struct vmspy_run_list *list, struct vmspy_run *last,
		 const struct vmspy_run *run)
{
	if (vmspy_run_end(list, last) != run->start || !alike(last, run))
		return false;
	last->frames_contiguous = last->frames_contiguous && run->frames_contiguous &&
				  counts_up(last, last->frame_a, run->frame_a) &&
				  counts_up(last, last->frame_b, run->frame_b);
	last->page_count += run->page_count;
	return true;
}

struct vmspy_error *vmspy_runs_add(struct vmspy_run_list *list, const struct vmspy_run *run)
{
	struct vmspy_run *last = list->count ? &list->run[list->count - 1] : NULL;
	struct vmspy_error *err;

	if (!run->page_count)
		return NULL;
	if (last && join(list, last, run))
		return NULL;
	if ((err = vmspy_array_grow(&list->run, &list->room, list->count, sizeof(*list->run))))
		return err;
	list->run[list->count++] = *run;
	return NULL;
}

static struct vmspy_error *merge(const struct vmspy_run_list *list,
				 const struct vmspy_run_list *other, struct vmspy_run_list *merged)
{
	const struct vmspy_run *next;
	struct vmspy_error *err;
	size_t i = 0, j = 0;

	while (i < list->count || j < other->count) {
		if (j == other->count ||
		    (i < list->count && list->run[i].start < other->run[j].start))
			next = &list->run[i++];
		else
			next = &other->run[j++];
		if ((err = vmspy_runs_add(merged, next)))
			return err;
	}
	return NULL;
}

struct vmspy_error *vmspy_runs_merge(struct vmspy_run_list *list, struct vmspy_run_list *other)
{
	VMSPY_AUTO(vmspy_run_list_deinit)
	struct vmspy_run_list merged = { .page_bytes = list->page_bytes };
	struct vmspy_error *err;

	if (!other->count)
		return NULL;
	if ((err = merge(list, other, &merged)))
		return err;
	vmspy_run_list_deinit(list);
	vmspy_run_list_deinit(other);
	*list = merged;
	merged = (struct vmspy_run_list){ 0 }; /* list owns it now */
	return NULL;
}

void vmspy_runs_join(struct vmspy_run_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!kept || !join(list, &list->run[kept - 1], &list->run[i]))
			list->run[kept++] = list->run[i];
	list->count = kept;
}

/* The part of a run from `start` to `end`, both inside it. */
static struct vmspy_run part_of(const struct vmspy_run_list *list, const struct vmspy_run *run,
				uint64_t start, uint64_t end)
{
	uint64_t skipped = (start - run->start) / list->page_bytes;
	struct vmspy_run part = *run;

	part.start = start;
	part.page_count = (end - start) / list->page_bytes;
	part.frame_a = frame_after(run, run->frame_a, skipped);
	part.frame_b = frame_after(run, run->frame_b, skipped);
	return part;
}

/* Add what lies between `from` and `until` of the old runs; *at is the first that may. */
static struct vmspy_error *add_old(const struct vmspy_run_list *old, size_t *at, uint64_t from,
				   uint64_t until, struct vmspy_run_list *merged)
{
	struct vmspy_error *err;
	struct vmspy_run part;
	uint64_t start, end;

	for (; *at < old->count && old->run[*at].start < until; (*at)++) {
		end = vmspy_run_end(old, &old->run[*at]);
		start = old->run[*at].start > from ? old->run[*at].start : from;
		if (start < (end < until ? end : until)) {
			part = part_of(old, &old->run[*at], start, end < until ? end : until);
			if ((err = vmspy_runs_add(merged, &part)))
				return err;
		}
		if (end > until)
			break; /* the rest of it comes behind what replaces it */
	}
	return NULL;
}

static int by_start(const void *x, const void *y)
{
	const struct vmspy_run *a = x, *b = y;

	return (a->start > b->start) - (a->start < b->start);
}

struct vmspy_error *vmspy_runs_override(struct vmspy_run_list *list, struct vmspy_run_list *late)
{
	VMSPY_AUTO(vmspy_run_list_deinit)
	struct vmspy_run_list merged = { .page_bytes = list->page_bytes };
	struct vmspy_error *err;
	uint64_t from = 0;
	size_t at = 0;

	if (!late->count)
		return NULL;
	qsort(late->run, late->count, sizeof(*late->run), by_start);
	for (size_t i = 0; i < late->count; i++) {
		if ((err = add_old(list, &at, from, late->run[i].start, &merged)))
			return err;
		if ((err = vmspy_runs_add(&merged, &late->run[i])))
			return err;
		from = vmspy_run_end(late, &late->run[i]);
	}
	if ((err = add_old(list, &at, from, UINT64_MAX, &merged)))
		return err;
	vmspy_run_list_deinit(list);
	*list = merged;
	merged = (struct vmspy_run_list){ 0 }; /* list owns it now */
	return NULL;
}

void vmspy_run_list_deinit(struct vmspy_run_list *list)
{
	free(list->run);
	*list = (struct vmspy_run_list){ .page_bytes = list->page_bytes };
}
