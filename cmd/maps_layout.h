/* vmspy maps --layout: the address space as a picture, as a table, and in JSON. */
#ifndef VMSPY_CMD_MAPS_LAYOUT_H
#define VMSPY_CMD_MAPS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "inspect/blocks.h"
#include "options.h"
#include "output.h"
#include "render/render.h"

struct layout_output {
	bool asked;
	bool alone;    /* the mappings themselves are not shown */
	bool as_table; /* the blocks as rows: --raw, or columns were chosen */
	struct render_style style;
	struct vmspy_selection columns; /* of the blocks */
};

/*
 * What the options say of the layout.
 * output: of output_choose(): where the layout is asked for, its columns become those of the
 *         mappings again, none if those are not shown.
 */
struct layout_output layout_choose(const struct arguments *arguments, struct output *output);

/*
 * Print the layout of a space that is loaded; nothing if it was not asked for.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *layout_print(const struct layout_output *output,
				 const struct vmspy_space *space,
				 struct render *render) VMSPY_MUST_CHECK;

/* What the picture is drawn from; all is borrowed. */
struct picture {
	const struct vmspy_blocks *blocks;
	const struct vmspy_address_shape *shape;
	const char *comm; /* of the process */
	size_t width;     /* of the terminal */
	bool coloured;
};

/* Draw it, line by line: maps_picture.c. */
struct vmspy_error *picture_draw(const struct picture *picture,
				 struct render *render) VMSPY_MUST_CHECK;

#endif
