#include "report/column.h"

#include <string.h>
#include <strings.h>

#include "base/scan.h"
#include "report/nearest.h"
#include "symbol/values.h"

#include "base/banned.h"

enum content {
	NUMBER,
	STRING,
	VALUE,
	NESTED
};

/* clang-format off */
static const struct unit_traits {
	const char *name;
	enum content content;
	bool right;
	bool additive;
} unit_traits[VMSPY_UNIT_COUNT_OF] = {
	/*                         name        content  right  additive */
	[VMSPY_UNIT_TEXT]     = { "text",     STRING,  false, false },
	[VMSPY_UNIT_PATH]     = { "path",     STRING,  false, false },
	[VMSPY_UNIT_WORD]     = { "word",     STRING,  false, false },
	[VMSPY_UNIT_WORDS]    = { "words",    STRING,  false, false },
	[VMSPY_UNIT_ADDRESS]  = { "address",  NUMBER,  true,  false },
	[VMSPY_UNIT_FRAME]    = { "frame",    NUMBER,  true,  false },
	[VMSPY_UNIT_OFFSET]   = { "offset",   NUMBER,  true,  false },
	[VMSPY_UNIT_BYTES]    = { "bytes",    NUMBER,  true,  true },
	[VMSPY_UNIT_SIZE]     = { "size",     NUMBER,  true,  false },
	[VMSPY_UNIT_PAGES]    = { "pages",    NUMBER,  true,  true },
	[VMSPY_UNIT_COUNT]    = { "count",    NUMBER,  true,  true },
	[VMSPY_UNIT_ID]       = { "number",   NUMBER,  true,  false },
	[VMSPY_UNIT_DURATION] = { "duration", NUMBER,  true,  false },
	[VMSPY_UNIT_RATIO]    = { "ratio",    NUMBER,  true,  false },
	[VMSPY_UNIT_DEVICE]   = { "device",   NUMBER,  true,  false },
	[VMSPY_UNIT_DISTANCE] = { "distance", NUMBER,  true,  false },
	[VMSPY_UNIT_BOOL]     = { "bool",     NUMBER,  false, false },
	[VMSPY_UNIT_PAGES_CHANGE] = { "pages change", NUMBER, true, false },
	[VMSPY_UNIT_BYTES_CHANGE] = { "bytes change", NUMBER, true, false },
	[VMSPY_UNIT_VALUE]    = { "value",    VALUE,   false, false },
	[VMSPY_UNIT_ROWS]     = { "rows",     NESTED,  true,  false },
};
/* clang-format on */

const char *vmspy_unit_name(enum vmspy_unit unit)
{
	return unit_traits[unit].name;
}

bool vmspy_unit_is_right(enum vmspy_unit unit)
{
	return unit_traits[unit].right;
}

bool vmspy_unit_is_text(enum vmspy_unit unit)
{
	return unit_traits[unit].content == STRING;
}

bool vmspy_unit_is_additive(enum vmspy_unit unit)
{
	return unit_traits[unit].additive;
}

const struct vmspy_value *vmspy_column_value(const struct vmspy_column *column, const void *row)
{
	return (const struct vmspy_value *)((const char *)row + column->offset);
}

const struct vmspy_nested *vmspy_column_nested(const struct vmspy_column *column, const void *row)
{
	return (const struct vmspy_nested *)((const char *)row + column->offset);
}

const void *vmspy_nested_row(const struct vmspy_nested *nested, size_t index)
{
	return (const char *)nested->rows + index * nested->row_bytes;
}

bool vmspy_column_is_unknown(const struct vmspy_column *column, const void *row)
{
	switch (unit_traits[column->unit].content) {
	case NUMBER:
		return vmspy_column_number(column, row) == VMSPY_UNKNOWN;
	case STRING:
		return !vmspy_column_text(column, row);
	case VALUE:
		return !vmspy_column_value(column, row)->known;
	case NESTED:
		return !vmspy_column_nested(column, row)->columns;
	}
	return true;
}

static void selection_add(struct vmspy_selection *selection, const struct vmspy_column *column,
			  bool asked)
{
	size_t at = 0;

	while (at < selection->count && selection->column[at] != column)
		at++;
	if (at == VMSPY_SELECTION_MAX)
		return;
	selection->count += at == selection->count;
	selection->column[at] = column;
	selection->asked[at] |= asked;
	selection->needs |= column->needs;
}

struct vmspy_selection vmspy_selection_default(const struct vmspy_column *columns,
					       enum vmspy_column_show where)
{
	struct vmspy_selection selection = { 0 };

	for (const struct vmspy_column *column = columns; column->heading; column++)
		if (column->show & where)
			selection_add(&selection, column, false);
	return selection;
}

static bool selection_has(const struct vmspy_selection *selection,
			  const struct vmspy_column *column)
{
	for (size_t i = 0; i < selection->count; i++)
		if (selection->column[i] == column)
			return true;
	return false;
}

struct vmspy_selection vmspy_selection_totals(const struct vmspy_column *columns,
					      const struct vmspy_selection *shown)
{
	struct vmspy_selection selection = { 0 };

	for (const struct vmspy_column *column = columns; column->heading; column++)
		if (vmspy_unit_is_additive(column->unit) && !(column->needs & ~shown->needs) &&
		    (column->show & VMSPY_SHOW_JSON || selection_has(shown, column)))
			selection_add(&selection, column, false);
	return selection;
}

void vmspy_selection_trim(struct vmspy_selection *selection, uint32_t unmet_needs)
{
	size_t kept = 0;

	for (size_t i = 0; i < selection->count; i++) {
		if (selection->column[i]->needs & unmet_needs && !selection->asked[i])
			continue;
		selection->asked[kept] = selection->asked[i];
		selection->column[kept++] = selection->column[i];
	}
	selection->count = kept;
}

struct vmspy_selection vmspy_selection_all(const struct vmspy_column *columns)
{
	struct vmspy_selection selection = { 0 };

	for (const struct vmspy_column *column = columns; column->heading; column++)
		selection_add(&selection, column, true);
	return selection;
}

static bool is_name(const struct vmspy_scan *word, const char *name)
{
	size_t length = (size_t)(word->end - word->at);

	return strlen(name) == length && !strncasecmp(word->at, name, length);
}

static struct vmspy_error *no_column(const struct vmspy_column *columns,
				     const struct vmspy_scan *word)
{
	int length = (int)(word->end - word->at);
	struct vmspy_nearest nearest = vmspy_nearest_to(word->at, (size_t)length);

	for (const struct vmspy_column *column = columns; column->heading; column++) {
		vmspy_nearest_try(&nearest, column->heading);
		vmspy_nearest_try(&nearest, column->key);
	}
	if (!nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no column '%.*s' (--list-columns lists them)", length,
					  word->at);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "no column '%.*s' (did you mean '%s'?)",
				  length, word->at, nearest.name);
}

struct vmspy_error *vmspy_column_find(const struct vmspy_column *columns,
				      const struct vmspy_scan *word,
				      const struct vmspy_column **ret)
{
	for (const struct vmspy_column *column = columns; column->heading; column++)
		if (is_name(word, column->heading) || is_name(word, column->key)) {
			*ret = column;
			return NULL;
		}
	return no_column(columns, word);
}

struct vmspy_error *vmspy_selection_parse(const struct vmspy_column *columns, const char *list,
					  struct vmspy_selection *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(list, strlen(list)), word;
	struct vmspy_selection selection = { 0 };
	const struct vmspy_column *column;
	struct vmspy_error *err;

	if (vmspy_scan_char(&scan, '+'))
		selection = *ret;
	if (scan.at == scan.end)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "no columns in '%s' (--list-columns lists them)", list);
	while (vmspy_scan_until(&scan, ',', &word)) {
		if ((err = vmspy_column_find(columns, &word, &column)))
			return err;
		selection_add(&selection, column, true);
	}
	*ret = selection;
	return NULL;
}
