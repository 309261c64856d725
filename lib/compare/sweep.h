/* Every populated page of an interval, window by window, holes skipped. */
#ifndef VMSPY_COMPARE_SWEEP_H
#define VMSPY_COMPARE_SWEEP_H

#include <stdint.h>

#include "base/error.h"
#include "compare/tally.h"
#include "compare/window.h"

/* Read and count all pages of [start, end) of an interval; both inside it. Errors: GONE, SYSTEM. */
struct vmspy_error *vmspy_sweep_interval(struct vmspy_tally *tally, struct vmspy_window *window,
					 const struct vmspy_interval *interval, uint64_t start,
					 uint64_t end) VMSPY_MUST_CHECK;

/*
 * Before interval `index` is swept: if it and its neighbours are short, read the words of all of
 * them at once: an address space of 60,000 mappings is held for half the time.
 */
struct vmspy_error *vmspy_sweep_ahead(struct vmspy_window *window,
				      const struct vmspy_interval_list *list,
				      size_t index) VMSPY_MUST_CHECK;

/*
 * Read again what would not settle: all of it together, in a few rounds a millisecond apart.
 * ret_rounds: how many it took. What is left then is counted as unknown.
 */
struct vmspy_error *vmspy_sweep_unsettled(struct vmspy_tally *tally, struct vmspy_window *window,
					  unsigned *ret_rounds) VMSPY_MUST_CHECK;

#endif
