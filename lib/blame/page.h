/* What differs on one page: stretches of bytes, and the names of what they are. */
#ifndef VMSPY_BLAME_PAGE_H
#define VMSPY_BLAME_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "blame/changed.h"
#include "compare/pair.h"
#include "symbol/modules.h"
#include "types/members.h"

/* Adjacent bytes that differ, all of one variable or member. */
struct vmspy_page_change {
	uint64_t offset_bytes; /* in the page */
	uint64_t size_bytes;
	char *symbol; /* "server.dirty", "table+0x10", ".got.plt+0x8"; NULL: none lies here */
	char *clue;   /* "-8 from PyLong_Type": the nearest pointer on the page; NULL: none */
};

/* Shape: ascending by offset, disjoint. */
struct vmspy_page_changes {
	struct vmspy_page_change *change;
	size_t count;
	size_t room;
	uint64_t changed_bytes; /* VMSPY_CHANGED_UNKNOWN: a side has no bytes */
};

/* What is known of names. typed->typed[i] is of changed->changed[i], or the list is empty. */
struct vmspy_page_names {
	struct vmspy_modules *modules;
	const struct vmspy_changed_list *changed;
	const struct vmspy_typed_list *typed;
};

/*
 * Name what differs on pair->kept.
 * names:  neither space may be held: looking up names is slow.
 * ret:    end it with vmspy_page_changes_deinit().
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_page_changes_find(
	const struct vmspy_pair *pair, const struct vmspy_page_names *names,
	struct vmspy_page_changes *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_page_changes_deinit(struct vmspy_page_changes *changes);

#endif
