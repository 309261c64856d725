/* A span of pages, read twice in the pair and in its siblings, and what is proven of each page. */
#ifndef VMSPY_COMPARE_HEARING_H
#define VMSPY_COMPARE_HEARING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/align.h"
#include "compare/pair.h"
#include "compare/span.h"
#include "compare/window.h"

enum {
	VMSPY_CALL_WORDS = 32 /* reading so many words takes as long as a call */
};

/* Another child of the parent. */
struct vmspy_sibling {
	struct vmspy_space *space; /* loaded */
	enum vmspy_age age;
	bool lost;                           /* it ended, ran another program, or may not be read */
	const struct vmspy_mapping *mapping; /* that was looked at last */
	uint64_t first[VMSPY_SPAN_PAGES], second[VMSPY_SPAN_PAGES];
};

struct vmspy_hearing {
	struct vmspy_sibling sibling[VMSPY_SIBLINGS_MAX];
	size_t sibling_count;
	size_t asked_count; /* of them are asked about this span, the first ones */
	bool child_is_a;
	uint64_t words; /* read so far; a call counts as VMSPY_CALL_WORDS */
	/* The span: of a page that is to be judged its interval, of any other NULL. */
	uint64_t start;
	size_t count;
	const struct vmspy_interval *interval[VMSPY_SPAN_PAGES];
	/* The answer: enum vmspy_testimony, and the frame that it is about. */
	uint8_t testimony[VMSPY_SPAN_PAGES];
	uint64_t frame[VMSPY_SPAN_PAGES];
	/* The frames that are looked up, in the window: whose page each belongs to. */
	uint16_t page_of[VMSPY_WINDOW_PAGES];
};

/*
 * Hear all siblings about the pages of a span.
 * window: lends its arrays; the words of the pair are in a.first and b.first afterwards.
 * Source: all words are read, then all again: where none changed there was an instant in between
 *         at which they all stood. Flags of frames are looked up in between.
 * Errors: GONE, SYSTEM of the pair. A sibling that cannot be read is lost, and no error.
 */
struct vmspy_error *vmspy_hearing_hold(struct vmspy_hearing *hearing,
				       struct vmspy_window *window) VMSPY_MUST_CHECK;

#endif
