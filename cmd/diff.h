/* One `vmspy diff`: what was asked, what came out, and who prints which part of it. */
#ifndef VMSPY_CMD_DIFF_H
#define VMSPY_CMD_DIFF_H

#include "blame/findings.h"
#include "compare/pair.h"
#include "limit.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/order.h"
#include "types/members.h"

struct diff {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output;
	struct limit limit;
	enum vmspy_content content; /* as asked for */
	size_t symbols_max;         /* of --symbols=N; SIZE_MAX: all */
	uint64_t hex_address;       /* of --hex */
	uint64_t max_hold_ns;       /* of --max-hold; 0: not given */
	uint64_t watch_ns;          /* of --watch; 0: not given */
	struct watch *watch;        /* what rounds before found; NULL: there is but one answer */
	struct vmspy_space *a, *b;
	struct vmspy_pair pair;
	struct vmspy_modules *modules;
	struct vmspy_modules *modules_b; /* NULL: not needed */
	struct vmspy_changed_list changed;
	struct vmspy_clue_list clues;
	struct vmspy_stacks stacks;
	struct vmspy_finding_list findings;
	struct vmspy_typed_list typed; /* typed[i] is of changed[i]; empty: no types are known */
};

/* Whether variables, or the functions on stacks, are told of. */
bool diff_wants_symbols(const struct diff *diff);
bool diff_wants_frames(const struct diff *diff);

/*
 * Compare the two once, and name what differs; what was found before is forgotten.
 * Errors: those of vmspy_pair_compare().
 */
struct vmspy_error *diff_compare(struct diff *diff) VMSPY_MUST_CHECK;

/* Forget what a comparison found; the processes stay as they were opened. */
void diff_forget(struct diff *diff);

/* Say what a person must know to read the numbers, whatever the format. */
void diff_print_notes(const struct diff *diff);

/* Name what was found, once both run again: variables, members, clues, stacks, findings. */
struct vmspy_error *diff_name(struct diff *diff) VMSPY_MUST_CHECK;

/* The columns of a table: those that were asked for, if it is the one they were asked of. */
struct vmspy_selection diff_columns(const struct diff *diff, const struct vmspy_column *table);

/* ret: what --sort says of a table; NULL: nothing. */
const struct vmspy_sort *diff_sort(const struct diff *diff, const struct vmspy_column *table);

/* A table of the answer. */
struct diff_table {
	const char *key; /* of its array in JSON */
	const struct vmspy_column *columns;
	struct vmspy_rows rows;
	size_t shown;     /* how many at most; 0: all */
	size_t id_offset; /* in the row struct: the address that says which row it is */
	bool is_evidence; /* how much is no news: in text a row is told once */
	bool has_lead;    /* lines above it belong to it: there is no gap */
};

/*
 * Print a table with the columns, and in the order, that were asked for, below an empty line. Of
 * rounds but the first: what is not as it was.
 */
void diff_print_table(const struct diff *diff, struct render *render,
		      const struct diff_table *table);

/* The whole answer. Errors: NO_MEMORY. */
struct vmspy_error *diff_print(const struct diff *diff) VMSPY_MUST_CHECK;

/* How long both were held, and for what: for people, below all else. */
void diff_print_hold(const struct diff *diff, struct render *render);

/* The tables below the mappings. */
void diff_print_lists(const struct diff *diff, struct render *render);

/* The parts that have a file of their own: diff_PART.c. */

/* What the bytes of diverged pages say, for scripts; people read it in the headline. */
void diff_print_content(const struct diff *diff, struct render *render);

/* The sentences that matter most. */
void diff_print_findings(const struct diff *diff, struct render *render);

/* All mappings for scripts; for people what is not shared wholly, unless they want all. */
void diff_print_mappings(const struct diff *diff, struct render *render);

/* The variables that differ, and their members. */
void diff_print_symbols(const struct diff *diff, struct render *render);

/* What diverged pages without symbols point to. */
void diff_print_clues(const struct diff *diff, struct render *render);

/* Whose stacks have diverged pages, and with --stacks the functions whose frames lie there. */
void diff_print_stacks(const struct diff *diff, struct render *render);

/* --hex: one page, both sides beside each other. */
void diff_print_hex(const struct diff *diff, struct render *render);

/* The ADDRESS of --hex. Errors: BAD_DATA. */
struct vmspy_error *diff_parse_hex(const struct arguments *arguments,
				   uint64_t *ret) VMSPY_MUST_CHECK;

#endif
