/* vmspy pages: what its parts share. */
#ifndef VMSPY_CMD_PAGES_H
#define VMSPY_CMD_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "choice.h"
#include "inspect/folios.h"
#include "inspect/page_sums.h"
#include "inspect/survey.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/survey_rows.h"

struct pages_ranges {
	struct vmspy_page_range *range;
	size_t count, room;
};

struct pages {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output;
	struct choice choice;
	struct vmspy_kpageflags_filter filter;
	uint32_t facts; /* bits 1 << enum vmspy_frame_fact: that are looked up */
	struct vmspy_space *space;
	struct render *render;          /* NULL until the first row, or the end of the survey */
	struct vmspy_selection of_each; /* columns of --each, while its table is open */
	struct vmspy_survey_result seen;
	struct vmspy_page_sums sums;
	struct pages_ranges ranges;
	struct vmspy_sharers sharers;
	struct vmspy_folios folios;
	uint64_t uncounted_pages; /* whose map count was asked for, and is not known */
};

/*
 * Look at all pages that are meant, and count them; --each prints them meanwhile.
 * pages: with a space that is loaded.
 * Errors: GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *pages_count(struct pages *pages) VMSPY_MUST_CHECK;

/* Begin the answer: JSON and the title. */
struct vmspy_error *pages_begin(struct pages *pages) VMSPY_MUST_CHECK;

/* Print what was counted, and end the answer. */
struct vmspy_error *pages_print(struct pages *pages) VMSPY_MUST_CHECK;

/* ret: the columns of a table: those that were chosen for it, or the usual ones. */
struct vmspy_selection pages_columns(const struct pages *pages, const struct vmspy_column *table);

#endif
