/*
 * Text for people. Rows are kept until the table ends, so that columns fit; when they become too
 * many, the widths of those so far are used for all, and nothing more is kept.
 */
#include <stdlib.h>

#include "render/format.h"
#include "render/grid.h"
#include "render/table.h"

#include "base/banned.h"

enum {
	ROWS_KEPT = 5000
};

struct text {
	struct render render;
	struct grid grid;
	bool streaming;
};

static struct vmspy_error *table_begin(struct render *render, const char *key,
				       const struct vmspy_selection *columns)
{
	struct text *text = (struct text *)render;

	(void)key;
	text->streaming = false;
	grid_deinit(&text->grid);
	grid_init(columns, &text->grid);
	return NULL;
}

/* Print what is kept and forget its rows; the widths stay. */
static struct vmspy_error *stream_kept(struct text *text)
{
	struct vmspy_error *err = NULL;

	for (size_t row = 0; !err && row < text->grid.row_count; row++)
		err = stream_row(&text->grid, row, &text->render.style);
	grid_clear(&text->grid);
	return err;
}

static struct vmspy_error *begin_streaming(struct text *text)
{
	struct vmspy_error *err;

	text->streaming = true;
	if ((err = grid_settle(&text->grid, text->render.style.width, false)))
		return err;
	if ((err = stream_headings(&text->grid, &text->render.style)))
		return err;
	return stream_kept(text);
}

static struct vmspy_error *stream_begin(struct render *render, const char *key,
					const struct vmspy_selection *columns, const void *like)
{
	struct text *text = (struct text *)render;
	struct vmspy_error *err = table_begin(render, key, columns);

	if (err || (err = grid_add(&text->grid, like, &render->cells)) ||
	    (err = grid_settle(&text->grid, render->style.width, false)))
		return err;
	text->streaming = true;
	grid_clear(&text->grid);
	return stream_headings(&text->grid, &render->style);
}

static struct vmspy_error *added(struct text *text)
{
	struct vmspy_error *err;

	if (text->streaming) {
		err = grid_cut_last(&text->grid);
		return err ? err : stream_kept(text);
	}
	return text->grid.row_count > ROWS_KEPT ? begin_streaming(text) : NULL;
}

static struct vmspy_error *add_row(struct render *render, const void *row)
{
	struct text *text = (struct text *)render;
	struct vmspy_error *err = grid_add(&text->grid, row, &render->cells);

	return err ? err : added(text);
}

static struct vmspy_error *add_total(struct render *render, const void *row)
{
	struct text *text = (struct text *)render;
	struct vmspy_error *err = grid_add_total(&text->grid, row, &render->cells);

	return err ? err : added(text);
}

static struct vmspy_error *add_note(struct render *render, const char *line)
{
	struct text *text = (struct text *)render;
	struct vmspy_error *err = grid_add_note(&text->grid, line);

	return err ? err : added(text);
}

static struct vmspy_error *table_end(struct render *render)
{
	struct text *text = (struct text *)render;
	struct vmspy_error *err = NULL;

	if (!text->streaming) {
		err = grid_settle(&text->grid, render->style.width, true);
		if (!err)
			err = table_print(&text->grid, &render->style);
	}
	grid_deinit(&text->grid);
	return err;
}

static struct vmspy_error *print_line(struct render *render, const char *line)
{
	fprintf(render->style.out, "%s\n", line);
	return NULL;
}

static void destroy(struct render *render)
{
	grid_deinit(&((struct text *)render)->grid);
	free(render);
}

static const struct render_calls calls = {
	.table_begin = table_begin,
	.stream_begin = stream_begin,
	.row = add_row,
	.total = add_total,
	.note = add_note,
	.table_end = table_end,
	.line = print_line,
	.destroy = destroy,
};

struct render *render_text_create(void)
{
	struct text *text = calloc(1, sizeof(*text));

	if (!text)
		return NULL;
	text->render.calls = &calls;
	return &text->render;
}
