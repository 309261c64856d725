/* What is not mapped between mappings. */
#ifndef VMSPY_REPORT_GAPS_H
#define VMSPY_REPORT_GAPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "space/space.h"

struct vmspy_gap {
	uint64_t start, end;
	size_t next; /* the mapping behind it, by its place in the layout; its count: none */
};

/* Ascending. A zeroed struct is an empty list. */
struct vmspy_gap_list {
	struct vmspy_gap *gap;
	size_t count;
	size_t room;
};

/* ret: first byte that the process could not map, 0 if that is not known. */
uint64_t vmspy_user_end(const struct vmspy_host *host, const struct vmspy_layout *layout);

/*
 * Find what is not mapped: below the first mapping, between two, and above the last one.
 * user_end: where user space ends; 0: not known, then there is no gap above the last mapping. What
 *           lies beyond (vsyscall) has no gaps around it.
 * ret:      end it with vmspy_gap_list_deinit().
 * Errors:   NO_MEMORY.
 */
struct vmspy_error *vmspy_gaps_find(const struct vmspy_layout *layout, uint64_t user_end,
				    struct vmspy_gap_list *ret) VMSPY_MUST_CHECK;

void vmspy_gap_list_deinit(struct vmspy_gap_list *list);

#endif
