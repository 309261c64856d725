/* The rows of `vmspy diff` about mappings, sides and totals. */
#ifndef VMSPY_REPORT_PAIR_ROWS_H
#define VMSPY_REPORT_PAIR_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "compare/pair.h"
#include "report/column.h"
#include "report/perm.h"

enum {
	VMSPY_NEED_BYTES = 1 << 1,    /* bytes of diverged pages are read on both sides */
	VMSPY_NEED_SIBLINGS = 1 << 2, /* the parent's other children are asked */
	VMSPY_NEED_STACKS = 1 << 3,   /* stacks are kept and unwound */
};

/* Pages of one interval, or of all. What was not compared has no identical pages: unknown. */
struct vmspy_counts_row {
	uint64_t shared_pages, diverged_pages, identical_pages;
	uint64_t only_a_pages, only_b_pages, lazy_a_pages, lazy_b_pages;
	uint64_t separate_pages, unknown_pages;
	uint64_t compared_pages, changed_bytes;
	uint64_t left_a_pages, left_b_pages, left_both_pages;
};

/* The totals; `diff` shows all of them. */
extern const struct vmspy_column vmspy_totals_columns[];

/* The same of a row whose counts are changes: vmspy_change_of(). */
extern const struct vmspy_column vmspy_totals_change_columns[];

struct vmspy_counts_row vmspy_counts_row_of(const struct vmspy_counts *counts);

/* One interval in which each side has one mapping or none. Strings are borrowed. */
struct vmspy_interval_row {
	uint64_t start, end;
	const char *in;                     /* "both", "a", "b" */
	const char *perm, *perm_a, *perm_b; /* perm: where both agree, or there is one side */
	const char *kind, *area;
	const char *object, *object_a, *object_b;
	struct vmspy_counts_row counts;
	/* Of all comparable pages, from those that were compared; ratio: bytes copied per byte changed. */
	uint64_t estimated_identical_pages, estimated_changed_bytes, amplification;
	uint64_t copy_bytes; /* what one write copies; unknown where none does */
	char perm_text[2][VMSPY_PERM_TEXT];
};

extern const struct vmspy_column vmspy_interval_columns[];

/* The same columns, in the same order, of a row whose counts are changes. */
extern const struct vmspy_column vmspy_interval_change_columns[];

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
	uint64_t stop_ns, words_ns, siblings_ns, bytes_ns, stacks_ns, release_ns, rounds,
		disturbed_pages, slices, longest_ns, max_ns;
};

extern const struct vmspy_column vmspy_hold_columns[];

struct vmspy_hold_row vmspy_hold_row_of(const struct vmspy_pair *pair);

/* Who was asked which side left the common frame. */
struct vmspy_asked_row {
	uint64_t known_count, asked_count, unasked_pages;
};

extern const struct vmspy_column vmspy_asked_columns[];

struct vmspy_asked_row vmspy_asked_row_of(const struct vmspy_pair *pair);

/* One of them. */
struct vmspy_sibling_row {
	uint64_t pid;
	const char *age;
};

extern const struct vmspy_column vmspy_sibling_columns[];

/* index: below pair->asked.count. */
struct vmspy_sibling_row vmspy_sibling_row_of(const struct vmspy_pair *pair, size_t index);

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
