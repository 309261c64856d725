/* /proc/PID/smaps: how much of each mapping is resident, shared, private, swapped. */
#ifndef VMSPY_FORMAT_SMAPS_H
#define VMSPY_FORMAT_SMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum vmspy_smaps_field {
	VMSPY_SMAPS_SIZE,
	VMSPY_SMAPS_KERNEL_PAGE,
	VMSPY_SMAPS_MMU_PAGE,
	VMSPY_SMAPS_RSS,
	VMSPY_SMAPS_PSS,
	VMSPY_SMAPS_PSS_DIRTY,
	VMSPY_SMAPS_SHARED_CLEAN,
	VMSPY_SMAPS_SHARED_DIRTY,
	VMSPY_SMAPS_PRIVATE_CLEAN,
	VMSPY_SMAPS_PRIVATE_DIRTY,
	VMSPY_SMAPS_REFERENCED,
	VMSPY_SMAPS_ANONYMOUS,
	VMSPY_SMAPS_KSM,
	VMSPY_SMAPS_LAZY_FREE,
	VMSPY_SMAPS_ANON_HUGE,
	VMSPY_SMAPS_SHMEM_HUGE,
	VMSPY_SMAPS_FILE_HUGE,
	VMSPY_SMAPS_SHARED_HUGETLB,
	VMSPY_SMAPS_PRIVATE_HUGETLB,
	VMSPY_SMAPS_SWAP,
	VMSPY_SMAPS_SWAP_PSS,
	VMSPY_SMAPS_LOCKED,
	VMSPY_SMAPS_THP_ELIGIBLE,   /* 0 or 1 */
	VMSPY_SMAPS_PROTECTION_KEY, /* a number; only where the processor has such keys */
	VMSPY_SMAPS_FIELD_COUNT,
};

enum {
	VMSPY_SMAPS_FLAGS_MAX = 64, /* two-letter flags that are kept of one mapping */
	VMSPY_SMAPS_FLAGS_TEXT = 3 * VMSPY_SMAPS_FLAGS_MAX,
	VMSPY_SMAPS_NO_FLAGS = 0, /* of a mapping whose flags were not told */
};

/* The counters of one mapping. */
struct vmspy_smaps {
	uint64_t start; /* of the mapping they belong to */
	uint64_t end;
	uint64_t value[VMSPY_SMAPS_FIELD_COUNT]; /* sizes in bytes: kB of the kernel, times 1024 */
	uint32_t known; /* bit (1 << field): this kernel told it; otherwise it is unknown, not 0 */
	uint32_t flags; /* 1 + index of its VmFlags in the list's flag sets, or NO_FLAGS */
};

/* VmFlags as the kernel wrote them, "rd wr mr", in its order: most mappings have those of others. */
struct vmspy_smaps_flags {
	char text[VMSPY_SMAPS_FLAGS_TEXT];
};

struct vmspy_vma_sink;

/* Shape: ascending by start, disjoint. A zeroed struct is an empty list. */
struct vmspy_smaps_list {
	struct vmspy_smaps *smaps;
	size_t count;
	size_t room;
	struct vmspy_smaps_flags *flags;
	size_t flags_count;
	size_t flags_room;
	unsigned expected;           /* the key that the next line is likely to have */
	struct vmspy_vma_sink *vmas; /* borrowed: gets the mappings themselves; NULL: not wanted */
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

/*
 * ret:  the VmFlags of a mapping, with one space between them; "" if it has none, NULL if they were
 *       not told. Borrowed from the list. Those that are no two letters are left out.
 */
const char *vmspy_smaps_flags(const struct vmspy_smaps_list *list, const struct vmspy_smaps *smaps);

VMSPY_PUBLIC void vmspy_smaps_list_deinit(struct vmspy_smaps_list *list);

#endif
