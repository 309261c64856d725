/* The sentences that matter most: what broke the sharing, in words, with the numbers. */
#ifndef VMSPY_BLAME_FINDINGS_H
#define VMSPY_BLAME_FINDINGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "blame/changed.h"
#include "blame/clues.h"
#include "blame/stacks.h"
#include "compare/pair.h"
#include "types/members.h"

enum {
	VMSPY_FINDINGS_MAX = 7 /* more than that nobody reads */
};

struct vmspy_finding {
	const char *id;   /* does not change between versions: "copied-for-nothing". Static */
	char *text;       /* one sentence; what a target chose is escaped for a line of text */
	char *subject;    /* the variable, mapping or type that it is about; NULL: all of them */
	uint64_t bytes;   /* of memory that it is about: its weight */
	bool in_headline; /* the totals of a comparison are headed by it: a text need not repeat it */
};

/* Shape: the largest first; at most VMSPY_FINDINGS_MAX. */
struct vmspy_finding_list {
	struct vmspy_finding *finding;
	size_t count;
	size_t room;
};

/* All that is known. Lists that were not made are empty. Borrowed. */
struct vmspy_evidence {
	const struct vmspy_pair *pair;
	const struct vmspy_changed_list *changed;
	const struct vmspy_typed_list
		*typed; /* typed[i] is of changed[i]; NULL or empty: no types */
	const struct vmspy_clue_list *clues;
	const struct vmspy_stacks *stacks;
};

/*
 * ret:    end it with vmspy_finding_list_deinit(). Empty for one space under two names.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_findings_make(
	const struct vmspy_evidence *evidence, struct vmspy_finding_list *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_finding_list_deinit(struct vmspy_finding_list *list);

#endif
