/* All intervals swept, by as many threads as there are processors for. */
#ifndef VMSPY_COMPARE_SWEEPERS_H
#define VMSPY_COMPARE_SWEEPERS_H

#include <stdint.h>

#include "base/error.h"
#include "compare/tally.h"
#include "compare/team.h"

/* Addresses: [start, end). */
struct vmspy_sweep_range {
	uint64_t start, end;
};

/*
 * Read and count all pages of the range, and again those that would not settle, in the slices of
 * the hold. Each thread reads and judges windows of its own, so that every word of b stands
 * between two of a that one thread read.
 * tally:  of the whole; its pair has the intervals.
 * Errors: GONE, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_sweepers_run(struct vmspy_tally *tally, struct vmspy_team *team,
				       struct vmspy_sweep_range range) VMSPY_MUST_CHECK;

#endif
