/* Stretches of adjacent pages that are alike. Memory grows with them, not with the process. Pure. */
#ifndef VMSPY_COMPARE_RUNS_H
#define VMSPY_COMPARE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/verdict.h"

enum {
	VMSPY_FRAME_NONE = 0
}; /* frame 0 belongs to the firmware: no process ever has it */

/* Adjacent pages of one interval, of one class, one reason and one side that left. */
struct vmspy_run {
	uint64_t start;
	uint64_t page_count;
	uint64_t frame_a; /* of the first page; VMSPY_FRAME_NONE: no frame, or it is hidden */
	uint64_t frame_b;
	uint32_t interval_index;
	uint8_t page_class;     /* enum vmspy_page_class */
	uint8_t reason;         /* enum vmspy_reason */
	uint8_t left;           /* enum vmspy_left, of diverged ones */
	uint8_t left_source;    /* enum vmspy_left_source */
	bool frames_contiguous; /* on both sides the frames count up with the addresses */
};

/* Shape: see each function: ascending and disjoint, or in the order of arrival. */
struct vmspy_run_list {
	struct vmspy_run *run;
	size_t count;
	size_t room;
	uint32_t page_bytes;
};

VMSPY_PUBLIC uint64_t vmspy_run_end(const struct vmspy_run_list *list, const struct vmspy_run *run);

/* Append a run; it becomes part of the last one where both are alike and adjacent. */
struct vmspy_error *vmspy_runs_add(struct vmspy_run_list *list,
				   const struct vmspy_run *run) VMSPY_MUST_CHECK;

/*
 * Add the runs of another list, which is empty afterwards: both ascending and disjoint from each
 * other, and so is what comes out.
 */
struct vmspy_error *vmspy_runs_merge(struct vmspy_run_list *list,
				     struct vmspy_run_list *other) VMSPY_MUST_CHECK;

/* Make one of adjacent runs that have become alike. */
void vmspy_runs_join(struct vmspy_run_list *list);

/*
 * Lay `late` over `list`: where both have a page, late's verdict counts.
 * list:   ascending and disjoint, before and after.
 * late:   disjoint, in any order; sorted here.
 * Note:   what is left behind a replaced part of a run with scattered frames has lost its first
 *         frame: VMSPY_FRAME_NONE.
 */
struct vmspy_error *vmspy_runs_override(struct vmspy_run_list *list,
					struct vmspy_run_list *late) VMSPY_MUST_CHECK;

void vmspy_run_list_deinit(struct vmspy_run_list *list);

#endif
