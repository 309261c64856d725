/* Two lists of mappings -> intervals in which each side has one mapping or none. Pure. */
#ifndef VMSPY_COMPARE_ALIGN_H
#define VMSPY_COMPARE_ALIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/verdict.h"
#include "space/space.h"

/* Mappings are borrowed from the layouts; at least one of them is not NULL. */
struct vmspy_interval {
	uint64_t start; /* byte addresses, half open */
	uint64_t end;
	const struct vmspy_mapping *a;
	const struct vmspy_mapping *b;
	struct vmspy_fit fit;
};

/* Shape: ascending, disjoint; together they cover every mapping of both sides exactly. */
struct vmspy_interval_list {
	struct vmspy_interval *interval;
	size_t count;
	size_t room;
};

/*
 * ret:    end it with vmspy_interval_list_deinit().
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_align(const struct vmspy_layout *a,
					     const struct vmspy_layout *b,
					     struct vmspy_interval_list *ret) VMSPY_MUST_CHECK;

/*
 * How two mappings fit together at an address inside both; nothing is said where one is NULL.
 * Permissions do not matter: mprotect leaves the memory where it is.
 */
struct vmspy_fit vmspy_align_fit(const struct vmspy_mapping *a, const struct vmspy_mapping *b,
				 uint64_t address);

/* Whether writes are seen by nobody else, on both sides. */
VMSPY_PUBLIC bool vmspy_interval_is_private(const struct vmspy_interval *interval);

/*
 * Whether the bytes of diverged pages here can have names: private memory of a file, the bss
 * behind it, and code that is made at run time. Permissions do not matter: RELRO data is read-only
 * by now.
 */
VMSPY_PUBLIC bool vmspy_interval_is_named(const struct vmspy_interval *interval);

/* How many bytes a pointer of a's program has: 4 or 8. */
size_t vmspy_interval_list_word_bytes(const struct vmspy_interval_list *intervals);

VMSPY_PUBLIC void vmspy_interval_list_deinit(struct vmspy_interval_list *list);

#endif
