#include "test.h"

#include "compare/runs.h"
#include "compare/witness.h"

#define OLDER   VMSPY_AGE_OLDER
#define EQUAL   VMSPY_AGE_EQUAL
#define YOUNGER VMSPY_AGE_YOUNGER

enum {
	NONE = VMSPY_FRAME_NONE,
	P = 5, /* the parent's frame */
	C = 6, /* the child's */
	F = 7, /* frames of neither */
	G = 8,
	WITNESSES = 4,
};

static const struct row {
	const char *name;
	struct vmspy_witness witness[WITNESSES]; /* the others have no frame */
	enum vmspy_testimony testimony;
	uint64_t frame;
} rows[] = {
	{ "nobody", { { 0 } }, VMSPY_TESTIMONY_NONE, NONE },
	{ "an older one with the parent's frame", { { P, OLDER } }, VMSPY_TESTIMONY_CHILD_LEFT, P },
	{ "a younger one with the parent's frame", { { P, YOUNGER } }, VMSPY_TESTIMONY_NONE, NONE },
	{ "one of the same tick with it", { { P, EQUAL } }, VMSPY_TESTIMONY_NONE, NONE },
	{ "an older one with the child's frame", { { C, OLDER } }, VMSPY_TESTIMONY_PARENT_LEFT, C },
	{ "a younger one with it", { { C, YOUNGER } }, VMSPY_TESTIMONY_PARENT_LEFT, C },
	{ "one of the same tick with it", { { C, EQUAL } }, VMSPY_TESTIMONY_PARENT_LEFT, C },
	{ "an older one with its own", { { F, OLDER } }, VMSPY_TESTIMONY_NONE, NONE },
	{ "an older and a younger one with one frame",
	  { { F, OLDER }, { F, YOUNGER } },
	  VMSPY_TESTIMONY_BOTH_LEFT,
	  F },
	{ "the same, the younger named first",
	  { { F, YOUNGER }, { F, OLDER } },
	  VMSPY_TESTIMONY_BOTH_LEFT,
	  F },
	{ "two older ones with one frame",
	  { { F, OLDER }, { F, OLDER } },
	  VMSPY_TESTIMONY_NONE,
	  NONE },
	{ "two younger ones with one frame",
	  { { F, YOUNGER }, { F, YOUNGER } },
	  VMSPY_TESTIMONY_NONE,
	  NONE },
	{ "an older one and one of the same tick",
	  { { F, OLDER }, { F, EQUAL } },
	  VMSPY_TESTIMONY_NONE,
	  NONE },
	{ "an older and a younger one with two frames",
	  { { F, OLDER }, { G, YOUNGER } },
	  VMSPY_TESTIMONY_NONE,
	  NONE },
	{ "some that say nothing, and one that does",
	  { { F, OLDER }, { NONE, YOUNGER }, { P, OLDER }, { P, YOUNGER } },
	  VMSPY_TESTIMONY_CHILD_LEFT,
	  P },
	{ "two that say the same",
	  { { C, OLDER }, { C, YOUNGER } },
	  VMSPY_TESTIMONY_PARENT_LEFT,
	  C },
	{ "the parent kept its frame, and did not",
	  { { P, OLDER }, { C, YOUNGER } },
	  VMSPY_TESTIMONY_CONTRADICTED,
	  P },
	{ "the child left, and both did",
	  { { F, OLDER }, { F, YOUNGER }, { P, OLDER } },
	  VMSPY_TESTIMONY_CONTRADICTED,
	  P },
	{ "the parent left, and both did",
	  { { F, OLDER }, { F, YOUNGER }, { C, YOUNGER } },
	  VMSPY_TESTIMONY_CONTRADICTED,
	  C },
	{ "contradicted, and confirmed again",
	  { { P, OLDER }, { C, OLDER }, { C, OLDER } },
	  VMSPY_TESTIMONY_CONTRADICTED,
	  NONE },
};

static void witnesses_prove_what_the_order_of_forks_allows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TEST_COUNT(rows); i++) {
		uint64_t frame = 99;

		test_row(rows[i].name);
		assert_int_equal(vmspy_witness_judge(P, C, rows[i].witness, WITNESSES, &frame),
				 rows[i].testimony);
		if (rows[i].testimony != VMSPY_TESTIMONY_CONTRADICTED)
			assert_int_equal(frame, rows[i].frame);
	}
}

static void the_page_of_a_file_is_nobodys_frame(void **state)
{
	static const struct vmspy_witness none[] = { { NONE, OLDER }, { NONE, YOUNGER } };
	static const struct vmspy_witness older[] = { { P, OLDER } };
	uint64_t frame;

	(void)state;
	assert_int_equal(vmspy_witness_judge(NONE, C, none, 2, &frame), VMSPY_TESTIMONY_NONE);
	assert_int_equal(vmspy_witness_judge(P, NONE, none, 2, &frame), VMSPY_TESTIMONY_NONE);
	assert_int_equal(vmspy_witness_judge(P, NONE, older, 1, &frame),
			 VMSPY_TESTIMONY_CHILD_LEFT);
}

/* --- every history ------------------------------------------------------------------------- */

/*
 * A parent and three children, forked in order; between the forks and after them each may write.
 * Whatever they did, what is told is the truth.
 */
enum {
	CHILDREN = 3,
	HISTORIES = 1 << (CHILDREN * (CHILDREN + 1)),
};

struct history {
	uint64_t frame[CHILDREN + 1]; /* of the parent, and of each child */
	uint64_t at_fork[CHILDREN];
	uint64_t next;
};

/* Bit by bit who writes after each fork: the parent, and all who are there by then. */
static struct history play(unsigned bits)
{
	struct history history = { .frame = { 1 }, .next = 2 };

	for (size_t born = 0; born < CHILDREN; born++) {
		history.frame[born + 1] = history.at_fork[born] = history.frame[0];
		for (size_t who = 0; who <= CHILDREN; who++, bits >>= 1)
			if (bits & 1 && who <= born + 1)
				history.frame[who] = history.next++;
	}
	return history;
}

static void check_told(const struct history *history, size_t child)
{
	struct vmspy_witness witness[CHILDREN - 1];
	bool parent_left = history->frame[0] != history->at_fork[child];
	bool child_left = history->frame[child + 1] != history->at_fork[child];
	enum vmspy_testimony told;
	uint64_t frame;
	size_t count = 0;

	for (size_t i = 0; i < CHILDREN; i++)
		if (i != child)
			witness[count++] = (struct vmspy_witness){ history->frame[i + 1],
								   i < child ? OLDER : YOUNGER };
	told = vmspy_witness_judge(history->frame[0], history->frame[child + 1], witness, count,
				   &frame);
	assert_int_not_equal(told, VMSPY_TESTIMONY_CONTRADICTED);
	if (told == VMSPY_TESTIMONY_NONE)
		return;
	assert_int_equal(parent_left, told != VMSPY_TESTIMONY_CHILD_LEFT);
	assert_int_equal(child_left, told != VMSPY_TESTIMONY_PARENT_LEFT);
}

static void no_history_makes_them_lie(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < HISTORIES; bits++) {
		struct history history = play(bits);

		for (size_t child = 0; child < CHILDREN; child++)
			if (history.frame[0] != history.frame[child + 1])
				check_told(&history, child);
	}
}

TEST_MAIN(TEST(witnesses_prove_what_the_order_of_forks_allows),
	  TEST(the_page_of_a_file_is_nobodys_frame), TEST(no_history_makes_them_lie))
