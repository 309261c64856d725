#include "render/cell.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/human.h"
#include "base/utf8.h"
#include "symbol/values.h"

#include "base/banned.h"

#define DOTS "..."

static struct vmspy_error *append_string(struct vmspy_buf *buf, const char *text)
{
	return vmspy_buf_append(buf, text, strlen(text));
}

/* Spaces and backslashes are ASCII: between them lies whole UTF-8, or none. */
static struct vmspy_error *append_raw_bytes(struct vmspy_buf *buf, const char *text)
{
	struct vmspy_error *err = NULL;

	while (*text && !err) {
		size_t plain = strcspn(text, " \\");

		err = vmspy_escape_line(buf, text, plain);
		text += plain;
		if (!err && *text)
			err = vmspy_buf_printf(buf, "\\x%02x", (unsigned char)*text++);
	}
	return err;
}

struct vmspy_error *cell_append_raw_text(struct vmspy_buf *buf, const char *text)
{
	if (!*text)
		return append_string(buf, CELL_ABSENT);
	if (!strcmp(text, CELL_ABSENT))
		return vmspy_buf_printf(buf, "\\x%02x", (unsigned char)*text);
	return append_raw_bytes(buf, text);
}

static struct vmspy_error *append_text(struct vmspy_buf *buf, const char *text,
				       const struct cell_style *style)
{
	if (style->raw)
		return cell_append_raw_text(buf, text);
	return vmspy_escape_line(buf, text, strlen(text));
}

static struct vmspy_error *append_words(struct vmspy_buf *buf, const char *words)
{
	size_t start = buf->length;
	struct vmspy_error *err;

	if ((err = append_string(buf, *words ? words : CELL_ABSENT)))
		return err;
	for (char *at = buf->text + start; (at = strchr(at, ' '));)
		*at = ',';
	return NULL;
}

static struct vmspy_error *append_human(struct vmspy_buf *buf, uint64_t number,
					void (*human)(uint64_t, char *),
					const struct cell_style *style)
{
	char text[VMSPY_HUMAN_MAX];

	if (style->in_bytes)
		return vmspy_buf_decimal(buf, number);
	human(number, text);
	return append_string(buf, text);
}

/* 0 has no sign: nothing has changed. */
static struct vmspy_error *append_change(struct vmspy_buf *buf, int64_t bytes,
					 const struct cell_style *style)
{
	const char *sign = bytes > 0 ? "+" : bytes < 0 ? "-" : "";
	struct vmspy_error *err = append_string(buf, sign);

	return err ? err
		   : append_human(buf, (uint64_t)(bytes < 0 ? -bytes : bytes), vmspy_human_bytes,
				  style);
}

static struct vmspy_error *append_ratio(struct vmspy_buf *buf, uint64_t thousandths,
					const struct cell_style *style)
{
	char text[VMSPY_HUMAN_MAX];

	if (style->in_bytes)
		return vmspy_buf_printf(buf, "%" PRIu64 ".%03" PRIu64, thousandths / 1000,
					thousandths % 1000);
	vmspy_human_ratio(thousandths, text);
	return vmspy_buf_printf(buf, "%s", text);
}

/* ret: how many bytes of a text are shown: whole characters, and dots where some are missing. */
static size_t shown_of(const char *text)
{
	enum {
		BYTES_SHOWN = 40
	};
	size_t length = strlen(text);

	if (length <= BYTES_SHOWN)
		return length;
	return vmspy_utf8_cut(text, BYTES_SHOWN - strlen(DOTS));
}

static struct vmspy_error *append_value_text(struct vmspy_buf *buf, const char *text,
					     const struct cell_style *style)
{
	size_t shown = shown_of(text);
	struct vmspy_error *err;

	if (style->raw || style->whole || !text[shown])
		return append_text(buf, text, style);
	err = vmspy_escape_line(buf, text, shown);
	return err ? err : vmspy_buf_printf(buf, DOTS);
}

/* A table for people has room for the first bytes of a long value, or those that differ. */
static struct vmspy_error *append_value(struct vmspy_buf *buf, const struct vmspy_value *value,
					const struct cell_style *style)
{
	enum {
		DIGITS_SHOWN = 16
	};
	bool is_cut = !style->raw && !style->whole && strlen(value->hex) > DIGITS_SHOWN;
	bool has_excerpt = !style->raw && value->excerpt[0];

	if (value->text[0])
		return append_value_text(buf, value->text, style);
	if (has_excerpt && (is_cut || !value->known))
		return vmspy_buf_printf(buf, "%s", value->excerpt);
	if (!value->known)
		return vmspy_buf_printf(buf, CELL_ABSENT);
	return vmspy_buf_printf(buf, "%.*s%s", is_cut ? DIGITS_SHOWN : INT_MAX, value->hex,
				is_cut || value->truncated ? DOTS : "");
}

static struct vmspy_error *append_number(struct vmspy_buf *buf, const struct vmspy_column *column,
					 uint64_t number, const struct cell_style *style)
{
	switch ((int)column->unit) {
	case VMSPY_UNIT_ADDRESS:
	case VMSPY_UNIT_FRAME:
	case VMSPY_UNIT_OFFSET:
		return vmspy_buf_hex(buf, number);
	case VMSPY_UNIT_BYTES:
	case VMSPY_UNIT_SIZE:
		return append_human(buf, number, vmspy_human_bytes, style);
	case VMSPY_UNIT_PAGES:
		return append_human(buf, number * style->page_bytes, vmspy_human_bytes, style);
	case VMSPY_UNIT_DURATION:
		return append_human(buf, number, vmspy_human_duration, style);
	case VMSPY_UNIT_RATIO:
		return append_ratio(buf, number, style);
	case VMSPY_UNIT_DEVICE:
		return vmspy_buf_printf(buf, "%" PRIu64 ":%" PRIu64, number >> 32,
					number & UINT32_MAX);
	case VMSPY_UNIT_DISTANCE:
		return vmspy_buf_printf(buf, "%" PRId64, (int64_t)number);
	case VMSPY_UNIT_PAGES_CHANGE:
		return append_change(buf, vmspy_change_signed(number) * style->page_bytes, style);
	case VMSPY_UNIT_BYTES_CHANGE:
		return append_change(buf, vmspy_change_signed(number), style);
	case VMSPY_UNIT_BOOL:
		return append_string(buf, number ? "yes" : "no");
	default:
		return vmspy_buf_decimal(buf, number);
	}
}

/* A cell of one of the units of text. */
static struct vmspy_error *append_text_cell(struct vmspy_buf *buf,
					    const struct vmspy_column *column, const char *text,
					    const struct cell_style *style)
{
	if (!text)
		return append_string(buf, CELL_ABSENT);
	switch ((int)column->unit) {
	case VMSPY_UNIT_WORD:
		return append_string(buf, text);
	case VMSPY_UNIT_WORDS:
		return append_words(buf, text);
	default:
		return append_text(buf, text, style);
	}
}

/* Known or not is asked of each unit in its own way: to ask of any column takes longer. */
struct vmspy_error *cell_append(struct vmspy_buf *buf, const struct vmspy_column *column,
				const void *row, const struct cell_style *style)
{
	uint64_t number;

	switch ((int)column->unit) {
	case VMSPY_UNIT_TEXT:
	case VMSPY_UNIT_PATH:
	case VMSPY_UNIT_WORD:
	case VMSPY_UNIT_WORDS:
		return append_text_cell(buf, column, vmspy_column_text(column, row), style);
	case VMSPY_UNIT_VALUE:
		return append_value(buf, vmspy_column_value(column, row), style);
	case VMSPY_UNIT_ROWS:
		if (vmspy_column_is_unknown(column, row))
			return append_string(buf, CELL_ABSENT);
		return vmspy_buf_decimal(buf, vmspy_column_nested(column, row)->count);
	default:
		number = vmspy_column_number(column, row);
		return number == VMSPY_UNKNOWN ? append_string(buf, CELL_ABSENT)
					       : append_number(buf, column, number, style);
	}
}
