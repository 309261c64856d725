/*
 * One address space: who it is, what is mapped, and the questions that can be asked of it.
 * A live process answers them; everything above this floor only knows this face.
 */
#ifndef VMSPY_SPACE_SPACE_H
#define VMSPY_SPACE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "format/maps.h"
#include "format/perf_map.h"
#include "format/smaps.h"
#include "format/stat.h"
#include "kernel/address_facts.h"
#include "kernel/host.h"
#include "kernel/pages.h"
#include "kernel/threads.h"
#include "space/kinds.h"

struct vmspy_space;

struct vmspy_identity {
	pid_t pid;
	pid_t parent_pid;
	char comm[VMSPY_COMM_MAX];
	const char *exe; /* NULL: may not be read. Borrowed from the space */
	uint64_t start_time_ticks;
};

/* Shape: mapping[0] ... mapping[count - 1], ascending by vma.start, disjoint. */
struct vmspy_layout {
	struct vmspy_mapping *mapping;
	size_t count;
	struct vmspy_mm_bounds bounds;
	uint64_t brk; /* end of the heap; 0: not known, or there is none */
};

/*
 * Find a live process and pin it. Nothing of it is read yet but who it is.
 * host:   borrowed, must outlive the space.
 * ret:    end it with vmspy_space_close(); its calls belong to one thread.
 * Errors: GONE, UNSUPPORTED (kernel thread), NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_open(pid_t pid, const struct vmspy_host *host,
						  struct vmspy_space **ret) VMSPY_MUST_CHECK;

/* Releases it if it is held. NULL is allowed. */
VMSPY_PUBLIC void vmspy_space_close(struct vmspy_space *space);

VMSPY_PUBLIC const struct vmspy_identity *vmspy_space_identity(const struct vmspy_space *space);
VMSPY_PUBLIC const struct vmspy_host *vmspy_space_host(const struct vmspy_space *space);

/*
 * Stop every thread of it; until vmspy_space_release() nothing slow may be done. Where that is
 * permitted the calling thread has nice value -20 meanwhile: others wait for it.
 * Errors: GONE, NOT_PERMITTED, UNSUPPORTED, SYSTEM; nothing stays stopped then.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_hold(struct vmspy_space *space) VMSPY_MUST_CHECK;

/*
 * Do all that can be done of a hold while it runs on: of two that are to be held at once, first of
 * both. vmspy_space_release() takes it back.
 * Errors: as vmspy_space_hold().
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_prepare_hold(struct vmspy_space *space)
	VMSPY_MUST_CHECK;

/* ret: how long it was held, in ns; 0 if it was not. */
VMSPY_PUBLIC uint64_t vmspy_space_release(struct vmspy_space *space);

/* Whether every thread of it is stopped by us now. Threads in state D cannot be. */
VMSPY_PUBLIC bool vmspy_space_is_held(const struct vmspy_space *space);

/*
 * Read the mappings and the bounds, and open what the questions below need: after the hold, for
 * an exec in between would leave files that read 0 bytes. May be called again.
 * Errors: GONE, NOT_PERMITTED, BAD_DATA, SYSTEM, NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_load(struct vmspy_space *space) VMSPY_MUST_CHECK;

/*
 * The same with the counters of the mappings, of one reading: none of them has changed in between.
 * ret:    end it with vmspy_smaps_list_deinit().
 * Errors: those of vmspy_space_load() and vmspy_space_smaps().
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_load_sized(
	struct vmspy_space *space, struct vmspy_smaps_list *ret) VMSPY_MUST_CHECK;

/* ret: borrowed until the next vmspy_space_load(); empty before the first. */
VMSPY_PUBLIC const struct vmspy_layout *vmspy_space_layout(const struct vmspy_space *space);

/*
 * Look at the mappings again: which are no longer what vmspy_space_load() found?
 * ret:    ret[i] is set for layout->mapping[i]: its range is not mapped any more, or is something
 *         else now (device, inode, offset, private or shared). One that only grew is unchanged.
 * Errors: GONE, NOT_PERMITTED, BAD_DATA, SYSTEM, NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_changed(struct vmspy_space *space,
						     bool *ret) VMSPY_MUST_CHECK;

/* ret: the index of the first mapping that ends above the address; the count if none does. */
size_t vmspy_layout_end_above(const struct vmspy_layout *layout, uint64_t address);

/* ret: the mapping that holds the address, NULL if none does. Borrowed. */
VMSPY_PUBLIC const struct vmspy_mapping *vmspy_layout_find(const struct vmspy_layout *layout,
							   uint64_t address);

/*
 * Whether nothing of a mapping is resident or swapped, by its counters. Slow the first time: for
 * kernels without PAGEMAP_SCAN, where reading the words of a large reservation takes longer.
 * Note:   zero pages are in no counter.
 * Errors: GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_is_empty(struct vmspy_space *space,
						      const struct vmspy_mapping *mapping,
						      bool *ret) VMSPY_MUST_CHECK;

/* The counters of /proc/PID/smaps. Slow on large processes: ask only when they are shown. */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_smaps(struct vmspy_space *space,
						   struct vmspy_smaps_list *ret) VMSPY_MUST_CHECK;

/* Populated ranges, page words, frame flags: see kernel/pages.h. Needs vmspy_space_load(). */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_populated(
	struct vmspy_space *space, uint64_t start, uint64_t end,
	struct vmspy_populated *populated) VMSPY_MUST_CHECK;
VMSPY_PUBLIC struct vmspy_error *vmspy_space_words(struct vmspy_space *space, uint64_t start,
						   size_t count, uint64_t *ret) VMSPY_MUST_CHECK;

/*
 * Whether several threads may ask it at once, after a load, from now on: for words, populated
 * ranges and bytes, and for facts of frames that were asked for before. All else belongs to one thread.
 */
VMSPY_PUBLIC bool vmspy_space_is_concurrent(struct vmspy_space *space);

/* Frames to look up. */
struct vmspy_frames {
	const uint64_t *frame;
	size_t count;
};

/*
 * What the kernel knows of frames: see kernel/pages.h.
 * ret:    one word for each.
 * Errors: UNSUPPORTED where it cannot be seen (host->fact_visible), SYSTEM.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_frame_facts(struct vmspy_space *space,
							 enum vmspy_frame_fact fact,
							 struct vmspy_frames frames,
							 uint64_t *ret) VMSPY_MUST_CHECK;

/* Bytes of present pages: see kernel/memory.h. */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_bytes(struct vmspy_space *space, uint64_t address,
						   void *bytes, size_t size,
						   size_t *ret_bytes) VMSPY_MUST_CHECK;

/*
 * The threads without their names, and where each of them stands: see kernel/threads.h.
 * ret:    end it with vmspy_thread_list_deinit().
 * Errors: UNSUPPORTED (a space without threads), NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_threads(
	struct vmspy_space *space, struct vmspy_thread_list *ret) VMSPY_MUST_CHECK;

/*
 * Add the names of threads, when nothing is held any more: see kernel/threads.h.
 * wanted: one for each of the list; NULL: all.
 */
VMSPY_PUBLIC void vmspy_space_name_threads(const struct vmspy_space *space, const bool *wanted,
					   struct vmspy_thread_list *list);

/* The file really mapped: see kernel/files.h. */
VMSPY_PUBLIC struct vmspy_error *vmspy_space_open_file(struct vmspy_space *space,
						       const struct vmspy_mapping *mapping,
						       int *ret_fd) VMSPY_MUST_CHECK;

/*
 * What decides its shape: see kernel/address_facts.h.
 * ret: end it with vmspy_address_facts_deinit(); all of it may be unknown.
 */
struct vmspy_address_facts vmspy_space_address_facts(const struct vmspy_space *space);

/* The names of code that the process makes, and the path of the file that they come from. */
struct vmspy_space_perf_map {
	struct vmspy_perf_map map;
	char *path; /* as the process sees it; NULL without a map */
};

/*
 * Read /tmp/perf-PID.map, if it belongs to the user of the process: see kernel/perf_map_file.h.
 * ret:    end it with vmspy_space_perf_map_deinit(); empty where there is none.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_space_perf_map(struct vmspy_space *space,
					 struct vmspy_space_perf_map *ret) VMSPY_MUST_CHECK;

void vmspy_space_perf_map_deinit(struct vmspy_space_perf_map *map);

#endif
