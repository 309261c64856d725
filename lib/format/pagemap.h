/* /proc/PID/pagemap: one 64-bit word for each page of virtual address. */
#ifndef VMSPY_FORMAT_PAGEMAP_H
#define VMSPY_FORMAT_PAGEMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Where the memory behind a page is. */
enum vmspy_page_place {
	VMSPY_PAGE_NONE,         /* no page-table entry: never touched, or given back */
	VMSPY_PAGE_IN_FRAME,     /* present; frame says where */
	VMSPY_PAGE_FRAME_HIDDEN, /* present; we may not know where */
	VMSPY_PAGE_IN_SWAP,      /* swap_type and swap_offset say where */
	VMSPY_PAGE_SWAP_HIDDEN, /* bit 62 without a number: swapped or in flight, we may not know */
	VMSPY_PAGE_GUARD,       /* MADV_GUARD_INSTALL */
	VMSPY_PAGE_MARKER, /* a page-table marker: userfaultfd, poison, guard before Linux 6.15 */
	VMSPY_PAGE_IN_FLIGHT, /* a migration, device or poison entry: look again */
};

/* One decoded word. */
struct vmspy_page {
	enum vmspy_page_place place;
	bool file;      /* bit 61: page cache or shared memory, not anonymous */
	bool exclusive; /* bit 56: mapped once. Wrong on pages mapped by a huge entry: see below */
	bool write_protected; /* bit 57: userfaultfd */
	bool soft_dirty;      /* bit 55 */
	uint8_t swap_type;
	uint64_t frame;       /* number of the physical frame, of base pages */
	uint64_t swap_offset; /* in base pages */
};

/* The bits of a word, for loops over many words that only decode what differs. */
#define VMSPY_PAGEMAP_PRESENT         (UINT64_C(1) << 63)
#define VMSPY_PAGEMAP_SWAPPED         (UINT64_C(1) << 62)
#define VMSPY_PAGEMAP_FILE            (UINT64_C(1) << 61)
#define VMSPY_PAGEMAP_GUARD           (UINT64_C(1) << 58)
#define VMSPY_PAGEMAP_WRITE_PROTECTED (UINT64_C(1) << 57)
#define VMSPY_PAGEMAP_EXCLUSIVE       (UINT64_C(1) << 56)
#define VMSPY_PAGEMAP_SOFT_DIRTY      (UINT64_C(1) << 55)
#define VMSPY_PAGEMAP_FRAME_MASK      ((UINT64_C(1) << 55) - 1)

/*
 * Decode one entry of /proc/PID/pagemap. Every 64-bit value has a meaning: cannot fail.
 * Source: proc_pid_pagemap(5); Documentation/admin-guide/mm/pagemap.rst; include/linux/swap.h.
 * Note:   present with frame 0 is FRAME_HIDDEN: the kernel zeroes the number for callers without
 *         CAP_SYS_ADMIN. Two hidden frames would compare as "same".
 * Note:   swap types from 23 on are not swap areas but migration, device, poison and marker
 *         entries (MAX_SWAPFILES is 32 less those); 31 is the marker. Swapped and file is migration.
 * Note:   for a page mapped by a huge entry Linux evaluates bit 56 once, for the first page of the
 *         2 MiB (fixed in 6.11 by commit 2c1f057e5be6, lost again in 6.15).
 */
struct vmspy_page vmspy_pagemap_decode(uint64_t entry);

#endif
