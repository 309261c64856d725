/* Both processes held: once, as long as it takes, or in slices between which they run on. */
#ifndef VMSPY_COMPARE_HOLD_H
#define VMSPY_COMPARE_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "space/space.h"

/*
 * Set the first five, and let_go_ns to now; what happened goes to the pair: who was held, how
 * long, and in how many slices.
 */
struct vmspy_hold {
	struct vmspy_space *a, *b;
	struct vmspy_pair *pair;
	bool never;
	uint64_t max_ns; /* of one slice; 0: there is but one */
	/* While it lasts. */
	bool is_held;
	uint64_t begin_ns;    /* of this slice: before the first thread was stopped */
	uint64_t stopped_ns;  /* when all stood still */
	uint64_t release_ns;  /* that the last one took; before the first: as long as the stop */
	uint64_t shortest_ns; /* that to stop and to let go took at least */
	uint64_t let_go_ns;   /* when both were let go, or nobody was held yet */
	uint64_t away_ns;     /* since the beginning, in which nothing was done: not on the clock */
};

/*
 * Stop both. What cannot be stopped in time is no error: pair->a.held says so.
 * Errors: those of vmspy_space_hold().
 */
struct vmspy_error *vmspy_hold_begin(struct vmspy_hold *hold) VMSPY_MUST_CHECK;

/* Let both go, whatever the state. */
void vmspy_hold_end(struct vmspy_hold *hold);

/* Whether what is done is done in slices. */
bool vmspy_hold_is_sliced(const struct vmspy_hold *hold);

/* Whether this slice is over: what is begun may be ended, if it is short. Any thread may ask. */
bool vmspy_hold_is_over(const struct vmspy_hold *hold);

/* Let both go, for some time longer than they were held, and stop them again. Errors: as begin. */
struct vmspy_error *vmspy_hold_turn(struct vmspy_hold *hold) VMSPY_MUST_CHECK;

/* The same if this slice is over; otherwise nothing. */
struct vmspy_error *vmspy_hold_turn_if_over(struct vmspy_hold *hold) VMSPY_MUST_CHECK;

/* CLOCK_MONOTONIC without the time in which nobody was held: what the work alone took. */
uint64_t vmspy_hold_clock_ns(const struct vmspy_hold *hold);

#endif
