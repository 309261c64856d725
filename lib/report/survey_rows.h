/* The rows of `vmspy pages`. */
#ifndef VMSPY_REPORT_SURVEY_ROWS_H
#define VMSPY_REPORT_SURVEY_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "format/kpageflags.h"
#include "inspect/folios.h"
#include "inspect/page_sums.h"
#include "inspect/survey.h"
#include "report/column.h"

/* What has to be looked up for a column: a frame's facts, by their numbers. */
enum {
	VMSPY_NEED_FLAGS = 1 << VMSPY_FRAME_FLAGS,
	VMSPY_NEED_MAP_COUNT = 1 << VMSPY_FRAME_MAP_COUNT,
	VMSPY_NEED_CGROUP = 1 << VMSPY_FRAME_CGROUP,
};

/* The flags of a page as cells: a number, letters, names. Filled in place, not to be copied. */
struct vmspy_flag_cells {
	uint64_t flags;
	const char *letters, *names; /* NULL: not known */
	char letters_text[VMSPY_KPAGEFLAGS_LETTERS];
	char names_text[VMSPY_KPAGEFLAGS_NAMES];
};

/* Pages that are alike, wherever they are; or the total of all. */
struct vmspy_sum_row {
	const char *state;
	uint64_t pages, size_bytes;
	struct vmspy_flag_cells flags;
};

extern const struct vmspy_column vmspy_sum_columns[];

void vmspy_sum_row_get(const struct vmspy_page_sum *sum, uint32_t page_bytes,
		       struct vmspy_sum_row *ret);

/* The word of the manual for what stands at a page: "frame", "zero", "swap" ... Static. */
const char *vmspy_standing_name(enum vmspy_standing standing);

/* Adjacent pages of one mapping that are alike. */
struct vmspy_page_range {
	const struct vmspy_mapping *mapping;
	uint64_t start, pages;
	uint64_t word; /* of the first page */
	bool frames_contiguous;
	struct vmspy_page_sum kind;            /* its pages are not used */
	uint64_t fact[VMSPY_FRAME_FACT_COUNT]; /* of the first page */
};

/* Strings are borrowed. */
struct vmspy_range_row {
	uint64_t start, end, pages;
	uint64_t object_offset_bytes; /* of the first page in its file */
	const char *state, *kind, *object;
	uint64_t frame, frames_contiguous, map_count, cgroup, exclusive;
	const char *swap; /* "type:offset" */
	struct vmspy_flag_cells flags;
	char swap_text[32];
};

/* Of --list and of --each. */
extern const struct vmspy_column vmspy_range_columns[];
extern const struct vmspy_column vmspy_each_columns[];

void vmspy_range_row_get(const struct vmspy_page_range *range, uint32_t page_bytes,
			 struct vmspy_range_row *ret);

/* Pages by how often their frames are mapped. */
struct vmspy_sharers_row {
	const char *mapped; /* "3-4" */
	uint64_t lowest, highest;
	uint64_t pages, anonymous_pages, shmem_pages, file_pages, other_pages;
	char mapped_text[48];
};

extern const struct vmspy_column vmspy_sharers_columns[];

/* step: below VMSPY_SHARERS_STEPS. */
void vmspy_sharers_row_get(const struct vmspy_sharers *sharers, size_t step,
			   struct vmspy_sharers_row *ret);

/* Huge pages of one mapping, of one size, mapped in one way. */
struct vmspy_folio_row {
	uint64_t start, end, size_bytes;
	const char *kind, *object;
	const char *mapped, *alignment, *memory;
	uint64_t folio_bytes, pages;
};

extern const struct vmspy_column vmspy_folio_columns[];

struct vmspy_folio_row vmspy_folio_row_of(const struct vmspy_folio_sum *sum,
					  const struct vmspy_layout *layout);

#endif
