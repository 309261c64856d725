/* What the common options say about the output. */
#ifndef VMSPY_CMD_OUTPUT_H
#define VMSPY_CMD_OUTPUT_H

#include "base/error.h"
#include "options.h"
#include "render/render.h"
#include "report/column.h"
#include "report/order.h"

struct output {
	struct render_style style;
	struct vmspy_selection columns; /* of command_table(arguments) */
	struct vmspy_sort sort;         /* of the same table */
};

/*
 * Only how it looks, for tables whose columns are not chosen.
 * ret:    any table is printed raw.
 * Errors: BAD_DATA: a --color that is none.
 */
struct vmspy_error *output_style(const struct arguments *arguments,
				 struct render_style *ret) VMSPY_MUST_CHECK;

/*
 * Errors: BAD_DATA: a column that the table does not have, also to sort by; a --color that is
 *         none.
 * Note:   look here first: bad arguments are told before any process is touched.
 */
struct vmspy_error *output_choose(const struct arguments *arguments,
				  struct output *ret) VMSPY_MUST_CHECK;

/* ret: the usual columns of another table of the same answer. */
struct vmspy_selection output_columns(const struct output *output,
				      const struct vmspy_column *columns);

#endif
