/* The diverged pages of a list of runs, cut into spans that are worth reading at once. Pure. */
#ifndef VMSPY_COMPARE_SPAN_H
#define VMSPY_COMPARE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compare/runs.h"

enum {
	VMSPY_SPAN_PAGES = 1024 /* at most: the words of ten processes stay in the cache */
};

/* Begin with the runs, ascending and disjoint, and zeros. */
struct vmspy_span {
	const struct vmspy_run_list *runs;
	size_t run_index; /* the first run that lies in the span, with some of its pages or all */
	uint64_t start;
	uint64_t end;
};

/* Whether the pages of a run may have been one, so that somebody can have left it. */
bool vmspy_span_takes(const struct vmspy_run *run);

/*
 * Go on to the next span. Spans are disjoint, and together hold all pages of the runs that are
 * taken; small gaps between those are in them, too. ret: false if there is none.
 */
bool vmspy_span_next(struct vmspy_span *span);

static inline size_t vmspy_span_pages(const struct vmspy_span *span)
{
	return (span->end - span->start) / span->runs->page_bytes;
}

#endif
