/* Which variables differ: runs of diverged pages, their bytes, and the names that lie there. */
#ifndef VMSPY_BLAME_CHANGED_H
#define VMSPY_BLAME_CHANGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "symbol/modules.h"
#include "symbol/values.h"

#define VMSPY_CHANGED_UNKNOWN UINT64_MAX /* not every diverged page of it could be compared */

/* A variable, or a part of a section without a name, that lies on diverged pages. */
struct vmspy_changed {
	const char *name; /* NULL: only the section is known. Strings are borrowed from modules */
	const char *section; /* NULL: not known */
	const char *object;
	uint64_t start;
	uint64_t size_bytes;
	uint64_t diverged_pages;             /* that it overlaps */
	uint64_t changed_bytes;              /* inside it; VMSPY_CHANGED_UNKNOWN */
	bool of_program;                     /* of the main program, not of a library */
	struct vmspy_value value_a, value_b; /* as far as its pages were compared */
};

/*
 * Shape: variables before nameless parts of sections, those of the program before those of its
 * libraries; then the most changed bytes first, the unknown ones last; then by address.
 */
struct vmspy_changed_list {
	struct vmspy_changed *changed;
	size_t count;
	size_t room;
};

/*
 * Name what differs. A variable on a diverged page whose own bytes are equal is left out: it was
 * copied along with its neighbour.
 * pair, modules: both of the same moment; neither space may be held.
 * ret:    end it with vmspy_changed_list_deinit(); its strings live as long as modules.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_changed_find(
	const struct vmspy_pair *pair, struct vmspy_modules *modules,
	struct vmspy_changed_list *ret) VMSPY_MUST_CHECK;

/*
 * ret: how many bytes of [start, end) differ, of which every page diverged; VMSPY_CHANGED_UNKNOWN
 *      if the bytes of one were not kept.
 */
uint64_t vmspy_changed_between(const struct vmspy_pair *pair, uint64_t start, uint64_t end);

VMSPY_PUBLIC void vmspy_changed_list_deinit(struct vmspy_changed_list *list);

#endif
