/*
 * Kernel interfaces that are newer than the headers of Debian 12 (Linux 6.1). Probe by calling:
 * a kernel without them answers ENOTTY (or EINVAL for an ioctl of another file of /proc).
 * Source: include/uapi/linux/fs.h of Linux 6.18.
 */
#ifndef VMSPY_KERNEL_UAPI_H
#define VMSPY_KERNEL_UAPI_H

#include <linux/ioctl.h>
#include <stdint.h>

/* On /proc/PID/pagemap, since Linux 6.7. */
struct vmspy_pm_scan_arg {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walk_end;
	uint64_t vec;
	uint64_t vec_len;
	uint64_t max_pages;
	uint64_t category_inverted;
	uint64_t category_mask;
	uint64_t category_anyof_mask;
	uint64_t return_mask;
};

struct vmspy_page_region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

#define VMSPY_PAGEMAP_SCAN       _IOWR('f', 16, struct vmspy_pm_scan_arg)
#define VMSPY_PAGE_IS_WPALLOWED  (1 << 0)
#define VMSPY_PAGE_IS_WRITTEN    (1 << 1) /* set for everything unless userfaultfd-wp is armed */
#define VMSPY_PAGE_IS_FILE       (1 << 2)
#define VMSPY_PAGE_IS_PRESENT    (1 << 3)
#define VMSPY_PAGE_IS_SWAPPED    (1 << 4)
#define VMSPY_PAGE_IS_PFNZERO    (1 << 5)
#define VMSPY_PAGE_IS_HUGE       (1 << 6)
#define VMSPY_PAGE_IS_SOFT_DIRTY (1 << 7)
#define VMSPY_PAGE_IS_GUARD      (1 << 8) /* since Linux 6.15 */

/* On /proc/PID/maps, since Linux 6.11. */
struct vmspy_procmap_query {
	uint64_t size;
	uint64_t query_flags;
	uint64_t query_addr;
	uint64_t vma_start;
	uint64_t vma_end;
	uint64_t vma_flags;
	uint64_t vma_page_size;
	uint64_t vma_offset;
	uint64_t inode;
	uint32_t dev_major;
	uint32_t dev_minor;
	uint32_t vma_name_size;
	uint32_t build_id_size;
	uint64_t vma_name_addr;
	uint64_t build_id_addr;
};

#define VMSPY_PROCMAP_QUERY _IOWR('f', 17, struct vmspy_procmap_query)

#endif
