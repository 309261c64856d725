#include "blame/stacks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "blame/stack_frames.h"
#include "blame/stack_pages.h"

#include "base/banned.h"

/* The threads of one side that stand somewhere, by their stack pointers. */
struct standing {
	const struct vmspy_thread **thread;
	size_t count;
};

static void standing_deinit(struct standing *standing)
{
	free(standing->thread);
}

static int by_stack_pointer(const void *x, const void *y)
{
	const struct vmspy_thread *a = *(const struct vmspy_thread *const *)x;
	const struct vmspy_thread *b = *(const struct vmspy_thread *const *)y;

	if (a->stack_pointer != b->stack_pointer)
		return a->stack_pointer < b->stack_pointer ? -1 : 1;
	return (a->tid > b->tid) - (a->tid < b->tid);
}

static struct vmspy_error *sort_standing(const struct vmspy_thread_list *list, struct standing *ret)
{
	ret->thread = calloc(list->count + 1, sizeof(*ret->thread));
	if (!ret->thread)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < list->count; i++)
		if (list->thread[i].stack_pointer)
			ret->thread[ret->count++] = &list->thread[i];
	qsort(ret->thread, ret->count, sizeof(*ret->thread), by_stack_pointer);
	return NULL;
}

/* ret: how many threads stand below the address. */
static size_t count_below(const struct standing *standing, uint64_t address)
{
	size_t low = 0, high = standing->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (standing->thread[middle]->stack_pointer < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Those that stand in one mapping. Borrowed; not to be ended. */
static struct standing standing_in(const struct standing *standing,
				   const struct vmspy_mapping *mapping)
{
	size_t first = count_below(standing, mapping->vma.start);

	return (struct standing){
		.thread = standing->thread + first,
		.count = count_below(standing, mapping->vma.end) - first,
	};
}

/* --- one mapping --------------------------------------------------------------------------- */

/* A stretch in which each side has one mapping, and who stands in those. */
struct place {
	const struct vmspy_pair *pair;
	const struct vmspy_interval *interval;
	bool is_stack; /* by its kind: then all of it is */
	struct standing a, b;
};

static uint64_t page_below(const struct place *place, const struct vmspy_thread *thread)
{
	uint64_t lowest = thread->stack_pointer - VMSPY_RED_ZONE_BYTES;

	return lowest & ~((uint64_t)place->pair->runs.page_bytes - 1);
}

/* Who decides where one stack ends and the next one begins: the side with more threads there. */
static const struct standing *leaders_of(const struct place *place)
{
	return place->a.count >= place->b.count ? &place->a : &place->b;
}

static uint64_t start_of(const struct place *place, size_t index)
{
	const struct standing *leaders = leaders_of(place);
	uint64_t a, b;

	if (index)
		return page_below(place, leaders->thread[index]);
	if (place->is_stack)
		return place->interval->start;
	a = place->a.count ? page_below(place, place->a.thread[0]) : UINT64_MAX;
	b = place->b.count ? page_below(place, place->b.thread[0]) : UINT64_MAX;
	return a < b ? a : b;
}

/* ret: the first of a side's threads that stands in the index'th stack; NULL: none does. */
static const struct vmspy_thread *thread_in(const struct place *place,
					    const struct standing *standing, size_t index)
{
	bool is_last = index + 1 >= leaders_of(place)->count;
	uint64_t end = is_last ? UINT64_MAX : start_of(place, index + 1);
	size_t first = 0;

	/* Searched, not counted through: a process may have 100,000 threads in one mapping. */
	if (index)
		first = count_below(standing, start_of(place, index) + VMSPY_RED_ZONE_BYTES);
	if (first == standing->count || page_below(place, standing->thread[first]) >= end)
		return NULL;
	return standing->thread[first];
}

static uint64_t later(uint64_t x, uint64_t y)
{
	return x > y ? x : y;
}

static uint64_t earlier(uint64_t x, uint64_t y)
{
	return x < y ? x : y;
}

static struct vmspy_error *add_stack(const struct place *place, size_t index,
				     struct vmspy_stacks *stacks)
{
	bool is_last = index + 1 >= leaders_of(place)->count;
	uint64_t start = start_of(place, index);
	uint64_t end = is_last ? place->interval->end : start_of(place, index + 1);
	struct vmspy_stack stack = {
		.thread_a = thread_in(place, &place->a, index),
		.thread_b = thread_in(place, &place->b, index),
	};
	struct vmspy_error *err;

	if (!place->is_stack && end > start)
		end = earlier(end, start + VMSPY_STACK_BYTES_MAX);
	stack.start = later(start, place->interval->start);
	stack.end = earlier(end, place->interval->end);
	stack.diverged_pages = vmspy_stack_pages(place->pair, stack.start, stack.end);
	if (!stack.diverged_pages)
		return NULL;
	stack.changed_bytes = vmspy_stack_changed(place->pair, stack.start, stack.end);
	err = vmspy_array_grow(&stacks->stack, &stacks->room, stacks->count,
			       sizeof(*stacks->stack));
	if (!err)
		stacks->stack[stacks->count++] = stack;
	return err;
}

static bool is_stack(const struct vmspy_mapping *mapping)
{
	return mapping->kind == VMSPY_KIND_STACK || mapping->kind == VMSPY_KIND_THREAD_STACK;
}

static struct vmspy_error *add_interval(const struct vmspy_pair *pair,
					const struct vmspy_interval *interval,
					const struct standing *both, struct vmspy_stacks *stacks)
{
	struct place place = { .pair = pair, .interval = interval };
	struct vmspy_error *err = NULL;
	size_t count;

	if (!interval->a || !interval->b || !vmspy_mapping_may_be_stack(interval->a) ||
	    !vmspy_mapping_may_be_stack(interval->b))
		return NULL;
	place.is_stack = is_stack(interval->a) || is_stack(interval->b);
	place.a = standing_in(&both[0], interval->a);
	place.b = standing_in(&both[1], interval->b);
	count = leaders_of(&place)->count;
	if (!count && place.is_stack)
		count = 1; /* nobody's any more */
	for (size_t i = 0; !err && i < count; i++)
		err = add_stack(&place, i, stacks);
	return err;
}

/* --- all of them --------------------------------------------------------------------------- */

static int by_pages(const void *x, const void *y)
{
	const struct vmspy_stack *a = x, *b = y;

	if (a->diverged_pages != b->diverged_pages)
		return a->diverged_pages > b->diverged_pages ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

static struct vmspy_error *add_all(const struct vmspy_pair *pair, const struct standing *both,
				   struct vmspy_stacks *stacks)
{
	struct vmspy_error *err = NULL;
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; !err && i < pair->runs.count; i++) {
		const struct vmspy_run *run = &pair->runs.run[i];

		if (run->interval_index == last ||
		    vmspy_class_state(run->page_class) != VMSPY_STATE_DIVERGED)
			continue;
		last = run->interval_index;
		err = add_interval(pair, &pair->intervals.interval[last], both, stacks);
	}
	if (stacks->count)
		qsort(stacks->stack, stacks->count, sizeof(*stacks->stack), by_pages);
	return err;
}

struct vmspy_error *vmspy_stacks_find(const struct vmspy_pair *pair, struct vmspy_modules *a,
				      struct vmspy_modules *b, struct vmspy_stacks *ret)
{
	VMSPY_AUTO(standing_deinit) struct standing of_a = { 0 };
	VMSPY_AUTO(standing_deinit) struct standing of_b = { 0 };
	VMSPY_AUTO(vmspy_stacks_deinit) struct vmspy_stacks stacks = { 0 };
	struct vmspy_error *err;

	if ((err = sort_standing(&pair->stacks_a.threads, &of_a)) ||
	    (err = sort_standing(&pair->stacks_b.threads, &of_b)) ||
	    (err = add_all(pair, (struct standing[]){ of_a, of_b }, &stacks)))
		return err;
	if ((a && (err = vmspy_stack_frames_add(pair, a, false, &stacks))) ||
	    (b && (err = vmspy_stack_frames_add(pair, b, true, &stacks))) ||
	    (err = vmspy_stack_frames_demangle(&stacks)))
		return err;
	*ret = stacks;
	stacks = (struct vmspy_stacks){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_stacks_deinit(struct vmspy_stacks *stacks)
{
	for (size_t i = 0; i < stacks->count; i++) {
		for (size_t j = 0; j < stacks->stack[i].frame_count; j++)
			free(stacks->stack[i].frame[j].function);
		free(stacks->stack[i].frame);
	}
	for (size_t i = 0; i < stacks->note_count; i++)
		free(stacks->note[i]);
	free(stacks->note);
	free(stacks->stack);
	*stacks = (struct vmspy_stacks){ 0 };
}
