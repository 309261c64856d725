/* The rows of `vmspy diff` about mappings, sides and totals. */
#ifndef VMSPY_REPORT_PAIR_ROWS_H
#define VMSPY_REPORT_PAIR_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "compare/pair.h"
#include "report/column.h"
#include "report/perm.h"

enum {
	VMSPY_NEED_BYTES = 1 << 1
}; /* bytes of diverged pages are read on both sides */

/* Pages of one interval, or of all. What was not compared has no identical pages: unknown. */
struct vmspy_counts_row {
	uint64_t shared_pages, diverged_pages, identical_pages;
	uint64_t only_a_pages, only_b_pages, lazy_a_pages, lazy_b_pages;
	uint64_t separate_pages, unknown_pages;
	uint64_t compared_pages, changed_bytes;
};

/* The totals; `diff` shows all of them. */
extern const struct vmspy_column vmspy_totals_columns[];

struct vmspy_counts_row vmspy_counts_row_of(const struct vmspy_counts *counts);

/* One interval in which each side has one mapping or none. Strings are borrowed. */
struct vmspy_interval_row {
	uint64_t start, end;
	const char *in;                     /* "both", "a", "b" */
	const char *perm, *perm_a, *perm_b; /* perm: where both agree, or there is one side */
	const char *kind;
	const char *object, *object_a, *object_b;
	struct vmspy_counts_row counts;
	char perm_text[2][VMSPY_PERM_TEXT];
};

extern const struct vmspy_column vmspy_interval_columns[];

/* index: below pair->intervals.count. ret: filled in place, not to be copied. */
void vmspy_interval_row_get(const struct vmspy_pair *pair, size_t index,
			    struct vmspy_interval_row *ret);

/* One of the two processes. Strings are borrowed. Pages of one address space are unknown. */
struct vmspy_side_row {
	uint64_t pid;
	const char *comm, *exe;
	uint64_t start_time_ticks;
	uint64_t held, hold_ns;
	uint64_t present_pages, swapped_pages, zero_pages, hugetlb_pages, uncounted_pages;
};

extern const struct vmspy_column vmspy_side_columns[];

struct vmspy_side_row vmspy_side_row_of(const struct vmspy_identity *identity,
					const struct vmspy_pair *pair, bool is_b);

/* What a is to b. */
struct vmspy_relation_row {
	const char *relation;
};

extern const struct vmspy_column vmspy_relation_columns[];

struct vmspy_relation_row vmspy_relation_row_of(const struct vmspy_pair *pair);

/* How long what took; `rounds` of reading again what would not settle. */
struct vmspy_hold_row {
	uint64_t stop_ns, words_ns, bytes_ns, release_ns, rounds, disturbed_pages;
};

extern const struct vmspy_column vmspy_hold_columns[];

struct vmspy_hold_row vmspy_hold_row_of(const struct vmspy_pair *pair);

/* Why pages are unknown, and what would help. */
struct vmspy_unknown_row {
	const char *reason;
	uint64_t pages;
	const char *remedy;
};

extern const struct vmspy_column vmspy_unknown_columns[];

struct vmspy_unknown_row vmspy_unknown_row_of(const struct vmspy_pair *pair,
					      enum vmspy_reason reason);

/* What the kernel moved meanwhile; the row is a struct vmspy_vmstat. */
extern const struct vmspy_column vmspy_moved_columns[];

#endif
