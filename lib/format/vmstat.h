/* /proc/vmstat: what the kernel moved by itself. */
#ifndef VMSPY_FORMAT_VMSTAT_H
#define VMSPY_FORMAT_VMSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters since boot. Unknown ones (this kernel has no such line) are UINT64_MAX. */
struct vmspy_vmstat {
	uint64_t migrated_pages;    /* pgmigrate_success */
	uint64_t swapped_in_pages;  /* pswpin */
	uint64_t swapped_out_pages; /* pswpout */
	uint64_t collapsed_count;   /* thp_collapse_alloc: huge pages, not base pages */
};

/* Read the text of /proc/vmstat. Lines that are none are skipped: cannot fail. */
struct vmspy_vmstat vmspy_vmstat_parse(const char *text, size_t length);

#endif
