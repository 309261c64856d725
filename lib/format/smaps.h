/* /proc/PID/smaps: how much of each mapping is resident, shared, private, swapped. */
#ifndef VMSPY_FORMAT_SMAPS_H
#define VMSPY_FORMAT_SMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum vmspy_smaps_field {
	VMSPY_SMAPS_SIZE,
	VMSPY_SMAPS_RSS,
	VMSPY_SMAPS_PSS,
	VMSPY_SMAPS_SHARED_CLEAN,
	VMSPY_SMAPS_SHARED_DIRTY,
	VMSPY_SMAPS_PRIVATE_CLEAN,
	VMSPY_SMAPS_PRIVATE_DIRTY,
	VMSPY_SMAPS_ANONYMOUS,
	VMSPY_SMAPS_ANON_HUGE,
	VMSPY_SMAPS_SHMEM_HUGE,
	VMSPY_SMAPS_FILE_HUGE,
	VMSPY_SMAPS_SHARED_HUGETLB,
	VMSPY_SMAPS_PRIVATE_HUGETLB,
	VMSPY_SMAPS_SWAP,
	VMSPY_SMAPS_SWAP_PSS,
	VMSPY_SMAPS_LOCKED,
	VMSPY_SMAPS_FIELD_COUNT,
};

enum {
	VMSPY_SMAPS_FLAGS_MAX = 64
}; /* two-letter flags that are kept of one mapping */

/* The counters of one mapping. */
struct vmspy_smaps {
	uint64_t start; /* of the mapping they belong to */
	uint64_t end;
	uint64_t bytes[VMSPY_SMAPS_FIELD_COUNT]; /* kB of the kernel, times 1024 */
	uint32_t known; /* bit (1 << field): this kernel told it; otherwise it is unknown, not 0 */
	uint8_t flag_count; /* VmFlags, in the kernel's order */
	bool flags_known;
	char flags[VMSPY_SMAPS_FLAGS_MAX][2];
};

/* Shape: ascending by start, disjoint. A zeroed struct is an empty list. */
struct vmspy_smaps_list {
	struct vmspy_smaps *smaps;
	size_t count;
	size_t room;
};

/*
 * Take the complete lines at the front of text, in pieces of any size: 60,000 mappings are
 * 45 MiB of text that need not be kept.
 * Source: proc_pid_smaps(5). Unknown keys are skipped: later kernels add some.
 * used:   how many bytes were taken; give the rest again, with more behind it. The last piece
 *         of a well-formed file is used up wholly.
 * Errors: BAD_DATA (a value before the first mapping, a mapping that does not ascend), NO_MEMORY.
 */
struct vmspy_error *vmspy_smaps_feed(struct vmspy_smaps_list *list, const char *text, size_t length,
				     size_t *used) VMSPY_MUST_CHECK;

/* ret: the counters of exactly this mapping, NULL if it was not there. Borrowed. Binary search. */
const struct vmspy_smaps *vmspy_smaps_find(const struct vmspy_smaps_list *list, uint64_t start,
					   uint64_t end);

VMSPY_PUBLIC void vmspy_smaps_list_deinit(struct vmspy_smaps_list *list);

#endif
