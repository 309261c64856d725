/* One table for scripts: a row a line, cells without spaces and one space between them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "render/format.h"

#include "base/banned.h"

struct raw {
	struct render render;
	const struct vmspy_selection *columns; /* of the table that is printed now, NULL: none */
	bool headings_printed;
	struct vmspy_buf line;
};

static bool is_printed(const struct render_style *style, const char *key)
{
	return !style->raw_table || (key && !strcmp(key, style->raw_table));
}

static void print_headings(struct raw *raw, const struct vmspy_selection *columns)
{
	if (raw->headings_printed || raw->render.style.no_headings)
		return;
	raw->headings_printed = true;
	for (size_t i = 0; i < columns->count; i++)
		fprintf(raw->render.style.out, "%s%s", i ? " " : "", columns->column[i]->heading);
	fputc('\n', raw->render.style.out);
}

static struct vmspy_error *table_begin(struct render *render, const char *key,
				       const struct vmspy_selection *columns)
{
	struct raw *raw = (struct raw *)render;

	if (!is_printed(&render->style, key))
		return NULL;
	raw->columns = columns;
	print_headings(raw, columns);
	return NULL;
}

static struct vmspy_error *add_row(struct render *render, const void *row)
{
	struct raw *raw = (struct raw *)render;
	struct vmspy_error *err = NULL;

	if (!raw->columns)
		return NULL;
	raw->line.length = 0;
	for (size_t i = 0; !err && i < raw->columns->count; i++) {
		if (i)
			err = vmspy_buf_append(&raw->line, " ", 1);
		if (!err)
			err = cell_append(&raw->line, raw->columns->column[i], row, &render->cells);
	}
	if (!err)
		fprintf(render->style.out, "%s\n", vmspy_buf_text(&raw->line));
	return err;
}

static struct vmspy_error *table_end(struct render *render)
{
	((struct raw *)render)->columns = NULL;
	return NULL;
}

static void destroy(struct render *render)
{
	vmspy_buf_deinit(&((struct raw *)render)->line);
	free(render);
}

static const struct render_calls calls = {
	.table_begin = table_begin,
	.row = add_row,
	.table_end = table_end,
	.destroy = destroy,
};

struct render *render_raw_create(void)
{
	struct raw *raw = calloc(1, sizeof(*raw));

	if (!raw)
		return NULL;
	raw->render.calls = &calls;
	return &raw->render;
}
