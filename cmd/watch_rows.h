/* diff --watch: what is kept of the round before, and which rows are told in this one. */
#ifndef VMSPY_CMD_WATCH_ROWS_H
#define VMSPY_CMD_WATCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "diff.h"
#include "report/pair_changes.h"
#include "report/row_marks.h"

enum {
	WATCH_TABLES = 5 /* as many as diff has */
};

struct watch {
	uint64_t round;                        /* 1: the first; 0: none yet */
	struct vmspy_counts_row totals;        /* of this round */
	struct vmspy_counts_row totals_change; /* since the round before */
	struct vmspy_interval_marks before, now;
	struct vmspy_interval_changes changes; /* from before to now */
	struct {
		const struct vmspy_column *columns; /* which table; NULL: none yet */
		struct vmspy_row_marks marks;       /* of its rows when it was last told */
	} table[WATCH_TABLES];
};

/* The number of the round, for JSON; the row is a struct watch. */
extern const struct vmspy_column watch_columns[];

/* Whether there was a round before. watch: NULL: there is but one answer. */
bool watch_is_later(const struct watch *watch);

/* Count what a round found beside what the round before did. Errors: NO_MEMORY. */
struct vmspy_error *watch_count(struct watch *watch,
				const struct vmspy_pair *pair) VMSPY_MUST_CHECK;

void watch_deinit(struct watch *watch);

/* The rows of a table that a round tells: in the first one all of them. */
struct told {
	const struct diff_table *table;
	struct vmspy_row_changes changes;
};

/*
 * Find the rows that were not there in the round before, or said something else in these columns,
 * and keep what they say for the next round: once for each table and round.
 * columns: NULL: a row is told once, whatever it says later, also when it comes back.
 * ret:    borrows the table; end it with told_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *told_find(struct watch *watch, const struct diff_table *table,
			      const struct vmspy_selection *columns,
			      struct told *ret) VMSPY_MUST_CHECK;

void told_deinit(struct told *told);

/* ret: the rows that are told, borrowed from both. */
struct vmspy_rows told_rows(const struct told *told);

/*
 * Print what is gone: rows of which nothing but the address is known. Not where the address is not
 * shown.
 */
void told_print_gone(const struct told *told, struct render *render,
		     const struct vmspy_selection *columns);

#endif
