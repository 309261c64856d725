/* Pages of one space, counted: by what stands there and its flags, and by how often they are mapped. */
#ifndef VMSPY_INSPECT_PAGE_SUMS_H
#define VMSPY_INSPECT_PAGE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "inspect/survey.h"

/* Pages that are alike. */
struct vmspy_page_sum {
	enum vmspy_standing standing;
	bool flags_known; /* false: what stands there has no flags, or they are hidden */
	uint64_t flags;
	uint64_t pages;
};

/* Shape: no two are alike; in no order. A zeroed struct is empty. */
struct vmspy_page_sums {
	struct vmspy_page_sum *sum;
	size_t count, room;
	size_t last;    /* that a page was added to */
	uint32_t *slot; /* where to find them: numbers of sums, plus one */
	size_t slot_count;
};

/* page: its pages are added to those that are alike. Errors: NO_MEMORY. */
VMSPY_PUBLIC struct vmspy_error *vmspy_page_sums_add(
	struct vmspy_page_sums *sums, const struct vmspy_page_sum *page) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_page_sums_deinit(struct vmspy_page_sums *sums);

/* What a frame is used for, by its flags. */
enum vmspy_page_use {
	VMSPY_USE_ANON,
	VMSPY_USE_SHMEM, /* shared memory: backed by swap, as private memory is */
	VMSPY_USE_FILE,
	VMSPY_USE_OTHER, /* the zero page, or the kernel's own */
	VMSPY_USE_COUNT,
};

VMSPY_PUBLIC enum vmspy_page_use vmspy_page_use_of(uint64_t flags);

enum {
	VMSPY_SHARERS_STEPS = 34 /* mapped by 0, 1, 2, 3-4, 5-8 ... times */
};

/* Pages by how often their frames are mapped. */
struct vmspy_sharers {
	uint64_t pages[VMSPY_SHARERS_STEPS][VMSPY_USE_COUNT];
};

/* ret: the step of a map count. */
VMSPY_PUBLIC size_t vmspy_sharers_step(uint64_t map_count);

/* The map counts of a step: lowest and highest. */
VMSPY_PUBLIC uint64_t vmspy_sharers_lowest(size_t step);
VMSPY_PUBLIC uint64_t vmspy_sharers_highest(size_t step);

#endif
