#include "render/cell.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "symbol/values.h"

#include "base/banned.h"

/*
 * Three digits that count: one behind the point below 100, none from there on; a nought behind
 * the point is not written. tenths: the number times ten, rounded.
 */
static void print_tenths(uint64_t tenths, const char *suffix, char ret[CELL_HUMAN_MAX])
{
	if (tenths < 1000 && tenths % 10)
		snprintf(ret, CELL_HUMAN_MAX, "%" PRIu64 ".%" PRIu64 "%s", tenths / 10, tenths % 10,
			 suffix);
	else
		snprintf(ret, CELL_HUMAN_MAX, "%" PRIu64 "%s", (tenths + 5) / 10, suffix);
}

/* Round to tenths of a unit without leaving 64 bits. */
static uint64_t tenths_of(uint64_t number, uint64_t unit)
{
	return number / unit * 10 + (number % unit * 10 + unit / 2) / unit;
}

void cell_human_bytes(uint64_t bytes, char ret[CELL_HUMAN_MAX])
{
	static const char suffixes[] = "KMGTPE";
	uint64_t unit = 1024;
	size_t step = 0;

	if (bytes < unit) {
		snprintf(ret, CELL_HUMAN_MAX, "%" PRIu64, bytes);
		return;
	}
	/* The next suffix as soon as rounding would write 1024 of this one. */
	while (step + 1 < sizeof(suffixes) - 1 && tenths_of(bytes, unit) + 5 >= 10240) {
		unit *= 1024;
		step++;
	}
	print_tenths(tenths_of(bytes, unit), (const char[]){ suffixes[step], '\0' }, ret);
}

void cell_human_duration(uint64_t duration_ns, char ret[CELL_HUMAN_MAX])
{
	static const char *const suffixes[] = { "ns", "us", "ms", "s" };
	uint64_t unit = 1;
	size_t step = 0;

	while (step + 1 < sizeof(suffixes) / sizeof(suffixes[0]) &&
	       tenths_of(duration_ns, unit) + 5 >= 10000) {
		unit *= 1000;
		step++;
	}
	print_tenths(tenths_of(duration_ns, unit), suffixes[step], ret);
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
		return vmspy_buf_printf(buf, CELL_ABSENT);
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

	if ((err = vmspy_buf_printf(buf, "%s", *words ? words : CELL_ABSENT)))
		return err;
	for (char *at = buf->text + start; (at = strchr(at, ' '));)
		*at = ',';
	return NULL;
}

static struct vmspy_error *append_human(struct vmspy_buf *buf, uint64_t number,
					void (*human)(uint64_t, char *),
					const struct cell_style *style)
{
	char text[CELL_HUMAN_MAX];

	if (style->in_bytes)
		return vmspy_buf_printf(buf, "%" PRIu64, number);
	human(number, text);
	return vmspy_buf_printf(buf, "%s", text);
}

/* A table for people has room for the first bytes of a long value, or those that differ. */
static struct vmspy_error *append_value(struct vmspy_buf *buf, const struct vmspy_value *value,
					const struct cell_style *style)
{
	enum {
		DIGITS_SHOWN = 16
	};
	bool is_cut = !style->raw && strlen(value->hex) > DIGITS_SHOWN;
	bool has_excerpt = !style->raw && value->excerpt[0];

	if (value->text[0])
		return vmspy_buf_printf(buf, "%s", value->text);
	if (has_excerpt && (is_cut || !value->known))
		return vmspy_buf_printf(buf, "%s", value->excerpt);
	if (!value->known)
		return vmspy_buf_printf(buf, CELL_ABSENT);
	return vmspy_buf_printf(buf, "%.*s%s", is_cut ? DIGITS_SHOWN : INT_MAX, value->hex,
				is_cut || value->truncated ? "..." : "");
}

static struct vmspy_error *append_number(struct vmspy_buf *buf, const struct vmspy_column *column,
					 uint64_t number, const struct cell_style *style)
{
	switch ((int)column->unit) {
	case VMSPY_UNIT_ADDRESS:
	case VMSPY_UNIT_FRAME:
	case VMSPY_UNIT_OFFSET:
		return vmspy_buf_printf(buf, "%" PRIx64, number);
	case VMSPY_UNIT_BYTES:
		return append_human(buf, number, cell_human_bytes, style);
	case VMSPY_UNIT_PAGES:
		return append_human(buf, number * style->page_bytes, cell_human_bytes, style);
	case VMSPY_UNIT_DURATION:
		return append_human(buf, number, cell_human_duration, style);
	case VMSPY_UNIT_DEVICE:
		return vmspy_buf_printf(buf, "%" PRIu64 ":%" PRIu64, number >> 32,
					number & UINT32_MAX);
	case VMSPY_UNIT_BOOL:
		return vmspy_buf_printf(buf, "%s", number ? "yes" : "no");
	default:
		return vmspy_buf_printf(buf, "%" PRIu64, number);
	}
}

struct vmspy_error *cell_append(struct vmspy_buf *buf, const struct vmspy_column *column,
				const void *row, const struct cell_style *style)
{
	if (column->unit != VMSPY_UNIT_VALUE && vmspy_column_is_unknown(column, row))
		return vmspy_buf_printf(buf, CELL_ABSENT);
	switch ((int)column->unit) {
	case VMSPY_UNIT_TEXT:
	case VMSPY_UNIT_PATH:
		return append_text(buf, vmspy_column_text(column, row), style);
	case VMSPY_UNIT_WORD:
		return vmspy_buf_printf(buf, "%s", vmspy_column_text(column, row));
	case VMSPY_UNIT_WORDS:
		return append_words(buf, vmspy_column_text(column, row));
	case VMSPY_UNIT_VALUE:
		return append_value(
			buf, (const struct vmspy_value *)((const char *)row + column->offset),
			style);
	default:
		return append_number(buf, column, vmspy_column_number(column, row), style);
	}
}
