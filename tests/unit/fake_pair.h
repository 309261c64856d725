/* A parent and its child that are made up, and what comes out of their comparison. */
#ifndef VMSPY_TESTS_FAKE_PAIR_H
#define VMSPY_TESTS_FAKE_PAIR_H

#include <stdlib.h>

#include "compare/pair.h"
#include "fake_space.h"

struct fake_pair {
	struct fake_machine machine;
	struct fake_space a, b;
	struct vmspy_pair_options options;
	struct vmspy_pair pair;
};

/* ret: with nothing mapped yet; end it with fake_pair_end(). */
static inline struct fake_pair *fake_pair_create(void)
{
	struct fake_pair *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->machine = fake_machine();
	fake_init(&fixture->a, &fixture->machine, FAKE_PARENT_PID);
	fake_init(&fixture->b, &fixture->machine, FAKE_CHILD_PID);
	return fixture;
}

static inline void fake_pair_end(struct fake_pair *fixture)
{
	vmspy_pair_deinit(&fixture->pair);
	vmspy_space_close(&fixture->a.space);
	vmspy_space_close(&fixture->b.space);
	free(fixture);
}

static inline struct vmspy_error *fake_pair_compare(struct fake_pair *fixture)
{
	return vmspy_pair_compare(&fixture->a.space, &fixture->b.space, &fixture->options,
				  &fixture->pair);
}

#endif
