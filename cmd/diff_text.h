/* What `vmspy diff` tells people before the tables, and which mappings it shows them. */
#ifndef VMSPY_CMD_DIFF_TEXT_H
#define VMSPY_CMD_DIFF_TEXT_H

#include <stdbool.h>

#include "compare/pair.h"
#include "output.h"
#include "render/render.h"

/* An empty line before a table; nothing in --raw. */
void diff_text_gap(const struct output *output, struct render *render);

/* Who they are, how long they were held, and the totals. */
void diff_text_headline(const struct output *output, struct render *render,
			const struct vmspy_pair *pair, const struct vmspy_space *a,
			const struct vmspy_space *b);

/*
 * The table of mappings: all of them for scripts; for people those that are not wholly shared,
 * largest first, unless they want all.
 */
void diff_print_mappings(const struct output *output, struct render *render,
			 const struct vmspy_pair *pair, const struct vmspy_selection *columns,
			 bool all);

#endif
