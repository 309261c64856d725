#include "compare/sweep.h"

#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	REGIONS = 512,        /* asked for at a time, of each side */
	ASK_FROM_PAGES = 512, /* a smaller stretch is cheaper to read than to ask for */
	GAP_PAGES = 64,       /* a smaller hole is cheaper to read than to skip */
	DENSE_PART = 8,       /* dense: at least one page in eight is populated */
	ROUNDS = 8,
	ROUNDS_NS = 20000000,
	PAUSE_NS = 1000000,
	LARGE_BYTES = 1 << 30,
};

/* A step being done. */
struct step {
	struct vmspy_tally *tally;
	struct vmspy_window *window;
	const struct vmspy_interval *interval;
	uint64_t end;
	uint64_t page_bytes;
	bool dense; /* what this step read */
};

static struct vmspy_error *read_range(const struct step *step, uint64_t start, uint64_t end)
{
	struct vmspy_error *err;
	uint64_t pages;

	for (uint64_t at = start; at < end; at += pages * step->page_bytes) {
		pages = (end - at) / step->page_bytes;
		if (pages > VMSPY_WINDOW_PAGES)
			pages = VMSPY_WINDOW_PAGES;
		if ((err = vmspy_window_read(step->window, step->interval, at, pages)) ||
		    (err = vmspy_tally_window(step->tally, step->window, &step->tally->pair->runs)))
			return err;
	}
	return NULL;
}

static bool is_dense(uint64_t populated_pages, uint64_t all_pages)
{
	return populated_pages >= all_pages / DENSE_PART;
}

static struct vmspy_error *read_dense(struct step *step, uint64_t *at)
{
	uint64_t left = (step->end - *at) / step->page_bytes, populated = 0;
	uint64_t pages = left < VMSPY_WINDOW_PAGES ? left : VMSPY_WINDOW_PAGES;
	struct vmspy_error *err = read_range(step, *at, *at + pages * step->page_bytes);

	if (err)
		return err;
	for (size_t i = 0; i < pages; i++)
		populated += step->window->page_class[i] != VMSPY_CLASS_NONE;
	step->dense = is_dense(populated, pages);
	*at += pages * step->page_bytes;
	return NULL;
}

/* The populated regions of both sides, up to where both have been looked at. */
struct regions {
	struct vmspy_page_region region[2 * REGIONS];
	size_t count;
	uint64_t next;
};

static struct vmspy_error *add_regions(const struct step *step, struct vmspy_space *space,
				       uint64_t at, struct regions *regions)
{
	struct vmspy_populated populated = {
		.region = regions->region + regions->count,
		.room = REGIONS,
		.max_pages = VMSPY_WINDOW_PAGES,
	};
	struct vmspy_error *err = vmspy_space_populated(space, at, step->end, &populated);

	if (err)
		return err;
	regions->count += populated.count;
	if (populated.next < regions->next)
		regions->next = populated.next;
	return NULL;
}

static int by_start(const void *x, const void *y)
{
	const struct vmspy_page_region *a = x, *b = y;

	return (a->start > b->start) - (a->start < b->start);
}

/* Read the regions, merged where the hole between them is small. ret_pages: how many were read. */
static struct vmspy_error *read_regions(const struct step *step, struct regions *regions,
					uint64_t *ret_pages)
{
	struct vmspy_error *err;
	uint64_t start, end, pages = 0;
	size_t i = 0;

	qsort(regions->region, regions->count, sizeof(*regions->region), by_start);
	while (i < regions->count && regions->region[i].start < regions->next) {
		start = regions->region[i].start;
		end = regions->region[i].end;
		for (i++; i < regions->count &&
			  regions->region[i].start < end + GAP_PAGES * step->page_bytes;
		     i++)
			if (regions->region[i].end > end)
				end = regions->region[i].end;
		if (end > regions->next)
			end = regions->next;
		if ((err = read_range(step, start, end)))
			return err;
		pages += (end - start) / step->page_bytes;
	}
	*ret_pages = pages;
	return NULL;
}

static struct vmspy_error *read_sparse(struct step *step, uint64_t *at)
{
	VMSPY_AUTO(vmspy_guard_free) struct regions *regions = calloc(1, sizeof(*regions));
	struct vmspy_error *err;
	uint64_t pages;

	if (!regions)
		return vmspy_error_no_memory();
	regions->next = step->end;
	if (step->interval->a && (err = add_regions(step, step->window->a.space, *at, regions)))
		return err;
	if (step->interval->b && (err = add_regions(step, step->window->b.space, *at, regions)))
		return err;
	if ((err = read_regions(step, regions, &pages)))
		return err;
	step->dense = is_dense(pages, (regions->next - *at) / step->page_bytes);
	*at = regions->next;
	return NULL;
}

struct vmspy_error *vmspy_sweep_step(struct vmspy_tally *tally, struct vmspy_window *window,
				     struct vmspy_sweep *sweep)
{
	const struct vmspy_host *host = vmspy_space_host(window->a.space);
	bool is_asked_for = !sweep->dense && host->scan_categories &&
			    (sweep->end - sweep->at) / host->page_bytes >= ASK_FROM_PAGES;
	struct step step = {
		.tally = tally,
		.window = window,
		.interval = sweep->interval,
		.end = sweep->end,
		.page_bytes = host->page_bytes,
	};
	struct vmspy_error *err =
		is_asked_for ? read_sparse(&step, &sweep->at) : read_dense(&step, &sweep->at);

	sweep->dense = step.dense;
	return err;
}

/*
 * Without PAGEMAP_SCAN every word of a hole has to be read, some seconds for each TiB: ask the
 * counters of large mappings first.
 */
struct vmspy_error *vmspy_sweep_is_empty(const struct vmspy_window *window,
					 const struct vmspy_interval *interval, bool *ret)
{
	bool is_large = interval->end - interval->start >= LARGE_BYTES;
	bool empty_a = true, empty_b = true;
	struct vmspy_error *err = NULL;

	*ret = false;
	if (vmspy_space_host(window->a.space)->scan_categories || !is_large)
		return NULL;
	if (interval->a)
		err = vmspy_space_is_empty(window->a.space, interval->a, &empty_a);
	if (!err && interval->b)
		err = vmspy_space_is_empty(window->b.space, interval->b, &empty_b);
	if (!err)
		*ret = empty_a && empty_b;
	return err;
}

/* --- many short intervals ------------------------------------------------------------------ */

/* What one side has not mapped is not read there. */
static bool is_read_ahead(const struct vmspy_interval *interval, uint64_t page_bytes)
{
	return interval->a && interval->b &&
	       (interval->end - interval->start) / page_bytes <= GAP_PAGES;
}

struct vmspy_error *vmspy_sweep_ahead(struct vmspy_window *window,
				      struct vmspy_interval_range range)
{
	uint64_t page_bytes = vmspy_space_host(window->a.space)->page_bytes;
	const struct vmspy_interval *first = range.first, *next = first;
	uint64_t known_end = window->ahead_start + window->ahead_count * page_bytes;
	uint64_t end = first->start;

	if (window->four_reads || (window->ahead_count && first->start < known_end))
		return NULL;
	while (next < range.end && is_read_ahead(next, page_bytes) &&
	       next->start - end <= GAP_PAGES * page_bytes &&
	       next->end - first->start <= VMSPY_WINDOW_PAGES * page_bytes)
		end = (next++)->end;
	if (next - first < 2)
		return NULL;
	return vmspy_window_read_ahead(window, first->start, (end - first->start) / page_bytes);
}

/* --- what would not settle ----------------------------------------------------------------- */

/* One round: what settles goes to `runs`, what does not to tally->unsettled. */
static struct vmspy_error *read_round(struct vmspy_tally *tally, struct vmspy_window *window,
				      const struct vmspy_run_list *again,
				      struct vmspy_run_list *runs)
{
	const struct vmspy_interval *intervals = tally->pair->intervals.interval;
	struct vmspy_error *err;

	for (size_t i = 0; i < again->count; i++) {
		const struct vmspy_run *run = &again->run[i];
		uint64_t at = run->start, left = run->page_count, pages;

		for (; left; left -= pages, at += pages * again->page_bytes) {
			pages = left < VMSPY_WINDOW_PAGES ? left : VMSPY_WINDOW_PAGES;
			err = vmspy_window_read(window, &intervals[run->interval_index], at, pages);
			if (err || (err = vmspy_tally_window(tally, window, runs)))
				return err;
		}
	}
	return NULL;
}

/* The kernel is given time to end what it is at. */
static struct vmspy_error *pause_between(struct vmspy_hold *hold)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (vmspy_hold_is_sliced(hold))
		return vmspy_hold_turn(hold);
	nanosleep(&pause, NULL);
	return NULL;
}

struct vmspy_error *vmspy_sweep_unsettled(struct vmspy_tally *tally, struct vmspy_window *window,
					  struct vmspy_hold *hold)
{
	VMSPY_AUTO(vmspy_run_list_deinit)
	struct vmspy_run_list settled = { .page_bytes = tally->unsettled.page_bytes };
	uint64_t give_up_ns = vmspy_hold_clock_ns(hold) + ROUNDS_NS;
	unsigned *rounds = &tally->pair->timing.rounds;
	struct vmspy_error *err = NULL;

	window->ahead_count = 0; /* old words settle nothing */
	while (!err && tally->unsettled.count) {
		VMSPY_AUTO(vmspy_run_list_deinit) struct vmspy_run_list again = tally->unsettled;

		tally->unsettled = (struct vmspy_run_list){ .page_bytes = again.page_bytes };
		if ((err = pause_between(hold)))
			break;
		window->last_round = ++*rounds == ROUNDS || vmspy_hold_clock_ns(hold) > give_up_ns;
		err = read_round(tally, window, &again, &settled);
	}
	window->last_round = false;
	return err ? err : vmspy_runs_override(&tally->pair->runs, &settled);
}
