/* What this kernel and this user let us see. */
#ifndef VMSPY_KERNEL_HOST_H
#define VMSPY_KERNEL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "format/vmstat.h"

struct vmspy_host {
	char kernel[65];  /* uname -r */
	char boot_id[37]; /* empty if it cannot be read */
	uint32_t page_bytes;
	bool frames_visible; /* pagemap shows frame numbers: CAP_SYS_ADMIN in the first user namespace */
	bool page_flags_visible; /* /proc/kpageflags can be opened: uid 0, no capability */
	uint64_t zero_frame;     /* the frame of the zero page; 0: not known */
	uint64_t
		scan_categories; /* PAGEMAP_SCAN categories this kernel takes; 0: it has no PAGEMAP_SCAN */
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
