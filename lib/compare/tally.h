/* Verdicts of windows -> counts and runs. */
#ifndef VMSPY_COMPARE_TALLY_H
#define VMSPY_COMPARE_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "compare/hold.h"
#include "compare/pair.h"
#include "compare/window.h"

/* What is known so far, and what has to be looked at again. */
struct vmspy_tally {
	struct vmspy_pair *pair; /* counts and runs go here */
	const struct vmspy_pair_options *options;
	struct vmspy_hold *hold; /* of both; whoever takes long ends a slice in time */
	bool keep_runs;          /* every counted run, not only those whose bytes may be wanted */
	struct vmspy_run_list unsettled; /* pages to be read again, ascending */
	struct vmspy_counts *counts;     /* instead of an interval's own; NULL: those */
};

/*
 * What one of several threads counts. Intervals and their counts are those of the whole; all sums
 * and lists are its own.
 */
struct vmspy_tally_part {
	struct vmspy_tally tally;
	struct vmspy_pair pair;
	struct vmspy_counts counts; /* of an interval that others have parts of, too */
};

/* Add a window's verdicts to `runs`: pair->runs while sweeping upwards, another list later. */
struct vmspy_error *vmspy_tally_window(struct vmspy_tally *tally, const struct vmspy_window *window,
				       struct vmspy_run_list *runs) VMSPY_MUST_CHECK;

/* Begin a part of a tally whose pair has its intervals and their counts. */
void vmspy_tally_part_init(struct vmspy_tally_part *part, const struct vmspy_tally *whole);

/* What is counted next lies in intervals of its own, or in one that others have parts of, too. */
void vmspy_tally_part_begin(struct vmspy_tally_part *part, bool is_shared);

/* Add what was counted since then in a shared interval to its counts. One thread at a time. */
void vmspy_tally_part_flush(struct vmspy_tally_part *part, size_t interval_index);

/* Add all to the whole, and end the part. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_tally_part_end(struct vmspy_tally_part *part,
					 struct vmspy_tally *whole) VMSPY_MUST_CHECK;

/* Forget it. */
void vmspy_tally_part_deinit(struct vmspy_tally_part *part);

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
