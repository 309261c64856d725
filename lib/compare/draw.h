/* Which diverged pages are read first, and which are drawn where not all can be. Pure. */
#ifndef VMSPY_COMPARE_DRAW_H
#define VMSPY_COMPARE_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"

/* Read together: more cost less each, but neighbours are alike, and tell a sample nothing new. */
enum {
	VMSPY_CLUSTER_PAGES = 16, /* where all are read in order */
	VMSPY_CLUSTER_DRAWN = 2,  /* of a sample */
};

/* What is wanted first comes first. Where frames are hidden bytes prove that pages diverged. */
enum vmspy_draw_sort {
	VMSPY_DRAW_PROGRAM, /* can have names: of the main program */
	VMSPY_DRAW_LIBRARY, /* can have names */
	VMSPY_DRAW_HIDDEN_NAMED,
	VMSPY_DRAW_STACK,
	VMSPY_DRAW_OTHER,
	VMSPY_DRAW_HIDDEN,
	VMSPY_DRAW_SORTS
};

/* A run, and how many pages of its sort lie before it. */
struct vmspy_draw_part {
	uint64_t position;
	size_t run_index;
};

/* The pages of one sort, and what came out of those that were drawn so far. */
struct vmspy_draw_list {
	enum vmspy_draw_sort sort;
	struct vmspy_draw_part *part;
	size_t count;
	size_t room;
	uint64_t page_count;
	uint64_t drawn_pages;
	uint64_t step; /* of the order in which clusters are drawn */
	struct vmspy_counts counts;
};

/* A zeroed struct is empty. Runs are borrowed, and may not move meanwhile. */
struct vmspy_draw {
	struct vmspy_draw_list list[VMSPY_DRAW_SORTS];
	bool in_order; /* by address: for all of them; otherwise evenly, wherever it ends */
};

struct vmspy_draw_page {
	uint64_t address;
	const struct vmspy_run *run;
};

struct vmspy_cluster {
	struct vmspy_draw_page page[VMSPY_CLUSTER_PAGES]; /* ascending */
	size_t count;
};

static inline bool vmspy_draw_is_hidden(enum vmspy_draw_sort sort)
{
	return sort == VMSPY_DRAW_HIDDEN_NAMED || sort == VMSPY_DRAW_HIDDEN;
}

static inline bool vmspy_draw_is_unnamed(enum vmspy_draw_sort sort)
{
	return sort == VMSPY_DRAW_OTHER || sort == VMSPY_DRAW_HIDDEN;
}

/*
 * Sort the pages of pair whose bytes can tell something, and count the diverged ones among them as
 * comparable, in their interval and in their list.
 * ret:    end it with vmspy_draw_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_draw_init(struct vmspy_pair *pair, bool in_order,
				    struct vmspy_draw *ret) VMSPY_MUST_CHECK;

/* Draw the next cluster of a list. ret: false: there is none; each page is drawn once. */
bool vmspy_draw_next(const struct vmspy_pair *pair, const struct vmspy_draw *draw,
		     struct vmspy_draw_list *list, struct vmspy_cluster *ret);

void vmspy_draw_deinit(struct vmspy_draw *draw);

#endif
