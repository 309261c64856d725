#include "render/grid.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

enum {
	CUT_MIN = 9
}; /* a text is cut no shorter: what is left would say nothing */

void grid_init(const struct vmspy_selection *columns, struct grid *ret)
{
	*ret = (struct grid){ .columns = *columns };
	for (size_t i = 0; i < columns->count; i++)
		ret->width[i] = strlen(columns->column[i]->heading);
}

void grid_clear(struct grid *grid)
{
	for (size_t i = 0; i < grid->row_count * grid->columns.count; i++)
		free(grid->cell[i]);
	grid->row_count = 0;
	grid->has_total = false;
}

void grid_deinit(struct grid *grid)
{
	grid_clear(grid);
	free(grid->cell);
	vmspy_buf_deinit(&grid->scratch);
	*grid = (struct grid){ 0 };
}

const char *grid_cell(const struct grid *grid, size_t row, size_t column)
{
	return grid->cell[row * grid->columns.count + column];
}

/* Bytes and width of the character at text. Where there is none, a byte takes one column. */
static size_t character(const char *text, size_t length, size_t *width)
{
	mbstate_t state = { 0 };
	wchar_t wide;
	size_t bytes = mbrtowc(&wide, text, length, &state);
	int columns;

	*width = 1;
	if (bytes == 0 || bytes > length)
		return 1;
	columns = wcwidth(wide);
	if (columns >= 0)
		*width = (size_t)columns;
	return bytes;
}

/* What can be printed of ASCII takes a column: nearly all that there is, and soon told. */
static bool is_plain(char byte)
{
	return byte >= ' ' && byte <= '~';
}

size_t grid_text_width(const char *text)
{
	size_t plain = 0, length, sum, width;

	while (is_plain(text[plain]))
		plain++;
	length = plain + strlen(text + plain);
	sum = plain;
	for (size_t at = plain; at < length; sum += width)
		at += character(text + at, length - at, &width);
	return sum;
}

static struct vmspy_error *row_begin(struct grid *grid)
{
	struct vmspy_error *err;
	char **cells;

	if ((err = vmspy_array_grow(&grid->cell, &grid->room, grid->row_count,
				    grid->columns.count * sizeof(*grid->cell))))
		return err;
	cells = grid->cell + grid->row_count * grid->columns.count;
	memset(cells, 0, grid->columns.count * sizeof(*cells));
	grid->row_count++;
	return NULL;
}

static struct vmspy_error *cell_put(struct grid *grid, size_t column, char *text)
{
	size_t width;

	if (!text)
		return vmspy_error_no_memory();
	width = grid_text_width(text);
	grid->cell[(grid->row_count - 1) * grid->columns.count + column] = text;
	if (!grid->settled && grid->width[column] < width)
		grid->width[column] = width;
	return NULL;
}

static struct vmspy_error *cell_add(struct grid *grid, size_t i, const void *row,
				    const struct cell_style *style)
{
	struct cell_style cells = *style;
	struct vmspy_error *err;

	cells.whole = grid->columns.whole;
	grid->scratch.length = 0;
	if ((err = vmspy_buf_append(&grid->scratch, "", 0))) /* an empty text, whatever was there */
		return err;
	err = cell_append(&grid->scratch, grid->columns.column[i], row, &cells);
	return err ? err : cell_put(grid, i, strdup(vmspy_buf_text(&grid->scratch)));
}

/* Whether a cell has something to say. Unknown numbers do: somebody might think them 0. */
static bool is_nonzero(const struct vmspy_column *column, const void *row)
{
	const char *text;

	if (vmspy_unit_is_text(column->unit)) {
		text = vmspy_column_text(column, row);
		return text && *text;
	}
	switch ((int)column->unit) {
	case VMSPY_UNIT_BOOL:
	case VMSPY_UNIT_PAGES_CHANGE:
	case VMSPY_UNIT_BYTES_CHANGE:
		return vmspy_column_number(column, row);
	default:
		return !vmspy_unit_is_additive(column->unit) || vmspy_column_number(column, row);
	}
}

struct vmspy_error *grid_add(struct grid *grid, const void *row, const struct cell_style *style)
{
	struct vmspy_error *err = row_begin(grid);

	for (size_t i = 0; !err && i < grid->columns.count; i++) {
		err = cell_add(grid, i, row, style);
		grid->nonzero[i] |= is_nonzero(grid->columns.column[i], row);
	}
	return err;
}

struct vmspy_error *grid_add_note(struct grid *grid, const char *text)
{
	struct vmspy_error *err = row_begin(grid);

	for (size_t i = 0; !err && i < grid->columns.count; i++)
		err = cell_put(grid, i, strdup(i ? "" : text));
	return err;
}

struct vmspy_error *grid_add_total(struct grid *grid, const void *row,
				   const struct cell_style *style)
{
	struct vmspy_error *err = row_begin(grid);

	grid->has_total = true;
	for (size_t i = 0; !err && i < grid->columns.count; i++) {
		if (vmspy_unit_is_additive(grid->columns.column[i]->unit))
			err = cell_add(grid, i, row, style);
		else
			err = cell_put(grid, i, strdup(i ? "" : "total"));
	}
	return err;
}

static size_t width_of_all(const struct grid *grid)
{
	size_t sum = 0;

	for (size_t i = 0; i < grid->columns.count; i++)
		if (!grid->left_out[i])
			sum += grid->width[i] + 1;
	return sum ? sum - 1 : 0;
}

/* How far the paths could still be cut. */
static size_t slack(const struct grid *grid)
{
	size_t sum = 0;

	for (size_t i = 0; i < grid->columns.count; i++)
		if (grid->columns.column[i]->unit == VMSPY_UNIT_PATH && grid->width[i] > CUT_MIN)
			sum += grid->width[i] - CUT_MIN;
	return sum;
}

static void leave_out_zeros(struct grid *grid)
{
	for (size_t i = 0; i < grid->columns.count; i++)
		if (grid->columns.column[i]->show & VMSPY_SHOW_UNLESS_ZERO &&
		    !grid->columns.asked[i] && !grid->nonzero[i])
			grid->left_out[i] = true;
}

static void leave_out_for_room(struct grid *grid, size_t width)
{
	for (size_t i = grid->columns.count; i-- > 0;)
		if (grid->columns.column[i]->show & VMSPY_SHOW_IF_ROOM && !grid->columns.asked[i] &&
		    width_of_all(grid) - slack(grid) > width)
			grid->left_out[i] = true;
}

const char *grid_ellipsis(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") ? "..." : "\xe2\x80\xa6";
}

static bool is_path(const struct vmspy_column *column)
{
	return column->unit == VMSPY_UNIT_PATH;
}

static bool is_cut(const struct vmspy_column *column)
{
	return column->show & VMSPY_SHOW_CUT;
}

size_t grid_text_prefix(const char *text, size_t limit)
{
	size_t length = strlen(text), at = 0, sum = 0;

	while (at < length) {
		size_t width, bytes = character(text + at, length - at, &width);

		sum += width;
		if (sum > limit)
			break;
		at += bytes;
	}
	return at;
}

size_t grid_text_suffix(const char *text, size_t limit)
{
	size_t length = strlen(text), at = 0, removed;

	for (size_t width = grid_text_width(text); width > limit; width -= removed)
		at += character(text + at, length - at, &removed);
	return at;
}

/*
 * How much of what is kept is the end of a text: of a path all, for there is the file's name; of
 * a name half, for members of one variable begin alike; of a value nothing.
 */
static size_t kept_at_end(const struct vmspy_column *column, size_t keep)
{
	if (is_path(column))
		return keep;
	return column->unit == VMSPY_UNIT_VALUE ? 0 : keep / 2;
}

static struct vmspy_error *cut(char **text, size_t limit, const struct vmspy_column *column)
{
	size_t keep = limit - grid_text_width(grid_ellipsis()), end = kept_at_end(column, keep);
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err;

	if (!*text || grid_text_width(*text) <= limit)
		return NULL;
	err = vmspy_buf_printf(&buf, "%.*s%s%s", (int)grid_text_prefix(*text, keep - end), *text,
			       grid_ellipsis(), *text + grid_text_suffix(*text, end));
	if (err)
		return err;
	free(*text);
	*text = vmspy_buf_take(&buf);
	return NULL;
}

static struct vmspy_error *cut_column(struct grid *grid, size_t column, size_t limit)
{
	struct vmspy_error *err = NULL;

	grid->width[column] = limit;
	grid->limit[column] = limit;
	for (size_t row = 0; !err && row < grid->row_count; row++)
		err = cut(&grid->cell[row * grid->columns.count + column], limit,
			  grid->columns.column[column]);
	return err;
}

struct vmspy_error *grid_cut_last(struct grid *grid)
{
	char **cells = grid->cell + (grid->row_count - 1) * grid->columns.count;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < grid->columns.count; i++)
		if (grid->limit[i])
			err = cut(&cells[i], grid->limit[i], grid->columns.column[i]);
	return err;
}

/* ret: the widest column of one sort that can still be cut, the last of several; count: none. */
static size_t widest(const struct grid *grid, bool (*those)(const struct vmspy_column *))
{
	size_t found = grid->columns.count, width = CUT_MIN;

	for (size_t i = grid->columns.count; i-- > 0;)
		if (those(grid->columns.column[i]) && !grid->left_out[i] &&
		    grid->width[i] > width) {
			found = i;
			width = grid->width[i];
		}
	return found;
}

/* Cut the columns of one sort, always the widest of them, until all fit. */
static struct vmspy_error *cut_those(struct grid *grid, size_t width,
				     bool (*those)(const struct vmspy_column *))
{
	struct vmspy_error *err = NULL;
	size_t all = width_of_all(grid), i;

	for (; all > width && (i = widest(grid, those)) < grid->columns.count; all--)
		grid->limit[i] = --grid->width[i];
	for (i = 0; !err && i < grid->columns.count; i++)
		if (grid->limit[i])
			err = cut_column(grid, i, grid->limit[i]);
	return err;
}

/* First paths give way, then whole columns, then names. */
struct vmspy_error *grid_settle(struct grid *grid, size_t width, bool complete)
{
	struct vmspy_error *err;

	grid->settled = true;
	if (complete)
		leave_out_zeros(grid);
	if (!width || grid->columns.whole)
		return NULL;
	leave_out_for_room(grid, width);
	err = cut_those(grid, width, is_path);
	return err ? err : cut_those(grid, width, is_cut);
}
