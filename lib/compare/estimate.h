/* What the bytes of some pages say of all of them. Pure. */
#ifndef VMSPY_COMPARE_ESTIMATE_H
#define VMSPY_COMPARE_ESTIMATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vmspy_counts;

#define VMSPY_ESTIMATE_UNKNOWN UINT64_MAX

enum {
	VMSPY_ESTIMATE_PAGES_MIN = 64, /* fewer compared pages say nothing of those that were not */
	VMSPY_CHANGE_STEPS = 6
};

/* Exact where all pages were looked at. All are VMSPY_ESTIMATE_UNKNOWN, or none is. */
struct vmspy_estimate {
	uint64_t compared_pages; /* whose bytes can be read on both sides */
	uint64_t identical_pages;
	uint64_t changed_bytes;
};

static inline struct vmspy_estimate vmspy_estimate_unknown(void)
{
	return (struct vmspy_estimate){ VMSPY_ESTIMATE_UNKNOWN, VMSPY_ESTIMATE_UNKNOWN,
					VMSPY_ESTIMATE_UNKNOWN };
}

/*
 * counts: of pages that were drawn alike. Those that were not drawn are taken to be like those
 *         that were; unknown if these are too few, or if some count only because they differ.
 */
VMSPY_PUBLIC struct vmspy_estimate vmspy_estimate_of(const struct vmspy_counts *counts);

/* Add what is known of other pages. What is unknown of some is unknown of all. */
void vmspy_estimate_add(struct vmspy_estimate *sum, const struct vmspy_estimate *part);

/*
 * How many bytes were copied for each that changed.
 * ret: in thousandths; VMSPY_ESTIMATE_UNKNOWN where nothing is known, or nothing changed.
 */
VMSPY_PUBLIC uint64_t vmspy_estimate_amplification(const struct vmspy_estimate *estimate,
						   uint32_t page_bytes);

/* The steps of a histogram: none, few, ... nearly all bytes of a page changed. */
VMSPY_PUBLIC size_t vmspy_change_step(uint32_t changed_bytes);

/* ret: the largest number of changed bytes of a step (0 is one of its own). */
VMSPY_PUBLIC uint32_t vmspy_change_step_max(size_t step, uint32_t page_bytes);

#endif
