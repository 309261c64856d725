/* What the parts of `vmspy maps` share. */
#ifndef VMSPY_CMD_MAPS_H
#define VMSPY_CMD_MAPS_H

#include "choice.h"
#include "maps_layout.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/filter.h"
#include "report/gaps.h"
#include "report/mapping_rows.h"
#include "report/mapping_sums.h"

struct maps {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output;
	struct layout_output layout;
	struct choice choice;
	struct vmspy_filter filter;
	uint32_t summary_by;   /* VMSPY_NEED_KIND, VMSPY_NEED_OBJECT; 0: no summary */
	struct render *render; /* NULL until the first answer */
	struct failures failures;
};

/* Errors: BAD_DATA: bad arguments. Call it before any process is touched. */
struct vmspy_error *maps_choose(const struct arguments *arguments,
				struct maps *ret) VMSPY_MUST_CHECK;

/* What is shown of one address space. Hold it in a zeroed struct. */
struct maps_view {
	struct vmspy_mapping_set mappings;
	struct vmspy_gap_list gaps;
	size_t *index; /* what mappings.index borrows */
};

void maps_view_deinit(struct maps_view *view);

/*
 * Choose the mappings and gaps that are asked for.
 * rows:   borrowed.
 * ret:    end it with maps_view_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *maps_view_init(const struct maps *maps, const struct vmspy_mapping_rows *rows,
				   struct maps_view *ret) VMSPY_MUST_CHECK;

/* Print the mappings, with the gaps among them: maps_table.c. */
void maps_print_table(const struct maps *maps, const struct maps_view *view);

/* Print the mappings, added up: maps_summary.c. */
void maps_print_summary(const struct maps *maps, const struct maps_view *view);

/* The total of what is shown, for people. */
void maps_print_total(const struct maps *maps, const struct maps_view *view,
		      const struct vmspy_selection *columns);

#endif
