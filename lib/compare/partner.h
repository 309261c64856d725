/* The words of both sides, read so that each pair existed at one instant: alone, or by two threads. */
#ifndef VMSPY_COMPARE_PARTNER_H
#define VMSPY_COMPARE_PARTNER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
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

/* A thread that reads one half of a stretch while its caller reads the other. */
struct vmspy_partner;

/* ret: end it with vmspy_partner_destroy(). Errors: NO_MEMORY, SYSTEM. */
struct vmspy_error *vmspy_partner_create(struct vmspy_partner **ret) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_partner_destroy(struct vmspy_partner *partner);

/*
 * The same as vmspy_stretch_read(), by two threads: each word still stands between two of a, read
 * by one thread. Both spaces must be concurrent (vmspy_space_is_concurrent()).
 */
struct vmspy_error *vmspy_partner_read(struct vmspy_partner *partner,
				       const struct vmspy_stretch *stretch) VMSPY_MUST_CHECK;

#endif
