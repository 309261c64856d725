/* Verdicts of windows -> counts and runs. */
#ifndef VMSPY_COMPARE_TALLY_H
#define VMSPY_COMPARE_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "compare/pair.h"
#include "compare/window.h"

/* What is known so far, and what has to be looked at again. */
struct vmspy_tally {
	struct vmspy_pair *pair; /* counts and runs go here */
	const struct vmspy_pair_options *options;
	bool keep_runs; /* every counted run, not only those whose bytes may be wanted */
	struct vmspy_run_list unsettled; /* pages to be read again, ascending */
};

/* Add a window's verdicts to `runs`: pair->runs while sweeping upwards, another list later. */
struct vmspy_error *vmspy_tally_window(struct vmspy_tally *tally, const struct vmspy_window *window,
				       struct vmspy_run_list *runs) VMSPY_MUST_CHECK;

/* Move one counted page of an interval from a class to another; nobody is known to have left it. */
void vmspy_tally_move(struct vmspy_tally *tally, const struct vmspy_run *page,
		      struct vmspy_verdict to);

/* Pages of one run, all of them diverged, were left by another side than was thought before. */
void vmspy_tally_left(struct vmspy_tally *tally, const struct vmspy_run *page,
		      enum vmspy_left left);

/*
 * Make everything counted in some intervals unknown: they are not what they were when read.
 * doubted: an entry for each interval.
 */
void vmspy_tally_doubt(struct vmspy_tally *tally, const bool *doubted);

/* Sum up, once all pages are settled. With pair->no_common_origin diverged pages become separate. */
void vmspy_tally_finish(struct vmspy_tally *tally);

#endif
