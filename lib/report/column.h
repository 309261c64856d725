/*
 * Columns: what a report can show, once for text, JSON, -o, help and the manual.
 * A report is a row struct and one table of columns; whoever prints it loops over the columns and
 * looks at their units, never at their names.
 */
#ifndef VMSPY_REPORT_COLUMN_H
#define VMSPY_REPORT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/scan.h"

/* An unknown number of any unit. Unknown text is NULL, an unknown value is its own. */
#define VMSPY_UNKNOWN UINT64_MAX

/* What lies at the column's offset in the row: a uint64_t, where nothing else is said. */
enum vmspy_unit {
	VMSPY_UNIT_TEXT,     /* const char *, any bytes: a target may have chosen them */
	VMSPY_UNIT_PATH,     /* const char *, any bytes: the end says more than the beginning */
	VMSPY_UNIT_WORD,     /* const char *, a word of ours */
	VMSPY_UNIT_WORDS,    /* const char *, words of ours with one space between them; "": none */
	VMSPY_UNIT_ADDRESS,  /* byte address */
	VMSPY_UNIT_FRAME,    /* page frame number */
	VMSPY_UNIT_OFFSET,   /* byte offset in a file */
	VMSPY_UNIT_BYTES,    /* text: in units that fit */
	VMSPY_UNIT_SIZE,     /* the same, of one thing: never added up */
	VMSPY_UNIT_PAGES,    /* base pages; text: as bytes */
	VMSPY_UNIT_COUNT,    /* of anything else */
	VMSPY_UNIT_ID,       /* a number that names something and is never added up: pid, inode */
	VMSPY_UNIT_DURATION, /* nanoseconds; text: in units that fit */
	VMSPY_UNIT_RATIO,    /* in thousandths; JSON: a fraction; text: "1,300x" */
	VMSPY_UNIT_DEVICE,   /* VMSPY_DEVICE(major, minor) */
	VMSPY_UNIT_DISTANCE, /* int64_t, bytes; of whole words, so that no known one is -1 */
	VMSPY_UNIT_BOOL,     /* 0 or 1 */
	VMSPY_UNIT_PAGES_CHANGE, /* vmspy_change_of() of pages; text: as bytes, with a sign */
	VMSPY_UNIT_BYTES_CHANGE, /* the same of bytes */
	VMSPY_UNIT_VALUE,        /* struct vmspy_value */
	VMSPY_UNIT_ROWS,         /* struct vmspy_nested; an array in JSON, elsewhere how many */
	VMSPY_UNIT_COUNT_OF,     /* how many units there are */
};

/*
 * ret: how much a number has changed, as a cell of one of the units of changes; unknown if either
 *      number is.
 * Note: the sign is the lowest bit: so -1 is not taken for VMSPY_UNKNOWN, and larger changes are
 *       larger numbers.
 */
static inline uint64_t vmspy_change_of(uint64_t before, uint64_t now)
{
	if (before == VMSPY_UNKNOWN || now == VMSPY_UNKNOWN)
		return VMSPY_UNKNOWN;
	return now >= before ? (now - before) << 1 : ((before - now) << 1) - 1;
}

/* ret: the change that such a cell holds. It must be known. */
static inline int64_t vmspy_change_signed(uint64_t change)
{
	int64_t size = (int64_t)((change + 1) >> 1);

	return change & 1 ? -size : size;
}

#define VMSPY_DEVICE(major, minor) ((uint64_t)(major) << 32 | (uint32_t)(minor))

/* Where a column is shown without being asked for, and where not after all. */
enum vmspy_column_show {
	VMSPY_SHOW_TEXT = 1 << 0, /* in text and --raw */
	VMSPY_SHOW_JSON = 1 << 1, /* in JSON */
	VMSPY_SHOW_UNLESS_ZERO =
		1 << 2,              /* a text table leaves it out if all rows have 0, or no text */
	VMSPY_SHOW_IF_ROOM = 1 << 3, /* ... on a terminal that is too narrow for all */
	VMSPY_SHOW_CUT = 1 << 4,     /* a text or value that is cut there, as paths always are */
	VMSPY_SHOW = VMSPY_SHOW_TEXT | VMSPY_SHOW_JSON,
	VMSPY_SHOW_NONZERO = VMSPY_SHOW | VMSPY_SHOW_UNLESS_ZERO,
	VMSPY_SHOW_ASKED = 0, /* only by -o, +LIST, --output-all */
};

struct vmspy_value;

/* Tables of columns end with a zeroed one. */
struct vmspy_column {
	const char *heading; /* upper case, no spaces: "ONLY-A" */
	const char *key;     /* in JSON, with the unit in it: "only_a_pages" */
	const char *help;    /* a phrase */
	enum vmspy_unit unit;
	unsigned show;  /* enum vmspy_column_show */
	uint32_t needs; /* bits of the report: what has to be read for it */
	size_t offset;  /* in the row struct */
};

/*
 * The rows that one cell holds: a table inside a row. A zeroed struct is unknown; one with columns
 * and no rows is known to be empty. Those of its columns are told that JSON shows unasked.
 */
struct vmspy_nested {
	const struct vmspy_column *columns;
	const void *rows; /* borrowed */
	size_t count;
	size_t row_bytes;
	bool is_one; /* it always has one row: an object in JSON, not an array */
};

/* ret: the word of the manual for a unit ("bytes"), static. */
const char *vmspy_unit_name(enum vmspy_unit unit);

/* Whether text tables align it to the right. */
bool vmspy_unit_is_right(enum vmspy_unit unit);

/* Whether its cells are texts: vmspy_column_text(). */
bool vmspy_unit_is_text(enum vmspy_unit unit);

/* Whether it makes sense to add its numbers up. */
bool vmspy_unit_is_additive(enum vmspy_unit unit);

/* ret: the number of a cell whose unit is one of numbers. Inline: tables have millions of cells. */
static inline uint64_t vmspy_column_number(const struct vmspy_column *column, const void *row)
{
	uint64_t number;

	memcpy(&number, (const char *)row + column->offset, sizeof(number));
	return number;
}

/* ret: the text of a cell whose unit is one of text, NULL if unknown. Borrowed from the row. */
static inline const char *vmspy_column_text(const struct vmspy_column *column, const void *row)
{
	const char *text;

	memcpy(&text, (const char *)row + column->offset, sizeof(text));
	return text;
}

/* ret: the cell of that unit, borrowed from the row. */
const struct vmspy_value *vmspy_column_value(const struct vmspy_column *column, const void *row);
const struct vmspy_nested *vmspy_column_nested(const struct vmspy_column *column, const void *row);

/* ret: one row of a nested table, borrowed. index: below its count. */
const void *vmspy_nested_row(const struct vmspy_nested *nested, size_t index);

/* Whether the cell holds nothing but an unknown. */
bool vmspy_column_is_unknown(const struct vmspy_column *column, const void *row);

/*
 * Find a column by its heading or its key, in any case.
 * Errors: BAD_DATA (no such column: names the nearest).
 */
struct vmspy_error *vmspy_column_find(const struct vmspy_column *columns,
				      const struct vmspy_scan *word,
				      const struct vmspy_column **ret) VMSPY_MUST_CHECK;

enum {
	VMSPY_SELECTION_MAX = 64
};

/* The columns to show, in order. A zeroed struct selects none. */
struct vmspy_selection {
	const struct vmspy_column *column[VMSPY_SELECTION_MAX];
	bool asked[VMSPY_SELECTION_MAX]; /* by name: never left out */
	size_t count;
	uint32_t needs; /* the needs of all of them */
	bool whole;     /* text: nothing is cut or left out for want of room */
};

/*
 * The columns that are shown without being asked for.
 * where:  VMSPY_SHOW_TEXT or VMSPY_SHOW_JSON.
 */
struct vmspy_selection vmspy_selection_default(const struct vmspy_column *columns,
					       enum vmspy_column_show where);

/* The columns that have a total: of those that are shown, or JSON would show, what was read for them. */
struct vmspy_selection vmspy_selection_totals(const struct vmspy_column *columns,
					      const struct vmspy_selection *shown);

struct vmspy_selection vmspy_selection_all(const struct vmspy_column *columns);

/* Leave out the columns that need what was not read, but for those that were asked for by name. */
void vmspy_selection_trim(struct vmspy_selection *selection, uint32_t unmet_needs);

/*
 * Choose columns by a list: "START,size_bytes", headings or keys in any case. With a leading
 * `+` they are added to those of ret, otherwise they replace them. A column that is there
 * already is not added again.
 * ret:    in and out; unchanged on error.
 * Errors: BAD_DATA (no such column: names the nearest; an empty list).
 */
struct vmspy_error *vmspy_selection_parse(const struct vmspy_column *columns, const char *list,
					  struct vmspy_selection *ret) VMSPY_MUST_CHECK;

#endif
