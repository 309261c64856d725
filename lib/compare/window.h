/* A window of page words of both sides, read so that each pair existed at one instant. */
#ifndef VMSPY_COMPARE_WINDOW_H
#define VMSPY_COMPARE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/align.h"
#include "compare/verdict.h"
#include "space/space.h"

enum {
	VMSPY_WINDOW_PAGES = 4096
}; /* 32 KiB of words a read: three of them stay in the cache, and so do the entries behind them */

/* A class that only exists while reading: this page has to be looked at again. */
enum {
	VMSPY_CLASS_UNSETTLED = VMSPY_CLASS_COUNT
};

/* One side of a window. */
struct vmspy_window_side {
	struct vmspy_space *space;
	uint64_t first[VMSPY_WINDOW_PAGES];       /* the words, as they are judged */
	uint64_t second[VMSPY_WINDOW_PAGES];      /* read again, to see whether they still stand */
	uint64_t ahead_first[VMSPY_WINDOW_PAGES]; /* the same for a stretch that was read ahead */
	uint64_t ahead_second[VMSPY_WINDOW_PAGES];
	uint8_t marks[VMSPY_WINDOW_PAGES]; /* MARK_*; only where frames are hidden */
	uint8_t standing[VMSPY_WINDOW_PAGES];
};

/* A stretch of an interval, and where its first page is in the arrays of a window. */
struct vmspy_place {
	const struct vmspy_interval *interval;
	uint64_t start;
	size_t count;
	size_t base;
};

/*
 * Set the spaces and the three flags once; then read one stretch of an interval after the other.
 * Invariant: after vmspy_window_read() the first `count` entries of every array are valid.
 */
struct vmspy_window {
	struct vmspy_window_side a, b;
	bool four_reads;      /* not held, or frames hidden: read a, b, a, b */
	bool is_open;         /* the same, for this one alone: see vmspy_window_open() */
	bool ask_merged;      /* tell shared from shared-ksm */
	bool last_round;      /* what does not settle now is unknown */
	uint64_t ahead_start; /* what was read ahead; ahead_count 0: nothing */
	size_t ahead_count;
	const struct vmspy_interval *interval; /* the place that is read and judged */
	uint64_t start;
	size_t count;
	size_t base;
	uint8_t page_class[VMSPY_WINDOW_PAGES]; /* or VMSPY_CLASS_UNSETTLED */
	uint8_t reason[VMSPY_WINDOW_PAGES];
	/* The pages whose frames are looked up, their frames and flags. */
	uint32_t ask[VMSPY_WINDOW_PAGES];
	uint64_t frames[VMSPY_WINDOW_PAGES];
	uint64_t flags[VMSPY_WINDOW_PAGES];
};

/*
 * Read and judge `count` pages (at most VMSPY_WINDOW_PAGES) of an interval from `start` on.
 * Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_window_read(struct vmspy_window *window,
				      const struct vmspy_interval *interval, uint64_t start,
				      size_t count) VMSPY_MUST_CHECK;

/*
 * The same in two steps, and in many places: read the words of both sides; look at what stands
 * there, without a word of its own changing meanwhile; then read them again and judge. What did
 * not change in between has stood still, with all that was read there.
 *
 * places: one behind the other in the arrays. All are read of one side before any is of the other:
 *         what the kernel needs for a side stays in the cache.
 * Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_window_open(struct vmspy_window *window, const struct vmspy_place *places,
				      size_t count) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_window_close(struct vmspy_window *window,
				       const struct vmspy_place *places,
				       size_t count) VMSPY_MUST_CHECK;

/* Whether page i of an open place is present on both sides: its bytes may be read. */
bool vmspy_window_is_present(struct vmspy_window *window, const struct vmspy_place *place,
			     size_t i);

/* Whether page i of a closed window stood still while it was open. */
bool vmspy_window_stood_still(const struct vmspy_window *window, size_t i);

/*
 * Read a stretch in which many short intervals lie, at once: three reads for all of them instead
 * of three for each. vmspy_window_read() takes from it until ahead_count is set to 0. Not for
 * four reads. Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_window_read_ahead(struct vmspy_window *window, uint64_t start,
					    size_t count) VMSPY_MUST_CHECK;

/* The number of the frame a side has behind page i; VMSPY_FRAME_NONE without one. */
uint64_t vmspy_window_frame(const struct vmspy_window_side *side, size_t i);

#endif
