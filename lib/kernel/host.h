/* What this kernel and this user let us see. */
#ifndef VMSPY_KERNEL_HOST_H
#define VMSPY_KERNEL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "format/vmstat.h"

/* The files in which the kernel tells one word for each frame of the machine. */
enum vmspy_frame_fact {
	VMSPY_FRAME_FLAGS,     /* /proc/kpageflags: bits of format/kpageflags.h */
	VMSPY_FRAME_MAP_COUNT, /* /proc/kpagecount: how often it is mapped */
	VMSPY_FRAME_CGROUP,    /* /proc/kpagecgroup: inode of the memory cgroup that pays for it */
	VMSPY_FRAME_FACT_COUNT,
};

/* ret: "/proc/kpageflags", static. */
const char *vmspy_frame_fact_path(enum vmspy_frame_fact fact);

struct vmspy_host {
	char kernel[65];  /* uname -r */
	char machine[65]; /* uname -m of the kernel: "x86_64" */
	char boot_id[37]; /* empty if it cannot be read */
	uint32_t page_bytes;
	unsigned page_table_levels; /* of user space; 0: not known */
	bool soft_dirty_tracked;    /* CONFIG_MEM_SOFT_DIRTY: if not, bit 55 is always clear */
	bool frames_visible; /* pagemap shows frame numbers: CAP_SYS_ADMIN in the first user namespace */
	bool fact_visible
		[VMSPY_FRAME_FACT_COUNT]; /* the file can be opened: uid 0, no capability */
	uint64_t zero_frame;              /* the frame of the zero page; 0: not known */
	uint64_t scan_categories; /* of PAGEMAP_SCAN, that this kernel takes; 0: it has none */
};

/*
 * Find out by trying, on a page of our own, never by version.
 * Errors: UNSUPPORTED (/proc is not mounted, or is no procfs: the message says so), SYSTEM.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_host_probe(struct vmspy_host *ret) VMSPY_MUST_CHECK;

/* Read /proc/vmstat; counters that cannot be read are unknown. */
struct vmspy_vmstat vmspy_host_vmstat(void);

/* CLOCK_MONOTONIC. */
uint64_t vmspy_host_now_ns(void);

#endif
