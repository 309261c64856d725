#include "compare/sweepers.h"

#include <pthread.h>

#include "base/cleanup.h"
#include "compare/sweep.h"

#include "base/banned.h"

enum {
	CUT_PAGES = VMSPY_WINDOW_PAGES, /* taken at a time where pages are many */
	CUT_PAGES_MAX = 1 << 18,        /* where they are few */
	CUTS_A_THREAD = 16,             /* of an interval of holes, at least */
	SHARED_PAGES = 4 * CUT_PAGES,   /* fewer are read sooner than threads are woken */
};

/* What a thread takes: whole intervals that are short, or a cut of a long one. */
struct task {
	struct vmspy_interval_range range;
	struct vmspy_sweep sweep; /* of the first of them */
	bool is_cut;
};

struct sweeper {
	struct vmspy_window *window; /* of the team */
	struct vmspy_tally_part part;
	struct task task; /* what is left of it when a slice ends */
};

struct sweepers {
	struct vmspy_tally *tally;
	struct vmspy_team *team;
	struct vmspy_sweep_range range;
	uint64_t page_bytes;
	struct sweeper sweeper[VMSPY_POOL_MAX];
	/* What nobody has taken, and the counts of intervals that several have parts of. */
	pthread_mutex_t lock;
	const struct vmspy_interval *next, *end;
	uint64_t at; /* in `next`, if a part of it is taken */
	uint64_t cut_pages;
	bool dense; /* the cut before, of this interval, was */
	bool failed;
};

/* Whether neither side can have a page word here. */
static bool is_untracked(const struct vmspy_interval *interval)
{
	return (!interval->a || vmspy_mapping_is_untracked(interval->a)) &&
	       (!interval->b || vmspy_mapping_is_untracked(interval->b));
}

/* The part of an interval that is wanted. */
static struct vmspy_sweep wanted_part(const struct sweepers *sweepers,
				      const struct vmspy_interval *interval)
{
	const struct vmspy_sweep_range *range = &sweepers->range;
	struct vmspy_sweep sweep = {
		.interval = interval,
		.at = interval->start > range->start ? interval->start : range->start,
		.end = interval->end < range->end ? interval->end : range->end,
	};

	if (sweep.at >= sweep.end || is_untracked(interval))
		sweep.end = sweep.at;
	return sweep;
}

static uint64_t pages_left(const struct sweepers *sweepers, const struct vmspy_sweep *sweep)
{
	return (sweep->end - sweep->at) / sweepers->page_bytes;
}

/* --- taking -------------------------------------------------------------------------------- */

/* Adjacent short intervals, as many as make a cut. */
static void take_short(struct sweepers *sweepers, struct task *ret)
{
	uint64_t pages = 0;

	*ret = (struct task){ .range.first = sweepers->next };
	while (sweepers->next < sweepers->end && pages < CUT_PAGES) {
		struct vmspy_sweep sweep = wanted_part(sweepers, sweepers->next);

		if (pages_left(sweepers, &sweep) > CUT_PAGES)
			break;
		pages += pages_left(sweepers, &sweep);
		sweepers->next++;
	}
	ret->range.end = sweepers->next;
	ret->sweep = wanted_part(sweepers, ret->range.first);
}

/* A part of a long interval: a small one where pages are many, so that all are done at once. */
static void take_cut(struct sweepers *sweepers, const struct vmspy_sweep *rest, struct task *ret)
{
	uint64_t pages = pages_left(sweepers, rest);
	uint64_t share = pages / (CUTS_A_THREAD * sweepers->team->count);
	uint64_t limit = share > CUT_PAGES_MAX ? share : CUT_PAGES_MAX;

	if (sweepers->dense)
		sweepers->cut_pages = CUT_PAGES;
	if (sweepers->cut_pages > limit)
		sweepers->cut_pages = limit;
	if (pages > sweepers->cut_pages)
		pages = sweepers->cut_pages;
	*ret = (struct task){
		.range = { rest->interval, rest->interval + 1 },
		.sweep = *rest,
		.is_cut = true,
	};
	ret->sweep.dense = sweepers->dense;
	ret->sweep.end = rest->at + pages * sweepers->page_bytes;
	sweepers->at = ret->sweep.end;
	sweepers->cut_pages *= 2;
}

static void pass_by(struct sweepers *sweepers)
{
	sweepers->next++;
	sweepers->at = 0;
	sweepers->dense = false;
	sweepers->cut_pages = CUT_PAGES;
}

/* What nobody has taken of a long interval: nothing, if it is known to be empty. */
static struct vmspy_error *find_rest(const struct sweepers *sweepers, struct vmspy_sweep *rest)
{
	struct vmspy_error *err = NULL;
	bool is_empty = false;

	if (sweepers->at)
		rest->at = sweepers->at;
	else
		err = vmspy_sweep_is_empty(sweepers->team->window[0], rest->interval, &is_empty);
	if (is_empty)
		rest->at = rest->end;
	return err;
}

/* The next task, if there is one. */
static struct vmspy_error *take_next(struct sweepers *sweepers, struct task *ret)
{
	struct vmspy_error *err;

	*ret = (struct task){ 0 };
	while (sweepers->next < sweepers->end && !sweepers->failed) {
		struct vmspy_sweep rest = wanted_part(sweepers, sweepers->next);

		if (pages_left(sweepers, &rest) <= CUT_PAGES) {
			take_short(sweepers, ret);
			return NULL;
		}
		if ((err = find_rest(sweepers, &rest)))
			return err;
		if (rest.at < rest.end) {
			take_cut(sweepers, &rest, ret);
			return NULL;
		}
		pass_by(sweepers);
	}
	return NULL;
}

/* --- a thread ------------------------------------------------------------------------------ */

static bool is_done(const struct task *task)
{
	return task->range.first == task->range.end;
}

/* One step of a task. */
static struct vmspy_error *do_step(const struct sweepers *sweepers, struct sweeper *sweeper)
{
	struct vmspy_sweep *sweep = &sweeper->task.sweep;
	struct vmspy_error *err;

	if (sweep->at < sweep->end) {
		if (!sweeper->task.is_cut &&
		    (err = vmspy_sweep_ahead(sweeper->window, sweeper->task.range)))
			return err;
		err = vmspy_sweep_step(&sweeper->part.tally, sweeper->window, sweep);
		if (err)
			return err;
	}
	if (sweep->at < sweep->end)
		return NULL;
	if (++sweeper->task.range.first < sweeper->task.range.end)
		*sweep = wanted_part(sweepers, sweeper->task.range.first);
	return NULL;
}

/* What others have to know of a task that is done, or is left for the next slice. */
static void hand_in(struct sweepers *sweepers, struct sweeper *sweeper)
{
	const struct task *task = &sweeper->task;
	const struct vmspy_interval *interval = task->sweep.interval;

	if (!task->is_cut)
		return;
	vmspy_tally_part_flush(&sweeper->part,
			       (size_t)(interval - sweepers->tally->pair->intervals.interval));
	if (interval == sweepers->next)
		sweepers->dense = task->sweep.dense;
}

static struct vmspy_error *next_task(struct sweepers *sweepers, struct sweeper *sweeper)
{
	struct vmspy_error *err = NULL;

	pthread_mutex_lock(&sweepers->lock);
	hand_in(sweepers, sweeper);
	if (is_done(&sweeper->task))
		err = take_next(sweepers, &sweeper->task);
	pthread_mutex_unlock(&sweepers->lock);
	vmspy_tally_part_begin(&sweeper->part, sweeper->task.is_cut);
	return err;
}

static struct vmspy_error *do_tasks(struct sweepers *sweepers, struct sweeper *sweeper)
{
	struct vmspy_error *err;
	bool is_over = false;

	while (!is_over) {
		if ((err = next_task(sweepers, sweeper)))
			return err;
		if (is_done(&sweeper->task))
			return NULL;
		while (!is_over && !is_done(&sweeper->task)) {
			if ((err = do_step(sweepers, sweeper)))
				return err;
			is_over = vmspy_hold_is_over(sweepers->tally->hold);
		}
	}
	pthread_mutex_lock(&sweepers->lock);
	hand_in(sweepers, sweeper);
	pthread_mutex_unlock(&sweepers->lock);
	return NULL;
}

static struct vmspy_error *work(void *context, unsigned index)
{
	struct sweepers *sweepers = context;
	struct vmspy_error *err;

	if (index >= sweepers->team->count)
		return NULL;
	sweepers->sweeper[index].window = sweepers->team->window[index];
	sweepers->sweeper[index].window->ahead_count = 0; /* of another slice */
	err = do_tasks(sweepers, &sweepers->sweeper[index]);
	if (!err)
		return NULL;
	pthread_mutex_lock(&sweepers->lock);
	sweepers->failed = true; /* the others need not go on */
	pthread_mutex_unlock(&sweepers->lock);
	return err;
}

/* --- all of them --------------------------------------------------------------------------- */

static bool is_worth_threads(const struct sweepers *sweepers)
{
	uint64_t pages = 0;

	for (const struct vmspy_interval *i = sweepers->next; i < sweepers->end; i++) {
		struct vmspy_sweep sweep = wanted_part(sweepers, i);

		pages += pages_left(sweepers, &sweep);
	}
	return pages >= SHARED_PAGES;
}

static bool is_all_done(const struct sweepers *sweepers)
{
	for (unsigned i = 0; i < sweepers->team->count; i++)
		if (!is_done(&sweepers->sweeper[i].task))
			return false;
	return sweepers->next == sweepers->end;
}

/* The next slice of the hold. Whom it does not stop runs on: less is proven by a read. */
static struct vmspy_error *next_slice(const struct sweepers *sweepers)
{
	const struct vmspy_pair *pair = sweepers->tally->pair;
	struct vmspy_error *err = vmspy_hold_turn(sweepers->tally->hold);

	if (!pair->a.held || !pair->b.held)
		vmspy_team_read_four_times(sweepers->team);
	return err;
}

static struct vmspy_error *sweep_all(struct sweepers *sweepers)
{
	struct vmspy_team *team = sweepers->team;
	struct vmspy_error *err = is_worth_threads(sweepers) ? vmspy_team_grow(team) : NULL;

	for (unsigned i = 0; i < team->count; i++)
		vmspy_tally_part_init(&sweepers->sweeper[i].part, sweepers->tally);
	if (!err)
		err = vmspy_pool_run(team->pool, work, sweepers);
	while (!err && !is_all_done(sweepers)) {
		err = next_slice(sweepers);
		if (!err)
			err = vmspy_pool_run(team->pool, work, sweepers);
	}
	for (unsigned i = 0; !err && i < team->count; i++)
		err = vmspy_tally_part_end(&sweepers->sweeper[i].part, sweepers->tally);
	return err;
}

static void deinit(struct sweepers *sweepers)
{
	for (unsigned i = 0; i < sweepers->team->count; i++)
		vmspy_tally_part_deinit(&sweepers->sweeper[i].part);
	pthread_mutex_destroy(&sweepers->lock);
}

struct vmspy_error *vmspy_sweepers_run(struct vmspy_tally *tally, struct vmspy_team *team,
				       struct vmspy_sweep_range range)
{
	const struct vmspy_interval_list *list = &tally->pair->intervals;
	struct sweepers sweepers = {
		.tally = tally,
		.team = team,
		.range = range,
		.page_bytes = tally->unsettled.page_bytes,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.next = list->interval,
		.end = list->interval + list->count,
		.cut_pages = CUT_PAGES,
	};
	struct vmspy_error *err = sweep_all(&sweepers);

	deinit(&sweepers);
	return err ? err : vmspy_sweep_unsettled(tally, team->window[0], tally->hold);
}
