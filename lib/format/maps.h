/* /proc/PID/maps: the mappings of an address space. */
#ifndef VMSPY_FORMAT_MAPS_H
#define VMSPY_FORMAT_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/scan.h"
#include "base/texts.h"

/* One mapping (the kernel's VMA), as one line of maps tells it. */
struct vmspy_vma {
	uint64_t start; /* byte addresses, half open */
	uint64_t end;
	uint64_t offset_bytes; /* of start in the file; 0 without a file */
	uint64_t inode;        /* 0 without a file */
	uint32_t device_major;
	uint32_t device_minor;
	bool readable;
	bool writable;
	bool executable;
	bool shared; /* MAP_SHARED: writes are seen by others, never copied */
	const char *
		name; /* NULL without one; otherwise as the kernel prints it, borrowed from the list */
};

/*
 * Shape:  vma[0] ... vma[count - 1], ascending by start, disjoint, start < end.
 *         A zeroed struct is an empty list.
 * Note:   names end at the line; the kernel prints a newline in a name as \012 and leaves a
 *         backslash as it is, so a name cannot always be turned back into the path.
 */
struct vmspy_vma_list {
	struct vmspy_vma *vma;
	size_t count;
	size_t room;
	struct vmspy_texts names; /* what the names point into */
};

/*
 * Read the whole text of /proc/PID/maps.
 * Source: proc_pid_maps(5); fs/proc/task_mmu.c:show_map_vma().
 * text:   need not end in NUL; copied. Lines without a path are kept. Empty text is an empty list.
 * ret:    end it with vmspy_vma_list_deinit().
 * Errors: BAD_DATA (a line that is none, or mappings that do not ascend), NO_MEMORY.
 */
struct vmspy_error *vmspy_maps_parse(const char *text, size_t length,
				     struct vmspy_vma_list *ret) VMSPY_MUST_CHECK;

/* Who gets the mappings, one by one. name: borrowed for the call; empty without one. */
struct vmspy_vma_sink {
	void *context;
	struct vmspy_error *(*take)(void *context, const struct vmspy_vma *vma,
				    struct vmspy_scan name);
	uint64_t lowest; /* end of the mapping before: set by the parser, 0 at first */
	size_t count;    /* how many so far */
};

/*
 * Take the complete lines at the front of text, in pieces of any size.
 * used:   how many bytes were taken; give the rest again, with more behind it.
 * Errors: BAD_DATA as vmspy_maps_parse(), those of the sink.
 */
struct vmspy_error *vmspy_maps_feed(struct vmspy_vma_sink *sink, const char *text, size_t length,
				    size_t *used) VMSPY_MUST_CHECK;

/*
 * Give a mapping to a sink, if it ascends.
 * ret_why: what is wrong with it, NULL if nothing is.
 */
struct vmspy_error *vmspy_vma_sink_give(struct vmspy_vma_sink *sink, const struct vmspy_vma *vma,
					struct vmspy_scan name,
					const char **ret_why) VMSPY_MUST_CHECK;

/*
 * Read the head line of one mapping (maps and smaps share it), without its newline.
 * ret:    ret->name is not set.
 * line:   in and out: what is left of it is the name; empty without one.
 * Errors: BAD_DATA.
 */
struct vmspy_error *vmspy_maps_parse_line(struct vmspy_scan *line,
					  struct vmspy_vma *ret) VMSPY_MUST_CHECK;

/* ret: the mapping that holds the address, NULL if none does. Borrowed. Binary search. */
VMSPY_PUBLIC const struct vmspy_vma *vmspy_vma_find(const struct vmspy_vma_list *list,
						    uint64_t address);

/*
 * Whether two mappings have one device and one inode.
 * Note: so have any two without a file.
 */
bool vmspy_vma_same_inode(const struct vmspy_vma *a, const struct vmspy_vma *b);

void vmspy_vma_list_deinit(struct vmspy_vma_list *list);

#endif
