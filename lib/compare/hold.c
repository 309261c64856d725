#include "compare/hold.h"

#include <time.h>

#include "base/banned.h"

enum {
	STEP_NS = 250000, /* what was begun when a slice ends: a window of words, some bytes */
	TIMES_LET_RUN = 4 /* as long as both were held: they lose a fifth of their time, not more */
};

bool vmspy_hold_is_sliced(const struct vmspy_hold *hold)
{
	return hold->max_ns && !hold->never;
}

/* ret: how long this slice lasts without any work. */
static uint64_t cost_ns(const struct vmspy_hold *hold)
{
	return hold->stopped_ns - hold->begin_ns + hold->release_ns;
}

struct vmspy_error *vmspy_hold_begin(struct vmspy_hold *hold)
{
	struct vmspy_pair *pair = hold->pair;
	bool is_first = !pair->slices.count;
	struct vmspy_error *err;

	if (hold->never)
		return NULL;
	hold->is_held = true; /* or will be: there is something to let go */
	if ((err = vmspy_space_prepare_hold(hold->a)) || (err = vmspy_space_prepare_hold(hold->b)))
		return err;
	hold->begin_ns = vmspy_host_now_ns();
	hold->away_ns += hold->begin_ns - hold->let_go_ns;
	if ((err = vmspy_space_hold(hold->a)) || (err = vmspy_space_hold(hold->b)))
		return err;
	hold->stopped_ns = vmspy_host_now_ns();
	pair->slices.count++;
	pair->timing.stop_ns += hold->stopped_ns - hold->begin_ns;
	pair->a.held = vmspy_space_is_held(hold->a) && (is_first || pair->a.held);
	pair->b.held = vmspy_space_is_held(hold->b) && (is_first || pair->b.held);
	if (is_first)
		hold->release_ns = hold->stopped_ns - hold->begin_ns;
	if (is_first || hold->shortest_ns > cost_ns(hold))
		hold->shortest_ns = cost_ns(hold);
	hold->away_ns += hold->stopped_ns - hold->begin_ns;
	return NULL;
}

void vmspy_hold_end(struct vmspy_hold *hold)
{
	struct vmspy_pair *pair = hold->pair;
	uint64_t before_ns = vmspy_host_now_ns(), held_a_ns, held_b_ns, longer_ns;

	if (!hold->is_held)
		return;
	held_b_ns = vmspy_space_release(hold->b);
	held_a_ns = vmspy_space_release(hold->a);
	longer_ns = held_a_ns > held_b_ns ? held_a_ns : held_b_ns;
	pair->a.hold_ns += held_a_ns;
	pair->b.hold_ns += held_b_ns;
	if (longer_ns > pair->slices.longest_ns)
		pair->slices.longest_ns = longer_ns;
	hold->let_go_ns = vmspy_host_now_ns();
	hold->release_ns = hold->let_go_ns - before_ns;
	hold->away_ns += hold->release_ns;
	hold->is_held = false;
	pair->timing.release_ns += hold->release_ns;
}

/*
 * Where stopping and letting go alone always take longer than a slice may, as much time is spent on
 * the work: it would never be done otherwise. Where they did so this once, no more than is begun.
 */
bool vmspy_hold_is_over(const struct vmspy_hold *hold)
{
	uint64_t least_ns = hold->shortest_ns + STEP_NS;
	uint64_t limit_ns = least_ns > hold->max_ns ? 2 * least_ns : hold->max_ns;

	if (!vmspy_hold_is_sliced(hold))
		return false;
	return vmspy_host_now_ns() - hold->begin_ns + hold->release_ns + STEP_NS > limit_ns;
}

static void let_run(uint64_t ns)
{
	const uint64_t second_ns = 1000000000;
	const struct timespec pause = {
		.tv_sec = (time_t)(ns / second_ns),
		.tv_nsec = (long)(ns % second_ns),
	};

	nanosleep(&pause, NULL);
}

struct vmspy_error *vmspy_hold_turn(struct vmspy_hold *hold)
{
	if (!vmspy_hold_is_sliced(hold))
		return NULL;
	vmspy_hold_end(hold);
	let_run(TIMES_LET_RUN * (hold->let_go_ns - hold->begin_ns));
	return vmspy_hold_begin(hold);
}

struct vmspy_error *vmspy_hold_turn_if_over(struct vmspy_hold *hold)
{
	return vmspy_hold_is_over(hold) ? vmspy_hold_turn(hold) : NULL;
}

uint64_t vmspy_hold_clock_ns(const struct vmspy_hold *hold)
{
	return vmspy_host_now_ns() - hold->away_ns;
}
