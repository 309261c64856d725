#include "render/table.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/banned.h"

#define BOLD_BEGIN "\033[1m"
#define BOLD_END   "\033[0m"

/* The last column that is shown is not filled up with spaces. */
static bool is_last(const struct grid *grid, size_t column)
{
	for (size_t i = column + 1; i < grid->columns.count; i++)
		if (!grid->left_out[i])
			return false;
	return true;
}

static struct vmspy_error *append(struct vmspy_buf *buf, const struct grid *grid, size_t column,
				  const char *text)
{
	bool right = vmspy_unit_is_right(grid->columns.column[column]->unit);
	bool last = is_last(grid, column);
	size_t width = grid_text_width(text);
	size_t fill = width < grid->width[column] ? grid->width[column] - width : 0;
	struct vmspy_error *err;

	if ((err = vmspy_buf_fill(buf, ' ', right ? fill : 0)) ||
	    (err = vmspy_buf_append(buf, text, strlen(text))) ||
	    (err = vmspy_buf_fill(buf, ' ', right || last ? 0 : fill)))
		return err;
	return vmspy_buf_fill(buf, last ? '\n' : ' ', 1);
}

/* row: SIZE_MAX: the headings. */
static struct vmspy_error *print(const struct grid *grid, size_t row, bool bold, FILE *out)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < grid->columns.count; i++) {
		const char *text = row == SIZE_MAX ? grid->columns.column[i]->heading
						   : grid_cell(grid, row, i);

		if (!grid->left_out[i])
			err = append(&buf, grid, i, text);
	}
	if (!err)
		fprintf(out, "%s%s%s", bold ? BOLD_BEGIN : "", vmspy_buf_text(&buf),
			bold ? BOLD_END : "");
	return err;
}

struct vmspy_error *stream_headings(const struct grid *grid, const struct render_style *style)
{
	if (style->no_headings)
		return NULL;
	return print(grid, SIZE_MAX, style->coloured, style->out);
}

struct vmspy_error *stream_row(const struct grid *grid, size_t row,
			       const struct render_style *style)
{
	bool total = grid->has_total && row + 1 == grid->row_count;

	return print(grid, row, total && style->coloured, style->out);
}
