/*
 * The picture of an address space: the highest address is at the top, as books draw it, so that
 * the heap grows up and the stack grows down. The address at a line is that of its lowest byte.
 */
#include <inttypes.h>
#include <langinfo.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/human.h"
#include "maps_layout.h"
#include "maps_words.h"
#include "render/grid.h"
#include "report/perm.h"

#include "base/banned.h"

enum {
	DIGITS_64 = 16,
	DIGITS_32 = 8,
	SIZE_COLUMNS = 6,      /* "1023.9T" does not occur: three digits count */
	PERM_COLUMNS = 4,      /* "rwxp" */
	LABEL_COLUMNS = 13,    /* "< start_stack" */
	LABELLED_WIDTH = 72,   /* narrower ones have labels below, and no permissions */
	ADDRESSED_WIDTH = 104, /* wider ones have the addresses of the labels */
	BAR_COLUMNS = 24,
	BARRED_INNER = 80, /* a box this wide has bars */
	BAR_BITS_MIN = 12, /* log2 of the size that has no bar, */
	BAR_BITS_MAX = 47, /* and of the one that has all of it */
};

/* What the picture is made of, for terminals that know more than ASCII and those that do not. */
struct glyphs {
	const char *side, *open_side; /* of something, of nothing */
	const char *line, *border_line;
	const char *left[3], *right[3]; /* corners: top, between, bottom */
	const char *border_left, *border_right;
	const char *up, *down, *label, *bar;
};

static const struct glyphs unicode = {
	"│", "╎", "─", "═", { "┌", "├", "└" }, { "┐", "┤", "┘" }, "╞", "╡", "↑", "↓", "◄", "■",
};

static const struct glyphs ascii = {
	"|", ":", "-", "=", { "+", "+", "+" }, { "+", "+", "+" }, "+", "+", "^", "v", "<", "#",
};

struct pen {
	const struct picture *picture;
	const struct glyphs *glyphs;
	struct render *render;
	size_t digits;
	size_t inner; /* columns between the sides */
	bool has_labels, has_label_addresses, has_bars;
};

static const char *const colours[VMSPY_AREA_SORTS] = {
	[VMSPY_AREA_NONE] = "\033[2m",    [VMSPY_AREA_PROGRAM] = "\033[36m",
	[VMSPY_AREA_HEAP] = "\033[33m",   [VMSPY_AREA_MAPPED] = "\033[32m",
	[VMSPY_AREA_STACK] = "\033[35m",  [VMSPY_AREA_BEYOND] = "\033[2m",
	[VMSPY_AREA_KERNEL] = "\033[31m",
};
#define COLOUR_END "\033[0m"

/* --- texts --------------------------------------------------------------------------------- */

static struct vmspy_error *repeat(struct vmspy_buf *buf, const char *text, size_t times)
{
	struct vmspy_error *err = NULL;

	while (times-- && !err)
		err = vmspy_buf_append(buf, text, strlen(text));
	return err;
}

/* Append text that takes exactly this many columns: cut at its end, or filled up. */
static struct vmspy_error *append_fitted(struct vmspy_buf *buf, const char *text, size_t columns)
{
	const char *dots = grid_ellipsis();
	size_t width = grid_text_width(text), dots_width = grid_text_width(dots);
	size_t kept, bytes;
	struct vmspy_error *err;

	if (width <= columns) {
		err = vmspy_buf_append(buf, text, strlen(text));
		return err ? err : repeat(buf, " ", columns - width);
	}
	if (columns < dots_width)
		return repeat(buf, " ", columns);
	kept = columns - dots_width;
	bytes = grid_text_prefix(text, kept);
	err = vmspy_buf_printf(buf, "%.*s%s", (int)bytes, text, dots);
	return err ? err : repeat(buf, " ", columns - words_width(text, bytes) - dots_width);
}

/* --- one line ------------------------------------------------------------------------------ */

static struct vmspy_error *append_address(const struct pen *pen, struct vmspy_buf *buf,
					  const struct vmspy_block *block)
{
	if (!block)
		return vmspy_buf_printf(buf, "%*s ", (int)pen->digits, "");
	return vmspy_buf_printf(buf, "%*" PRIx64 " ", (int)pen->digits, block->start);
}

static const struct vmspy_block_label *find_label(const struct vmspy_blocks *blocks, size_t block,
						  unsigned line)
{
	for (size_t i = 0; i < blocks->label_count; i++)
		if (blocks->label[i].block == block && blocks->label[i].line == line)
			return &blocks->label[i];
	return NULL;
}

static struct vmspy_error *append_label(const struct pen *pen, struct vmspy_buf *buf, size_t block,
					unsigned line)
{
	const struct vmspy_block_label *label = find_label(pen->picture->blocks, block, line);
	struct vmspy_error *err;

	if (!label || !pen->has_labels)
		return NULL;
	err = vmspy_buf_printf(buf, " %s %s", pen->glyphs->label, label->name);
	if (!err && pen->has_label_addresses)
		err = vmspy_buf_printf(buf, "%*s%" PRIx64,
				       (int)(LABEL_COLUMNS - 1 - strlen(label->name)), "",
				       label->address);
	return err;
}

static unsigned bits_of(uint64_t bytes)
{
	return bytes ? 63 - (unsigned)__builtin_clzll(bytes) : 0;
}

/* The length of a bar is the logarithm of a size. */
static struct vmspy_error *append_bar(const struct pen *pen, struct vmspy_buf *buf,
				      const struct vmspy_block *block)
{
	unsigned bits = block->mapping ? bits_of(block->size_bytes) : 0;
	size_t length = 0;
	struct vmspy_error *err;

	if (bits > BAR_BITS_MIN)
		length = (bits - BAR_BITS_MIN) * BAR_COLUMNS / (BAR_BITS_MAX - BAR_BITS_MIN);
	if (length > BAR_COLUMNS)
		length = BAR_COLUMNS;
	err = repeat(buf, pen->glyphs->bar, length);
	return err ? err : repeat(buf, " ", BAR_COLUMNS - length + 1);
}

/* How large it is and what may be done to it: the right end of the line that names a block. */
static struct vmspy_error *append_figures(const struct pen *pen, struct vmspy_buf *buf,
					  const struct vmspy_block *block)
{
	char size[VMSPY_HUMAN_MAX], perm[VMSPY_PERM_TEXT] = "";
	struct vmspy_error *err = NULL;

	if (pen->has_bars)
		err = append_bar(pen, buf, block);
	if (err)
		return err;
	vmspy_human_bytes(block->size_bytes, size);
	if (!pen->has_labels)
		return vmspy_buf_printf(buf, "%*s", SIZE_COLUMNS, size);
	if (block->is_uniform)
		vmspy_perm_format(&block->mapping->vma, perm);
	return vmspy_buf_printf(buf, "%*s %-*s", SIZE_COLUMNS, size, PERM_COLUMNS,
				!block->is_uniform && block->is_write_exec ? "w+x" : perm);
}

/* What stands between the sides on one line of a block. */
static struct vmspy_error *append_inside(const struct pen *pen, struct vmspy_buf *buf, size_t index,
					 unsigned line)
{
	const struct vmspy_block *block = &pen->picture->blocks->block[index];
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	size_t figures = SIZE_COLUMNS + (pen->has_labels ? 1 + PERM_COLUMNS : 0) +
			 (pen->has_bars ? BAR_COLUMNS + 1 : 0);
	size_t columns = pen->inner - 2 - figures - 1;
	bool is_named = line + 1 == block->lines;
	const struct words_style style = {
		.columns = columns,
		.up = pen->glyphs->up,
		.down = pen->glyphs->down,
		.with_parts = block->lines == 1,
	};
	struct vmspy_error *err = NULL;

	if (is_named)
		err = words_of_block(block, pen->picture->shape, &style, &text);
	else if (line + 2 == block->lines)
		err = words_of_parts(block, pen->inner - 4, &text);
	if (err || (err = vmspy_buf_printf(buf, " ")) ||
	    (err = append_fitted(buf, vmspy_buf_text(&text), is_named ? columns : pen->inner - 2)))
		return err;
	if (is_named && !(err = vmspy_buf_printf(buf, " ")))
		err = append_figures(pen, buf, block);
	return err ? err : vmspy_buf_printf(buf, " ");
}

static struct vmspy_error *draw_line(const struct pen *pen, size_t index, unsigned line)
{
	const struct vmspy_block *block = &pen->picture->blocks->block[index];
	const char *side = block->mapping || block->type == VMSPY_BLOCK_KERNEL
				   ? pen->glyphs->side
				   : pen->glyphs->open_side;
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	const char *colour = pen->picture->coloured ? colours[block->area] : "";
	struct vmspy_error *err;

	if ((err = append_address(pen, &buf, line + 1 == block->lines ? block : NULL)) ||
	    (err = vmspy_buf_printf(&buf, "%s%s", side, colour)) ||
	    (err = append_inside(pen, &buf, index, line)) ||
	    (err = vmspy_buf_printf(&buf, "%s%s", *colour ? COLOUR_END : "", side)) ||
	    (err = append_label(pen, &buf, index, line)))
		return err;
	render_line(pen->render, "%s", vmspy_buf_text(&buf));
	return NULL;
}

/* --- borders ------------------------------------------------------------------------------- */

/* Whether user space ends above a block. */
static bool is_last_of_user(const struct pen *pen, const struct vmspy_block *block)
{
	return block->start + block->size_bytes == pen->picture->shape->user_end;
}

/* The border above a block; NULL: the lowest one. */
static struct vmspy_error *draw_border(const struct pen *pen, const struct vmspy_block *block,
				       bool is_top)
{
	const struct glyphs *glyphs = pen->glyphs;
	bool is_user_end = block && is_last_of_user(pen, block);
	size_t place = !block ? 2 : is_top ? 0 : 1, width;
	const char *line = is_user_end ? glyphs->border_line : glyphs->line;
	bool is_double = is_user_end && !is_top;
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf caption = { 0 };
	struct vmspy_error *err = NULL;

	if (block)
		err = words_of_area(block, pen->picture, is_user_end, &caption);
	if (err || (err = append_address(pen, &buf, NULL)) ||
	    (err = vmspy_buf_printf(&buf, "%s%s",
				    is_double ? glyphs->border_left : glyphs->left[place], line)))
		return err;
	width = grid_text_width(vmspy_buf_text(&caption));
	if (width && width + 4 <= pen->inner)
		err = vmspy_buf_printf(&buf, " %s ", vmspy_buf_text(&caption));
	else
		width = 0;
	if (err || (err = repeat(&buf, line, pen->inner - 1 - (width ? width + 2 : 0))) ||
	    (err = vmspy_buf_printf(&buf, "%s",
				    is_double ? glyphs->border_right : glyphs->right[place])))
		return err;
	render_line(pen->render, "%s", vmspy_buf_text(&buf));
	return NULL;
}

static struct vmspy_error *draw_block(const struct pen *pen, size_t index)
{
	const struct vmspy_blocks *blocks = pen->picture->blocks;
	const struct vmspy_block *block = &blocks->block[index];
	struct vmspy_error *err = NULL;

	if (vmspy_block_has_border(blocks, index))
		err = draw_border(pen, block, index + 1 == blocks->count);
	for (unsigned line = 0; !err && line < block->lines; line++)
		err = draw_line(pen, index, line);
	return err;
}

/* Where there is no room beside the picture the bounds stand below it. */
static void list_labels(const struct pen *pen)
{
	const struct vmspy_blocks *blocks = pen->picture->blocks;

	for (size_t i = 0; !pen->has_labels && i < blocks->label_count; i++)
		render_line(pen->render, "%*" PRIx64 " %s", (int)pen->digits,
			    blocks->label[i].address, blocks->label[i].name);
}

static struct pen pen_for(const struct picture *picture, struct render *render)
{
	const struct vmspy_address_shape *shape = picture->shape;
	bool is_small = shape->pointer_bits == 32 && !(shape->kernel_start >> 32);
	struct pen pen = {
		.picture = picture,
		.glyphs = strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &unicode,
		.render = render,
		.digits = is_small ? DIGITS_32 : DIGITS_64,
		.has_labels = picture->width >= LABELLED_WIDTH,
		.has_label_addresses = picture->width >= ADDRESSED_WIDTH,
	};
	size_t beside = pen.digits + 1 + 2;

	if (pen.has_labels)
		beside += 1 + LABEL_COLUMNS;
	if (pen.has_label_addresses)
		beside += 1 + pen.digits;
	pen.inner = picture->width - beside;
	pen.has_bars = pen.inner >= BARRED_INNER;
	return pen;
}

struct vmspy_error *picture_draw(const struct picture *picture, struct render *render)
{
	const struct pen pen = pen_for(picture, render);
	struct vmspy_error *err = NULL;

	for (size_t i = picture->blocks->count; !err && i-- > 0;)
		err = draw_block(&pen, i);
	if (err || (picture->blocks->count && (err = draw_border(&pen, NULL, false))))
		return err;
	list_labels(&pen);
	return NULL;
}
