/*
 * What lies on diverged pages that have no symbols: whatever they point to has. A heap page full
 * of pointers to PyUnicode_Type holds strings. Evidence, not proof.
 */
#ifndef VMSPY_BLAME_CLUES_H
#define VMSPY_BLAME_CLUES_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "symbol/modules.h"

/* A named object that diverged pages point to the start of (or into: a vtable). */
struct vmspy_clue {
	char *name;         /* demangled; a string literal stands in quotes, escaped */
	const char *object; /* borrowed from modules */
	uint64_t address;   /* of the object */
	uint64_t pages;     /* diverged, that hold such pointers; at least, if they point into it */
	uint64_t words;     /* how many pointers */
	/* The commonest distance of a changed word from such a pointer; changed_words 0: none. */
	int64_t changed_distance_bytes;
	uint64_t changed_words;
};

/* Shape: most words first; at most VMSPY_CLUES_MAX. */
struct vmspy_clue_list {
	struct vmspy_clue *clue;
	size_t count;
	size_t room;
	uint64_t counted_pages;  /* diverged pages without symbols that were looked at */
	uint64_t pointer_words;  /* that point into programs and libraries, at whatever */
	uint64_t left_out_words; /* the same, of which more is not known: they were too many */
};

enum {
	VMSPY_CLUES_MAX = 64
};

/*
 * Name what a comparison counted (pair->census; without one the list is empty). Named are variables
 * by pointers to their first byte, vtables by pointers into them, and string literals.
 * pair, modules: both of the same moment, modules of a; neither space may be held.
 * ret:    end it with vmspy_clue_list_deinit().
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_clues_find(const struct vmspy_pair *pair,
						  struct vmspy_modules *modules,
						  struct vmspy_clue_list *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_clue_list_deinit(struct vmspy_clue_list *list);

#endif
