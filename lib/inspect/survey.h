/* All pages of a space, window by window: what stands where, and what the kernel knows of it. */
#ifndef VMSPY_INSPECT_SURVEY_H
#define VMSPY_INSPECT_SURVEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "inspect/page_facts.h"
#include "space/space.h"

/* Adjacent pages of one mapping. Arrays have `count` entries and stand until take() returns. */
struct vmspy_survey_window {
	const struct vmspy_mapping *mapping;
	size_t mapping_index;
	uint64_t start; /* byte address of the first page */
	size_t count;
	const uint64_t *words;
	const uint8_t *marks;    /* VMSPY_MARK_*; NULL: PAGEMAP_SCAN was not asked */
	const uint8_t *standing; /* enum vmspy_standing */
	const uint64_t *fact[VMSPY_FRAME_FACT_COUNT]; /* NULL: not asked, or not visible */
};

struct vmspy_survey_options {
	uint64_t start, end; /* only pages that overlap [start, end); 0, UINT64_MAX: all */
	uint32_t facts;      /* bits 1 << enum vmspy_frame_fact: what is looked up */
	bool marks;          /* ask PAGEMAP_SCAN also where pages are dense */
	bool checked;        /* read words again: a page that moved meanwhile is in flight */
	/* Whether a mapping is looked at; NULL: all are. */
	bool (*wants)(void *context, const struct vmspy_mapping *mapping);
	struct vmspy_error *(*take)(void *context, const struct vmspy_survey_window *window);
	void *context;
};

/* What was not seen. */
struct vmspy_survey_result {
	uint64_t pages;        /* that were in windows; holes that were skipped are not */
	uint64_t moved_pages;  /* whose word changed while their frame was looked up */
	uint64_t hidden_pages; /* present, their frame is hidden */
};

/*
 * Walk the populated pages in ascending order. Large holes are skipped (PAGEMAP_SCAN).
 * space:  loaded.
 * Errors: those of take(); GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 * Note:   nothing is faulted in, no byte is read, no kernel setting is touched.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_survey_run(struct vmspy_space *space,
						  const struct vmspy_survey_options *options,
						  struct vmspy_survey_result *ret) VMSPY_MUST_CHECK;

#endif
