/* Every populated page of an interval, window by window, holes skipped. */
#ifndef VMSPY_COMPARE_SWEEP_H
#define VMSPY_COMPARE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/hold.h"
#include "compare/tally.h"
#include "compare/window.h"

/* What is left of a stretch of an interval. */
struct vmspy_sweep {
	const struct vmspy_interval *interval;
	uint64_t at, end;
	bool dense; /* what was read last was: the next is read without asking */
};

/*
 * Read and count a part of what is left: at most a window of words, or what one scan for populated
 * pages returned. Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_sweep_step(struct vmspy_tally *tally, struct vmspy_window *window,
				     struct vmspy_sweep *sweep) VMSPY_MUST_CHECK;

/*
 * Whether counters of the kernel say that an interval has no page: where it cannot be asked for
 * populated pages, a large one is worth the question. Not for two threads at once.
 * Errors: those of vmspy_space_is_empty().
 */
struct vmspy_error *vmspy_sweep_is_empty(const struct vmspy_window *window,
					 const struct vmspy_interval *interval,
					 bool *ret) VMSPY_MUST_CHECK;

/* Adjacent intervals: [first, end). */
struct vmspy_interval_range {
	const struct vmspy_interval *first, *end;
};

/*
 * Before the first of some intervals is swept: if it and those behind it are short, read the words
 * of all of them at once: an address space of 60,000 mappings is held for half the time.
 */
struct vmspy_error *vmspy_sweep_ahead(struct vmspy_window *window,
				      struct vmspy_interval_range range) VMSPY_MUST_CHECK;

/*
 * Read again what would not settle: all of it together, in a few rounds a millisecond apart, or
 * one in each slice of the hold. What is left then is counted as unknown.
 */
struct vmspy_error *vmspy_sweep_unsettled(struct vmspy_tally *tally, struct vmspy_window *window,
					  struct vmspy_hold *hold) VMSPY_MUST_CHECK;

#endif
