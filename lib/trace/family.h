/* The processes that are traced, and the memory that each of them has. */
#ifndef VMSPY_TRACE_FAMILY_H
#define VMSPY_TRACE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "format/stat.h"
#include "space/space.h"
#include "trace/image.h"
#include "trace/known.h"

enum {
	VMSPY_GLANCE_PAGES = 512,
};

/* Page words that were read together, because the next one asked for is mostly the next page. */
struct vmspy_glance {
	uint64_t start; /* byte address of the first page */
	size_t count;
	uint64_t read_ns;   /* before they were read */
	uint64_t last_page; /* that was asked for */
	uint64_t word[VMSPY_GLANCE_PAGES];
};

/* An address space; of a process and those that share it (vfork, CLONE_VM). */
struct vmspy_memory {
	unsigned references;
	struct vmspy_image *image; /* what is mapped, as it was last read */
	struct vmspy_known known;
	bool was_forked;       /* what is known dates from the last child that was forked */
	uint64_t refreshed_ns; /* when its mappings were read again in vain */
	struct vmspy_glance glance;
};

/* One process. */
struct vmspy_member {
	struct vmspy_member *next; /* in its slot */
	pid_t pid, parent_pid;
	unsigned depth;
	char comm[VMSPY_COMM_MAX];
	bool is_waiting;             /* a command that has yet to run its program */
	bool was_seen_off;           /* the last look was taken */
	struct vmspy_memory *memory; /* NULL: could not be read */
};

enum {
	VMSPY_FAMILY_SLOTS = 1024,
};

/* A zeroed struct is empty. */
struct vmspy_family {
	struct vmspy_member *slot[VMSPY_FAMILY_SLOTS]; /* by pid */
	size_t count;
};

void vmspy_family_deinit(struct vmspy_family *family);

/* ret: NULL: not traced. Borrowed. */
struct vmspy_member *vmspy_family_find(const struct vmspy_family *family, pid_t pid);

/*
 * Add a process without memory. One with that pid is forgotten.
 * ret:    borrowed until it is removed.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_family_add(struct vmspy_family *family, pid_t pid,
				     struct vmspy_member **ret) VMSPY_MUST_CHECK;

void vmspy_family_remove(struct vmspy_family *family, pid_t pid);

/* ret: the member that follows, in no order; NULL: there is none. member: NULL: the first. */
struct vmspy_member *vmspy_family_next(const struct vmspy_family *family,
				       const struct vmspy_member *member);

/*
 * image:  the memory's from now on, also on error.
 * ret:    one reference; end it with vmspy_memory_drop().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_memory_create(struct vmspy_image *image,
					struct vmspy_memory **ret) VMSPY_MUST_CHECK;

/* One more reference. ret: the same. */
struct vmspy_memory *vmspy_memory_keep(struct vmspy_memory *memory);

/* NULL is allowed. */
void vmspy_memory_drop(struct vmspy_memory *memory);

/*
 * Read the word of a page as it is now, or was a moment ago.
 * after_ns: CLOCK_MONOTONIC.
 * ret:      whether it could be read: the process may have gone.
 */
bool vmspy_memory_word(struct vmspy_memory *memory, uint64_t page_start, uint64_t after_ns,
		       uint64_t *ret);

/*
 * The mapping of an address; if none is known, all are read again.
 * pid:    of a process that has this memory.
 * ret:    NULL: nothing is mapped there, or it can not be read any more. Borrowed until the next
 *         call.
 */
const struct vmspy_mapping *vmspy_memory_mapping(struct vmspy_memory *memory, pid_t pid,
						 uint64_t address);

/*
 * Read again what is mapped: for whoever goes through all of it.
 * Errors: GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY; nothing has changed then.
 */
struct vmspy_error *vmspy_memory_refresh(struct vmspy_memory *memory, pid_t pid) VMSPY_MUST_CHECK;

#endif
