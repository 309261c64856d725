#include "compare/siblings.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "compare/hearing.h"
#include "compare/kin.h"
#include "compare/span.h"
#include "compare/witness.h"
#include "kernel/procs.h"
#include "space/ops.h"

#include "base/banned.h"

enum {
	TRIES_MAX = 32,          /* how many are opened at most, to find those to ask */
	PAIR = 2,                /* processes that are read beside the siblings */
	ASKED_MIN = 2,           /* however little time there is: the nearest of either age */
	READINGS = 2,            /* of all words */
	FREE_WORDS = 65536,      /* read before anybody looks at the clock: in a millisecond */
	BUDGET_MIN_NS = 1000000, /* however short the hold was */
};

struct vmspy_siblings {
	struct vmspy_hearing hearing;
	size_t known_count;
};

/* One inquiry. */
struct inquiry {
	struct vmspy_hearing *hearing;
	struct vmspy_tally *tally;
	struct vmspy_window *window;
	uint64_t page_bytes;
	uint64_t begin_ns;
	uint64_t budget_ns;
	uint64_t words_left; /* of each process, as hearing->words counts them */
	struct vmspy_span span;
	struct vmspy_run_list late; /* what replaces runs of the pair */
	bool changed;               /* whether any of it says more than the run it replaces */
};

/* --- before the hold ----------------------------------------------------------------------- */

static bool is_still(const struct vmspy_space *space, const struct vmspy_kin *kin, pid_t parent)
{
	const struct vmspy_identity *identity = vmspy_space_identity(space);

	return identity->start_time_ticks == kin->start_time_ticks &&
	       identity->parent_pid == parent;
}

/* Two names for one memory are one witness, and none at all if the memory is the pair's. */
static bool has_own_memory(const struct vmspy_hearing *hearing, const struct vmspy_space *space,
			   const struct vmspy_space *a, const struct vmspy_space *b)
{
	for (size_t i = 0; i < hearing->sibling_count; i++)
		if (vmspy_relation_same_memory(space, hearing->sibling[i].space))
			return false;
	return !vmspy_relation_same_memory(space, a) && !vmspy_relation_same_memory(space, b);
}

static void try_one(struct vmspy_hearing *hearing, const struct vmspy_kin *kin,
		    const struct vmspy_space *a, const struct vmspy_space *b)
{
	pid_t parent = vmspy_space_identity(hearing->child_is_a ? b : a)->pid;
	struct vmspy_space *space = NULL;
	struct vmspy_error *err = a->ops->open_relative(a, kin->pid, &space);

	if (!err)
		err = vmspy_space_load(space);
	if (err || !is_still(space, kin, parent) || !has_own_memory(hearing, space, a, b)) {
		vmspy_error_destroy(err);
		vmspy_space_close(space);
		return;
	}
	hearing->sibling[hearing->sibling_count].age = kin->age;
	hearing->sibling[hearing->sibling_count++].space = space;
}

/* Frames must be seen, and what KSM merged. */
static bool can_be_told(const struct vmspy_space *a, enum vmspy_relation relation)
{
	const struct vmspy_host *host = vmspy_space_host(a);

	return (relation == VMSPY_RELATION_PARENT || relation == VMSPY_RELATION_CHILD) &&
	       host->frames_visible && host->fact_visible[VMSPY_FRAME_FLAGS] && a->ops->processes &&
	       a->ops->open_relative;
}

static struct vmspy_error *find_kin(const struct vmspy_space *parent,
				    const struct vmspy_space *child, struct vmspy_kin_list *ret)
{
	VMSPY_AUTO(vmspy_proc_list_deinit) struct vmspy_proc_list list = { 0 };
	struct vmspy_error *err = parent->ops->processes(parent, &list);

	if (err)
		return err;
	return vmspy_kin_find(&list, parent->identity.pid, child->identity.pid, ret);
}

struct vmspy_siblings *vmspy_siblings_find(struct vmspy_space *a, struct vmspy_space *b,
					   enum vmspy_relation relation)
{
	bool child_is_a = relation == VMSPY_RELATION_CHILD;
	struct vmspy_kin_list list = { 0 };
	struct vmspy_siblings *siblings;
	struct vmspy_hearing *hearing;

	if (!can_be_told(a, relation) || !(siblings = calloc(1, sizeof(*siblings))))
		return NULL;
	vmspy_error_destroy(find_kin(child_is_a ? b : a, child_is_a ? a : b, &list));
	hearing = &siblings->hearing;
	hearing->child_is_a = child_is_a;
	siblings->known_count = list.count;
	for (size_t i = 0; i < list.count && i < TRIES_MAX; i++)
		if (hearing->sibling_count < VMSPY_SIBLINGS_MAX)
			try_one(hearing, &list.kin[i], a, b);
	free(list.kin);
	return siblings;
}

void vmspy_siblings_destroy(struct vmspy_siblings *siblings)
{
	if (!siblings)
		return;
	for (size_t i = 0; i < siblings->hearing.sibling_count; i++)
		vmspy_space_close(siblings->hearing.sibling[i].space);
	free(siblings);
}

/* --- one span ------------------------------------------------------------------------------ */

/* The part of a run that lies in the span; start is not below end if none does. */
struct part {
	uint64_t start, end;
};

static struct part part_of(const struct vmspy_span *span, const struct vmspy_run *run)
{
	uint64_t end = vmspy_run_end(span->runs, run);

	return (struct part){
		.start = run->start > span->start ? run->start : span->start,
		.end = end < span->end ? end : span->end,
	};
}

/* Tell the hearing which pages are to be judged. */
static void call_pages(const struct inquiry *inquiry)
{
	const struct vmspy_span *span = &inquiry->span;
	const struct vmspy_pair *pair = inquiry->tally->pair;
	struct vmspy_hearing *hearing = inquiry->hearing;

	hearing->start = span->start;
	hearing->count = vmspy_span_pages(span);
	for (size_t i = 0; i < hearing->count; i++)
		hearing->interval[i] = NULL;
	for (size_t r = span->run_index; r < pair->runs.count; r++) {
		const struct vmspy_run *run = &pair->runs.run[r];
		struct part part = part_of(span, run);

		if (run->start >= span->end)
			break;
		for (uint64_t at = part.start; vmspy_span_takes(run) && at < part.end;
		     at += inquiry->page_bytes)
			hearing->interval[(at - span->start) / inquiry->page_bytes] =
				&pair->intervals.interval[run->interval_index];
	}
}

static enum vmspy_left left_by(const struct vmspy_hearing *hearing, enum vmspy_testimony testimony)
{
	enum vmspy_left parent = hearing->child_is_a ? VMSPY_LEFT_B : VMSPY_LEFT_A;
	enum vmspy_left child = hearing->child_is_a ? VMSPY_LEFT_A : VMSPY_LEFT_B;
	const enum vmspy_left left[] = {
		[VMSPY_TESTIMONY_NONE] = VMSPY_LEFT_UNKNOWN,
		[VMSPY_TESTIMONY_CHILD_LEFT] = child,
		[VMSPY_TESTIMONY_PARENT_LEFT] = parent,
		[VMSPY_TESTIMONY_BOTH_LEFT] = VMSPY_LEFT_BOTH,
		[VMSPY_TESTIMONY_CONTRADICTED] = VMSPY_LEFT_UNKNOWN,
	};

	return left[testimony];
}

/* A page that is on its way just now has the frame that its run says, where that can be told. */
static uint64_t frame_of(uint64_t seen, const struct vmspy_run *run, uint64_t first,
			 uint64_t skipped)
{
	if (seen != VMSPY_FRAME_NONE || first == VMSPY_FRAME_NONE)
		return seen;
	return !skipped || run->frames_contiguous ? first + skipped : VMSPY_FRAME_NONE;
}

/* A page of a run, with what is proven of it. All pages are noted: their runs are replaced. */
static struct vmspy_error *note_page(struct inquiry *inquiry, const struct vmspy_run *run,
				     uint64_t address)
{
	const struct vmspy_hearing *hearing = inquiry->hearing;
	const struct vmspy_window *window = inquiry->window;
	size_t i = (address - hearing->start) / inquiry->page_bytes;
	uint64_t skipped = (address - run->start) / inquiry->page_bytes;
	enum vmspy_left left = left_by(hearing, hearing->testimony[i]);
	struct vmspy_run page = *run;

	page.start = address;
	page.page_count = 1;
	page.frames_contiguous = true;
	page.frame_a = frame_of(vmspy_window_frame(&window->a, i), run, run->frame_a, skipped);
	page.frame_b = frame_of(vmspy_window_frame(&window->b, i), run, run->frame_b, skipped);
	if (hearing->testimony[i] != VMSPY_TESTIMONY_NONE) {
		vmspy_tally_left(inquiry->tally, &page, left);
		page.left = (uint8_t)left;
		page.left_source = left ? VMSPY_LEFT_BY_SIBLING : VMSPY_LEFT_BY_NONE;
		inquiry->changed = true;
	}
	return vmspy_runs_add(&inquiry->late, &page);
}

static struct vmspy_error *note_span(struct inquiry *inquiry)
{
	const struct vmspy_span *span = &inquiry->span;
	const struct vmspy_run_list *runs = span->runs;
	struct vmspy_error *err;

	for (size_t r = span->run_index; r < runs->count && runs->run[r].start < span->end; r++) {
		struct part part = part_of(span, &runs->run[r]);

		for (uint64_t at = part.start; vmspy_span_takes(&runs->run[r]) && at < part.end;
		     at += inquiry->page_bytes)
			if ((err = note_page(inquiry, &runs->run[r], at)))
				return err;
	}
	return NULL;
}

/* --- time ---------------------------------------------------------------------------------- */

static uint64_t words_of(const struct vmspy_span *span)
{
	return VMSPY_CALL_WORDS + vmspy_span_pages(span);
}

static uint64_t count_words(const struct vmspy_run_list *runs)
{
	struct vmspy_span span = { .runs = runs };
	uint64_t words = 0;

	while (vmspy_span_next(&span))
		words += words_of(&span);
	return words;
}

static bool is_time_up(const struct inquiry *inquiry)
{
	return inquiry->hearing->words > FREE_WORDS &&
	       vmspy_hold_clock_ns(inquiry->tally->hold) - inquiry->begin_ns > inquiry->budget_ns;
}

/*
 * Rather ask a few about all pages than all about a few pages: as many as there is time for at the
 * pace so far.
 */
static size_t affordable(const struct inquiry *inquiry)
{
	const struct vmspy_hearing *hearing = inquiry->hearing;
	double spent_ns = (double)(vmspy_hold_clock_ns(inquiry->tally->hold) - inquiry->begin_ns);
	double left_ns = (double)inquiry->budget_ns - spent_ns;
	double word_ns = spent_ns / (double)(hearing->words + 1);
	double processes = left_ns / (word_ns * (double)(READINGS * inquiry->words_left + 1));

	if (hearing->words <= FREE_WORDS || processes >= (double)(PAIR + hearing->sibling_count))
		return hearing->sibling_count;
	if (hearing->sibling_count < ASKED_MIN)
		return hearing->sibling_count;
	return processes > PAIR + ASKED_MIN ? (size_t)processes - PAIR : ASKED_MIN;
}

/*
 * Count what nobody was asked about. The rest of a run whose beginning is replaced needs a first
 * frame of its own.
 */
static struct vmspy_error *leave_rest(struct inquiry *inquiry)
{
	struct vmspy_pair *pair = inquiry->tally->pair;
	struct vmspy_window_side *a = &inquiry->window->a, *b = &inquiry->window->b;
	const struct vmspy_span *span = &inquiry->span;
	struct vmspy_run rest = pair->runs.run[span->run_index];
	struct vmspy_error *err;

	for (size_t r = span->run_index; r < pair->runs.count; r++)
		if (vmspy_span_takes(&pair->runs.run[r]))
			pair->asked.unasked_pages += pair->runs.run[r].page_count;
	if (span->start == rest.start)
		return NULL;
	pair->asked.unasked_pages -= (span->start - rest.start) / inquiry->page_bytes;
	rest.page_count -= (span->start - rest.start) / inquiry->page_bytes;
	rest.start = span->start;
	if ((err = vmspy_space_words(a->space, rest.start, 1, a->first)) ||
	    (err = vmspy_space_words(b->space, rest.start, 1, b->first)))
		return err;
	rest.frame_a = vmspy_window_frame(a, 0);
	rest.frame_b = vmspy_window_frame(b, 0);
	return vmspy_runs_add(&inquiry->late, &rest);
}

/* --- the inquiry --------------------------------------------------------------------------- */

static struct vmspy_error *inquire(struct inquiry *inquiry)
{
	struct vmspy_error *err;

	inquiry->words_left = count_words(inquiry->span.runs);
	while (vmspy_span_next(&inquiry->span)) {
		if (is_time_up(inquiry))
			return leave_rest(inquiry);
		if ((err = vmspy_hold_turn_if_over(inquiry->tally->hold)))
			return err;
		call_pages(inquiry);
		inquiry->hearing->asked_count = affordable(inquiry);
		if ((err = vmspy_hearing_hold(inquiry->hearing, inquiry->window)) ||
		    (err = note_span(inquiry)))
			return err;
		inquiry->words_left -= words_of(&inquiry->span);
	}
	return NULL;
}

/* Those that run the parent's program still, or again, are witnesses. */
static void dismiss_others(struct vmspy_hearing *hearing, const struct vmspy_space *parent)
{
	size_t kept = 0;

	for (size_t i = 0; i < hearing->sibling_count; i++) {
		struct vmspy_space *space = hearing->sibling[i].space;

		if (!vmspy_relation_same_image(space, parent)) {
			vmspy_space_close(space);
			continue;
		}
		hearing->sibling[kept].space = space;
		hearing->sibling[kept++].age = hearing->sibling[i].age;
	}
	hearing->sibling_count = kept;
}

static void tell_who_is_asked(const struct vmspy_siblings *siblings, struct vmspy_asked *asked)
{
	const struct vmspy_hearing *hearing = &siblings->hearing;

	asked->is_known = true;
	asked->known_count = siblings->known_count;
	asked->count = hearing->sibling_count;
	for (size_t i = 0; i < hearing->sibling_count; i++) {
		asked->sibling[i].pid = vmspy_space_identity(hearing->sibling[i].space)->pid;
		asked->sibling[i].age = hearing->sibling[i].age;
	}
}

struct vmspy_error *vmspy_siblings_ask(struct vmspy_siblings *siblings, struct vmspy_tally *tally,
				       struct vmspy_window *window)
{
	struct vmspy_pair *pair = tally->pair;
	uint64_t held_ns = pair->timing.stop_ns + pair->timing.words_ns;
	struct inquiry inquiry = {
		.hearing = siblings ? &siblings->hearing : NULL,
		.tally = tally,
		.window = window,
		.page_bytes = pair->runs.page_bytes,
		.begin_ns = vmspy_hold_clock_ns(tally->hold),
		.budget_ns = held_ns > BUDGET_MIN_NS ? held_ns : BUDGET_MIN_NS,
		.span.runs = &pair->runs,
		.late.page_bytes = pair->runs.page_bytes,
	};
	struct vmspy_error *err;

	if (!siblings || !vmspy_relation_same_image(window->a.space, window->b.space))
		return NULL;
	dismiss_others(inquiry.hearing,
		       (inquiry.hearing->child_is_a ? window->b : window->a).space);
	tell_who_is_asked(siblings, &pair->asked);
	err = inquiry.hearing->sibling_count ? inquire(&inquiry) : NULL;
	if (!err && inquiry.changed)
		err = vmspy_runs_override(&pair->runs, &inquiry.late);
	vmspy_run_list_deinit(&inquiry.late);
	return err;
}
