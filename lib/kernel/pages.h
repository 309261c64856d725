/* Page words, populated ranges and frame flags of a live process. */
#ifndef VMSPY_KERNEL_PAGES_H
#define VMSPY_KERNEL_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/host.h"
#include "kernel/process.h"
#include "kernel/uapi.h"

/*
 * Read `count` words of a pagemap from the page at `start` on.
 * ret:    ret[0 ... count - 1]. Pages above user space (vsyscall) read as 0.
 * Errors: GONE (the process has exited or run another program since the file was opened: the
 *         file reads 0 bytes then), SYSTEM.
 */
struct vmspy_error *vmspy_pages_words(int pagemap_fd, const struct vmspy_host *host, uint64_t start,
				      size_t count, uint64_t *ret) VMSPY_MUST_CHECK;

/* What vmspy_pages_populated() was asked and found. */
struct vmspy_populated {
	struct vmspy_page_region *region; /* room for `room` regions, the caller's */
	size_t room;      /* at most 512 are used: with more, walk_end of Linux <= 6.18 is stale */
	size_t max_pages; /* stop after so many populated pages; 0: no bound */
	size_t count;     /* out: regions found */
	uint64_t next;    /* out: everything before it has been looked at */
};

/*
 * Find present or swapped pages in [start, end) without reading a word for each hole.
 * populated: out: regions ascending, disjoint, inside [start, end), with FILE, PFNZERO, HUGE,
 *            GUARD of those that the kernel knows.
 * Errors: UNSUPPORTED (no PAGEMAP_SCAN: host->scan_categories is 0), GONE, SYSTEM.
 * Source: Documentation/admin-guide/mm/pagemap.rst, "Pagemap Scan IOCTL".
 */
struct vmspy_error *vmspy_pages_populated(int pagemap_fd, const struct vmspy_host *host,
					  uint64_t start, uint64_t end,
					  struct vmspy_populated *populated) VMSPY_MUST_CHECK;

/*
 * Look frames up in one of these files. Frames near each other cost one read together.
 * fd:     the file, open for reading.
 * frames: need not be sorted. A later look than the pagemap's: read the word again afterwards.
 * ret:    ret[i] is the word of frames[i]; 0 for a frame the file does not have.
 * Errors: SYSTEM.
 */
struct vmspy_error *vmspy_pages_facts(int fd, const uint64_t *frames, size_t count,
				      uint64_t *ret) VMSPY_MUST_CHECK;

#endif
