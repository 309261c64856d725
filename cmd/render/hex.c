#include "render/hex.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "render/grid.h"

#include "base/banned.h"

#define COLOUR_A   "\033[1;31m"
#define COLOUR_B   "\033[1;32m"
#define COLOUR_END "\033[0m"

enum {
	OFFSET_COLUMNS = 5, /* "0ff0 " */
	LETTER_COLUMNS = 3, /* "a  " */
	HEX_COLUMNS = 3 * HEX_LINE_BYTES,
	TEXT_COLUMNS = 3 + HEX_LINE_BYTES + 1, /* "  |text|" */
	SIDE_COLUMNS = HEX_COLUMNS + TEXT_COLUMNS,
	GAP_COLUMNS = 2,
	NOTE_COLUMNS = 20, /* a terminal is wide if a short note fits, too */
	WIDE_COLUMNS = OFFSET_COLUMNS + 2 * (SIDE_COLUMNS + GAP_COLUMNS) + NOTE_COLUMNS,
	BYTES_AT = OFFSET_COLUMNS + LETTER_COLUMNS, /* where the bytes of one side begin */
	TEXT_AT = BYTES_AT + HEX_COLUMNS + 3,
};

struct hex {
	struct vmspy_buf *buf;
	const struct hex_page *page;
	const struct hex_style *style;
};

/* --- what a line is ------------------------------------------------------------------------ */

static bool has_both(const struct hex_page *page)
{
	return page->a && page->b;
}

static bool is_changed(const struct hex_page *page, size_t at)
{
	return has_both(page) && page->a[at] != page->b[at];
}

static bool is_line_changed(const struct hex_page *page, size_t at)
{
	return has_both(page) && memcmp(page->a + at, page->b + at, HEX_LINE_BYTES) != 0;
}

static const char *note_of(const struct hex_page *page, size_t at)
{
	return page->note ? page->note[at / HEX_LINE_BYTES] : NULL;
}

static bool repeats(const unsigned char *bytes, size_t at)
{
	return !bytes || !memcmp(bytes + at, bytes + at - HEX_LINE_BYTES, HEX_LINE_BYTES);
}

/* Whether a line says nothing that the one above did not. */
static bool is_repeated(const struct hex_page *page, size_t at)
{
	return at && repeats(page->a, at) && repeats(page->b, at) && !note_of(page, at);
}

/* --- parts of a line ----------------------------------------------------------------------- */

/* Text of one byte, in the colour of its side if it differs. */
static struct vmspy_error *append_byte(const struct hex *hex, size_t at, bool of_b,
				       const char *text)
{
	bool marked = hex->style->coloured && is_changed(hex->page, at);

	return vmspy_buf_printf(hex->buf, "%s%s%s",
				!marked ? ""
				: of_b  ? COLOUR_B
					: COLOUR_A,
				text, marked ? COLOUR_END : "");
}

/* Bytes stand in two groups of eight. */
static const char *space_behind(size_t i)
{
	return i == HEX_LINE_BYTES / 2 - 1 ? "  " : i == HEX_LINE_BYTES - 1 ? "" : " ";
}

static struct vmspy_error *append_digits(const struct hex *hex, size_t at, bool of_b)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = of_b ? hex->page->b : hex->page->a;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < HEX_LINE_BYTES; i++) {
		char text[] = { digits[bytes[at + i] >> 4], digits[bytes[at + i] & 0xf], '\0' };

		err = append_byte(hex, at + i, of_b, text);
		if (!err)
			err = vmspy_buf_printf(hex->buf, "%s", space_behind(i));
	}
	return err;
}

static bool is_printable(unsigned char byte)
{
	return byte >= ' ' && byte <= '~';
}

static struct vmspy_error *append_text(const struct hex *hex, size_t at, bool of_b)
{
	const unsigned char *bytes = of_b ? hex->page->b : hex->page->a;
	struct vmspy_error *err = vmspy_buf_printf(hex->buf, "  |");

	for (size_t i = 0; !err && i < HEX_LINE_BYTES; i++) {
		unsigned char byte = bytes[at + i];
		char text[] = { is_printable(byte) ? (char)byte : '.', '\0' };

		err = append_byte(hex, at + i, of_b, text);
	}
	return err ? err : vmspy_buf_printf(hex->buf, "|");
}

static struct vmspy_error *append_side(const struct hex *hex, size_t at, bool of_b)
{
	struct vmspy_error *err = append_digits(hex, at, of_b);

	return err ? err : append_text(hex, at, of_b);
}

/* `^^` below what differs; as wide as the bytes above. */
static struct vmspy_error *append_marks(const struct hex *hex, size_t at)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < HEX_LINE_BYTES; i++)
		err = vmspy_buf_printf(hex->buf, "%s%s",
				       is_changed(hex->page, at + i) ? "^^" : "  ",
				       space_behind(i));
	return err;
}

static struct vmspy_error *append_spaces(const struct hex *hex, size_t count)
{
	return vmspy_buf_printf(hex->buf, "%*s", (int)count, "");
}

/* End a line without the spaces at its end. */
static struct vmspy_error *end_line(const struct hex *hex)
{
	while (hex->buf->length && hex->buf->text[hex->buf->length - 1] == ' ')
		hex->buf->length--;
	return vmspy_buf_append(hex->buf, "\n", 1);
}

/* --- a above b ----------------------------------------------------------------------------- */

static struct vmspy_error *print_letter_line(const struct hex *hex, size_t at, bool first,
					     bool of_b)
{
	char letter = of_b ? 'b' : 'a';
	struct vmspy_error *err;

	if (has_both(hex->page) && !is_line_changed(hex->page, at))
		letter = ' ';
	err = first ? vmspy_buf_printf(hex->buf, "%04zx %c  ", at, letter)
		    : vmspy_buf_printf(hex->buf, "%*s%c  ", OFFSET_COLUMNS, "", letter);
	if (!err)
		err = append_side(hex, at, of_b);
	return err ? err : end_line(hex);
}

static struct vmspy_error *print_note(const struct hex *hex, size_t indent, const char *note)
{
	struct vmspy_error *err = append_spaces(hex, indent);

	if (!err)
		err = vmspy_buf_append(hex->buf, note, strlen(note));
	return err ? err : end_line(hex);
}

/* The marks, and the note beside them if there is room. */
static struct vmspy_error *print_below(const struct hex *hex, size_t at)
{
	const char *note = note_of(hex->page, at);
	size_t width = hex->style->width;
	bool fits = note && (!width || TEXT_AT + grid_text_width(note) <= width);
	struct vmspy_error *err;

	if (hex->style->coloured)
		return note ? print_note(hex, BYTES_AT, note) : NULL;
	if ((err = append_spaces(hex, BYTES_AT)) || (err = append_marks(hex, at)))
		return err;
	if (fits)
		return print_note(hex, TEXT_AT - BYTES_AT - HEX_COLUMNS, note);
	err = end_line(hex);
	return err || !note ? err : print_note(hex, BYTES_AT, note);
}

static struct vmspy_error *print_above(const struct hex *hex, size_t at)
{
	struct vmspy_error *err = print_letter_line(hex, at, true, !hex->page->a);

	if (err || !is_line_changed(hex->page, at))
		return err;
	err = print_letter_line(hex, at, false, true);
	return err ? err : print_below(hex, at);
}

/* --- a beside b ---------------------------------------------------------------------------- */

static struct vmspy_error *print_marks_beside(const struct hex *hex, size_t at)
{
	struct vmspy_error *err;

	if ((err = append_spaces(hex, OFFSET_COLUMNS)) || (err = append_marks(hex, at)) ||
	    (err = append_spaces(hex, TEXT_COLUMNS + GAP_COLUMNS)) || (err = append_marks(hex, at)))
		return err;
	return end_line(hex);
}

static struct vmspy_error *print_beside(const struct hex *hex, size_t at)
{
	const char *note = note_of(hex->page, at);
	struct vmspy_error *err;

	if ((err = vmspy_buf_printf(hex->buf, "%04zx ", at)) ||
	    (err = append_side(hex, at, false)) || (err = append_spaces(hex, GAP_COLUMNS)) ||
	    (err = append_side(hex, at, true)) ||
	    (note && (err = vmspy_buf_printf(hex->buf, "  %s", note))) || (err = end_line(hex)))
		return err;
	return is_line_changed(hex->page, at) && !hex->style->coloured ? print_marks_beside(hex, at)
								       : NULL;
}

struct vmspy_error *hex_append(struct vmspy_buf *buf, const struct hex_page *page,
			       const struct hex_style *style)
{
	struct hex hex = { buf, page, style };
	bool wide = has_both(page) && style->width >= WIDE_COLUMNS;
	bool folded = false;
	struct vmspy_error *err = NULL;

	for (size_t at = 0; !err && at < page->size; at += HEX_LINE_BYTES) {
		if (is_repeated(page, at)) {
			err = folded ? NULL : vmspy_buf_printf(buf, "*\n");
			folded = true;
			continue;
		}
		folded = false;
		err = wide ? print_beside(&hex, at) : print_above(&hex, at);
	}
	return err;
}
