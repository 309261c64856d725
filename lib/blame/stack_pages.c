#include "blame/stack_pages.h"

#include <stdbool.h>

#include "blame/changed.h"

#include "base/banned.h"

/* A diverged run, or the part of it that was asked for. */
struct part {
	uint64_t start, end;
};

/* ret: the index of the first run that reaches beyond the address. */
static size_t first_run(const struct vmspy_run_list *runs, uint64_t address)
{
	size_t low = 0, high = runs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (vmspy_run_end(runs, &runs->run[middle]) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The next diverged part of [ret->end, end).
 * index: of the run to begin with; moved on.
 */
static bool next_part(const struct vmspy_run_list *runs, size_t *index, uint64_t end,
		      struct part *ret)
{
	for (; *index < runs->count && runs->run[*index].start < end; ++*index) {
		const struct vmspy_run *run = &runs->run[*index];
		uint64_t run_end = vmspy_run_end(runs, run);

		if (vmspy_class_state(run->page_class) != VMSPY_STATE_DIVERGED)
			continue;
		if (run->start > ret->end)
			ret->end = run->start;
		ret->start = ret->end;
		ret->end = run_end < end ? run_end : end;
		++*index;
		return true;
	}
	return false;
}

uint64_t vmspy_stack_pages(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	uint64_t page_bytes = pair->runs.page_bytes, pages = 0;
	struct part part = { .end = start };
	size_t i = first_run(&pair->runs, start);

	while (start < end && next_part(&pair->runs, &i, end, &part))
		pages += (part.end - 1) / page_bytes - part.start / page_bytes + 1;
	return pages;
}

uint64_t vmspy_stack_changed(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	uint64_t page_bytes = pair->runs.page_bytes, changed = 0;
	struct part part = { .end = start };
	size_t i = first_run(&pair->runs, start);
	bool is_known = false;

	while (start < end && next_part(&pair->runs, &i, end, &part))
		for (uint64_t at = part.start & -page_bytes; at < part.end; at += page_bytes) {
			const struct vmspy_compared_page *page =
				vmspy_compared_find(&pair->compared, at);

			is_known |= !!page;
			changed += page ? page->changed_bytes : 0;
		}
	return is_known ? changed : UINT64_MAX;
}

uint64_t vmspy_stack_changed_inside(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	struct part part = { .end = start };
	size_t i = first_run(&pair->runs, start);
	uint64_t changed = 0;

	while (start < end && next_part(&pair->runs, &i, end, &part)) {
		uint64_t more = vmspy_changed_between(pair, part.start, part.end);

		if (more == VMSPY_CHANGED_UNKNOWN)
			return UINT64_MAX;
		changed += more;
	}
	return changed;
}
