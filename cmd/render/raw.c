/* One table for scripts: a row a line, cells without spaces and one space between them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "render/format.h"

#include "base/banned.h"

enum {
	WRITTEN_BYTES = 64 * 1024
}; /* at once */

struct raw {
	struct render render;
	const struct vmspy_selection *columns; /* of the table that is printed now, NULL: none */
	bool headings_printed;
	bool is_part;           /* of the rows: nothing is written */
	struct vmspy_buf lines; /* that are not written yet */
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

static void write_lines(struct raw *raw)
{
	fwrite(vmspy_buf_text(&raw->lines), 1, raw->lines.length, raw->render.style.out);
	raw->lines.length = 0;
}

static struct vmspy_error *add_row(struct render *render, const void *row)
{
	struct raw *raw = (struct raw *)render;
	const struct vmspy_selection *columns = raw->columns;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; columns && !err && i < columns->count; i++) {
		err = cell_append(&raw->lines, columns->column[i], row, &render->cells);
		if (!err)
			err = vmspy_buf_append(&raw->lines, i + 1 < columns->count ? " " : "\n", 1);
	}
	if (raw->lines.length >= WRITTEN_BYTES && !raw->is_part)
		write_lines(raw);
	return err;
}

static struct render *part_create(const struct render *render)
{
	struct raw *part = malloc(sizeof(*part));

	if (!part)
		return NULL;
	*part = *(const struct raw *)render;
	part->lines = (struct vmspy_buf){ 0 };
	part->is_part = true;
	return &part->render;
}

static void part_print(struct render *render, const struct render *part)
{
	const struct vmspy_buf *lines = &((const struct raw *)part)->lines;

	write_lines((struct raw *)render);
	fwrite(vmspy_buf_text(lines), 1, lines->length, render->style.out);
}

static struct vmspy_error *flush(struct render *render)
{
	write_lines((struct raw *)render);
	return NULL;
}

static struct vmspy_error *table_end(struct render *render)
{
	struct raw *raw = (struct raw *)render;

	raw->columns = NULL;
	write_lines(raw);
	return NULL;
}

static void destroy(struct render *render)
{
	vmspy_buf_deinit(&((struct raw *)render)->lines);
	free(render);
}

static const struct render_calls calls = {
	.table_begin = table_begin,
	.row = add_row,
	.flush = flush,
	.part_create = part_create,
	.part_print = part_print,
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
