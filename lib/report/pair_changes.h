/* Two comparisons of one pair, one after the other: what became of each mapping. Pure. */
#ifndef VMSPY_REPORT_PAIR_CHANGES_H
#define VMSPY_REPORT_PAIR_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "report/pair_rows.h"

/* What is kept of an interval: no page of it. */
struct vmspy_interval_mark {
	uint64_t start, end;
	const char *kind; /* static */
	struct vmspy_counts_row counts;
};

/* Shape: ascending, disjoint. A zeroed struct is empty. */
struct vmspy_interval_marks {
	struct vmspy_interval_mark *mark;
	size_t count;
};

/*
 * ret:    end it with vmspy_interval_marks_deinit(); nothing of it is borrowed from the pair.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_interval_marks_take(const struct vmspy_pair *pair,
					      struct vmspy_interval_marks *ret) VMSPY_MUST_CHECK;

void vmspy_interval_marks_deinit(struct vmspy_interval_marks *marks);

/* The place of an interval that is no longer there. */
#define VMSPY_INTERVAL_GONE SIZE_MAX

struct vmspy_interval_change {
	size_t index;                   /* of now; VMSPY_INTERVAL_GONE */
	size_t before_index;            /* of a gone one, of before */
	uint64_t size_pages;            /* how much changed, whatever the direction */
	struct vmspy_counts_row counts; /* vmspy_change_of() */
};

/* Shape: the largest change first, then by address, those that are gone last. */
struct vmspy_interval_changes {
	struct vmspy_interval_change *change;
	size_t count;
};

/*
 * Find the intervals whose pages changed their states.
 * ret:    end it with vmspy_interval_changes_deinit(). Changes add up to those of the totals.
 * Errors: NO_MEMORY.
 * Note:   an interval that grew, moved a border or was joined with its neighbour is still the one
 *         that it was: what was counted before goes to the interval that has most of the addresses.
 *         Pages that only one side has looked at (lazy) are no reason to tell it, and neither is what
 *         bytes say.
 */
struct vmspy_error *vmspy_interval_changes_find(
	const struct vmspy_interval_marks *before, const struct vmspy_interval_marks *now,
	struct vmspy_interval_changes *ret) VMSPY_MUST_CHECK;

void vmspy_interval_changes_deinit(struct vmspy_interval_changes *changes);

/* ret: how each count changed. */
struct vmspy_counts_row vmspy_counts_change_of(const struct vmspy_counts_row *before,
					       const struct vmspy_counts_row *now);

/* ret: of a row of changes: how many pages came to a state or left it; unknown counts are left out. */
uint64_t vmspy_counts_change_pages(const struct vmspy_counts_row *change);

#endif
