/* Numbers that look random and are the same on every run. */
#ifndef VMSPY_TESTS_RANDOM_H
#define VMSPY_TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* xorshift64*: any seed but 0. */
struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * UINT64_C(0x2545f4914f6cdd1d);
}

/* A number below `limit`. */
static inline unsigned random_below(struct random *random, unsigned limit)
{
	return (unsigned)((random_next(random) >> 33) % limit);
}

/* True once in `times`. */
static inline bool random_once_in(struct random *random, unsigned times)
{
	return !random_below(random, times);
}

#endif
