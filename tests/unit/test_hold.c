#include "test.h"

#include "compare/hold.h"
#include "fake_pair.h"

/* Both sides held, at once or in slices: seen through a whole comparison of two fakes. */

enum {
	BASE_PAGE = 0x10000,
	PAGES = 20000, /* several windows */
	FIRST_FRAME = 0x1000,
	SLICES_MIN = 3,
};

#define P VMSPY_PAGEMAP_PRESENT

/* A parent and its child with one page each behind every address, and two behind every tenth. */
static struct fake_pair *begin(void)
{
	struct fake_pair *fixture = fake_pair_create();
	struct fake_space *fake[] = { &fixture->a, &fixture->b };

	for (uint64_t side = 0; side < 2; side++) {
		fake_map(fake[side], (uint64_t)BASE_PAGE * FAKE_PAGE, PAGES);
		for (uint64_t page = 0; page < PAGES; page++)
			fake_put(fake[side], (BASE_PAGE + page) * FAKE_PAGE,
				 P | (FIRST_FRAME + page + (page % 10 ? 0 : (side + 1) << 20)));
	}
	fixture->options.max_hold_ns = 1; /* no step is short enough: each has a slice */
	return fixture;
}

static void check_released(const struct fake_pair *fixture)
{
	assert_int_equal(fixture->a.holds, fixture->a.releases);
	assert_int_equal(fixture->b.holds, fixture->b.releases);
	assert_false(fixture->a.space.held || fixture->b.space.held);
}

static void without_a_limit_there_is_one_hold(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.max_hold_ns = 0;
	assert_ok(fake_pair_compare(fixture));
	assert_int_equal(fixture->pair.slices.count, 1);
	assert_int_equal(fixture->a.holds, 1);
	assert_int_equal(fixture->b.holds, 1);
	check_released(fixture);
	fake_pair_end(fixture);
}

static void a_limit_cuts_the_work_into_slices(void **state)
{
	struct fake_pair *fixture = begin();
	const struct vmspy_pair *pair = &fixture->pair;

	(void)state;
	assert_ok(fake_pair_compare(fixture));
	assert_true(pair->slices.count >= SLICES_MIN);
	assert_int_equal(pair->slices.max_ns, 1);
	assert_int_equal(fixture->a.holds, pair->slices.count);
	assert_int_equal(fixture->b.holds, pair->slices.count);
	check_released(fixture);
	assert_true(pair->a.held && pair->b.held);
	assert_int_equal(pair->a.hold_ns, pair->slices.count); /* of the fake, 1 for each */
	assert_int_equal(pair->slices.longest_ns, 1);
	assert_int_equal(pair->totals.state_pages[VMSPY_STATE_DIVERGED], PAGES / 10);
	assert_int_equal(pair->totals.state_pages[VMSPY_STATE_SHARED], PAGES - PAGES / 10);
	fake_pair_end(fixture);
}

static void a_limit_that_is_not_reached_needs_few_slices(void **state)
{
	enum {
		HOUR_SECONDS = 3600,
	};
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->options.max_hold_ns = HOUR_SECONDS * UINT64_C(1000000000);
	assert_ok(fake_pair_compare(fixture));
	/* Words; bytes, once the mappings were looked at again; stacks. */
	assert_int_equal(fixture->pair.slices.count, SLICES_MIN);
	check_released(fixture);
	fake_pair_end(fixture);
}

/* Threads that wait for a processor stop late: the next time it may be sooner. */
static void a_slow_stop_makes_a_slice_longer_only_where_all_are_slow(void **state)
{
	enum {
		MS = 1000000,
		SLOW_NS = 100 * MS,
	};
	uint64_t now_ns = vmspy_host_now_ns();
	struct vmspy_hold hold = {
		.max_ns = MS,
		.begin_ns = now_ns - SLOW_NS,
		.stopped_ns = now_ns,
		.shortest_ns = MS / 10,
	};

	(void)state;
	assert_true(vmspy_hold_is_over(&hold));
	hold.shortest_ns = SLOW_NS;
	assert_false(vmspy_hold_is_over(&hold));
	hold.stopped_ns -= SLOW_NS + MS;
	hold.begin_ns -= SLOW_NS + MS;
	assert_true(vmspy_hold_is_over(&hold));
}

static void who_could_not_be_held_in_one_slice_was_not_held(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.cannot_be_held_from = 2;
	assert_ok(fake_pair_compare(fixture));
	assert_true(fixture->pair.a.held);
	assert_false(fixture->pair.b.held);
	assert_int_equal(fixture->pair.totals.state_pages[VMSPY_STATE_DIVERGED], PAGES / 10);
	check_released(fixture);
	fake_pair_end(fixture);
}

static void a_slice_that_fails_lets_both_go(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.hold_fails_from = 2;
	assert_error(fake_pair_compare(fixture), VMSPY_ERROR_NOT_PERMITTED, "not to be held");
	assert_int_equal(fixture->a.holds, 2);
	check_released(fixture);
	fake_pair_end(fixture);
}

static void a_mapping_that_changed_between_slices_is_unknown(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->b.mapping_changed[0] = true;
	assert_ok(fake_pair_compare(fixture));
	assert_int_equal(fixture->pair.totals.state_pages[VMSPY_STATE_UNKNOWN], PAGES);
	fake_pair_end(fixture);
}

static void a_page_that_never_settles_ends_the_slices_all_the_same(void **state)
{
	struct fake_pair *fixture = begin();

	(void)state;
	fixture->a.page[7].restless = true;
	assert_ok(fake_pair_compare(fixture));
	assert_int_equal(fixture->pair.totals.state_pages[VMSPY_STATE_UNKNOWN], 1);
	assert_true(fixture->pair.timing.rounds > 0);
	check_released(fixture);
	fake_pair_end(fixture);
}

TEST_MAIN(TEST(without_a_limit_there_is_one_hold), TEST(a_limit_cuts_the_work_into_slices),
	  TEST(a_limit_that_is_not_reached_needs_few_slices),
	  TEST(a_slow_stop_makes_a_slice_longer_only_where_all_are_slow),
	  TEST(who_could_not_be_held_in_one_slice_was_not_held),
	  TEST(a_slice_that_fails_lets_both_go),
	  TEST(a_mapping_that_changed_between_slices_is_unknown),
	  TEST(a_page_that_never_settles_ends_the_slices_all_the_same))
