/* The words of both sides, read so that each pair existed at one instant: alone, or by two threads. */
#ifndef VMSPY_COMPARE_STRETCH_H
#define VMSPY_COMPARE_STRETCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/second.h"
#include "space/space.h"

/* What is read, and where to: count words in each array. */
struct vmspy_stretch {
	struct vmspy_space *a, *b;
	uint64_t start;
	size_t count;
	uint64_t *first_a, *first_b;
	uint64_t *second_a; /* read after b: a pair counts where it equals first_a */
};

/* Read a, b, a. Errors: GONE, SYSTEM. */
struct vmspy_error *vmspy_stretch_read(const struct vmspy_stretch *stretch) VMSPY_MUST_CHECK;

/*
 * The same by two threads, each one half: each word still stands between two of a, read by one
 * thread. Both spaces must be concurrent (vmspy_space_is_concurrent()).
 */
struct vmspy_error *vmspy_stretch_share(struct vmspy_second *second,
					const struct vmspy_stretch *stretch) VMSPY_MUST_CHECK;

#endif
