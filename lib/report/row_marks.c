#include "report/row_marks.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/values.h"

#include "base/banned.h"

/* --- what a row says ----------------------------------------------------------------------- */

/* Source: FNV-1a, 64 bits (draft-eastlake-fnv). Two rows are confused once in 2^64. */
#define DIGEST_BEGIN UINT64_C(0xcbf29ce484222325)
#define DIGEST_PRIME UINT64_C(0x100000001b3)

static uint64_t add_bytes(uint64_t digest, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ at[i]) * DIGEST_PRIME;
	return digest;
}

/* With its end, so that "ab" "c" is not "a" "bc". */
static uint64_t add_text(uint64_t digest, const char *text)
{
	return add_bytes(digest, text, strlen(text) + 1);
}

static uint64_t add_row(uint64_t digest, const struct vmspy_selection *columns, const void *row);

static uint64_t add_nested(uint64_t digest, const struct vmspy_nested *nested)
{
	struct vmspy_selection columns = vmspy_selection_default(nested->columns, VMSPY_SHOW_JSON);

	digest = add_bytes(digest, &nested->count, sizeof(nested->count));
	for (size_t i = 0; i < nested->count; i++)
		digest = add_row(digest, &columns, vmspy_nested_row(nested, i));
	return digest;
}

static uint64_t add_cell(uint64_t digest, const struct vmspy_column *column, const void *row)
{
	bool is_unknown = vmspy_column_is_unknown(column, row);
	const struct vmspy_value *value;
	uint64_t number;

	digest = add_bytes(digest, &is_unknown, sizeof(is_unknown));
	if (is_unknown)
		return digest;
	if (vmspy_unit_is_text(column->unit))
		return add_text(digest, vmspy_column_text(column, row));
	if (column->unit == VMSPY_UNIT_ROWS)
		return add_nested(digest, vmspy_column_nested(column, row));
	if (column->unit == VMSPY_UNIT_VALUE) {
		value = vmspy_column_value(column, row);
		digest = add_text(add_text(digest, value->hex), value->text);
		return add_text(digest, value->excerpt);
	}
	number = vmspy_column_number(column, row);
	return add_bytes(digest, &number, sizeof(number));
}

static uint64_t add_row(uint64_t digest, const struct vmspy_selection *columns, const void *row)
{
	for (size_t i = 0; i < columns->count; i++)
		digest = add_cell(digest, columns->column[i], row);
	return digest;
}

uint64_t vmspy_row_digest(const struct vmspy_selection *columns, const void *row)
{
	return add_row(DIGEST_BEGIN, columns, row);
}

/* --- what is kept -------------------------------------------------------------------------- */

struct vmspy_error *vmspy_row_marks_take(const struct vmspy_rows *rows,
					 const struct vmspy_row_marking *how,
					 struct vmspy_row_marks *ret)
{
	struct vmspy_row_mark *mark = calloc(rows->count + 1, sizeof(*mark));

	if (!mark)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < rows->count; i++) {
		rows->get(rows->context, i, rows->row);
		memcpy(&mark[i].id, (const char *)rows->row + how->id_offset, sizeof(mark[i].id));
		if (how->columns)
			mark[i].digest = vmspy_row_digest(how->columns, rows->row);
	}
	*ret = (struct vmspy_row_marks){ mark, rows->count };
	return NULL;
}

void vmspy_row_marks_deinit(struct vmspy_row_marks *marks)
{
	free(marks->mark);
	*marks = (struct vmspy_row_marks){ 0 };
}

/* --- what has changed ---------------------------------------------------------------------- */

static int by_id(const void *x, const void *y)
{
	const struct vmspy_row_mark *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

static int by_id_and_digest(const void *x, const void *y)
{
	const struct vmspy_row_mark *a = x, *b = y;
	int order = by_id(x, y);

	return order ? order : (a->digest > b->digest) - (a->digest < b->digest);
}

static bool has(const struct vmspy_row_marks *sorted, const struct vmspy_row_mark *mark,
		int (*by)(const void *x, const void *y))
{
	return sorted->count &&
	       bsearch(mark, sorted->mark, sorted->count, sizeof(*sorted->mark), by);
}

static void find_gone(const struct vmspy_row_marks *before, const struct vmspy_row_marks *now,
		      struct vmspy_row_changes *changes)
{
	for (size_t i = 0; i < before->count; i++) {
		bool is_again = i && before->mark[i].id == before->mark[i - 1].id;

		if (!is_again && !has(now, &before->mark[i], by_id))
			changes->gone[changes->gone_count++] = before->mark[i].id;
	}
}

struct vmspy_error *vmspy_row_changes_find(const struct vmspy_row_marks *before,
					   struct vmspy_row_marks *now,
					   struct vmspy_row_changes *ret)
{
	VMSPY_AUTO(vmspy_row_changes_deinit)
	struct vmspy_row_changes changes = {
		.index = calloc(now->count + 1, sizeof(*changes.index)),
		.gone = calloc(before->count + 1, sizeof(*changes.gone)),
	};

	if (!changes.index || !changes.gone)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < now->count; i++)
		if (!has(before, &now->mark[i], by_id_and_digest))
			changes.index[changes.count++] = i;
	if (now->count)
		qsort(now->mark, now->count, sizeof(*now->mark), by_id_and_digest);
	find_gone(before, now, &changes);
	*ret = changes;
	changes = (struct vmspy_row_changes){ 0 }; /* the caller owns it now */
	return NULL;
}

struct vmspy_error *vmspy_row_marks_keep(const struct vmspy_row_marks *before,
					 struct vmspy_row_marks *now)
{
	struct vmspy_row_mark *mark = calloc(before->count + now->count + 1, sizeof(*mark));
	size_t count = now->count;

	if (!mark)
		return vmspy_error_no_memory();
	if (count)
		memcpy(mark, now->mark, count * sizeof(*mark));
	for (size_t i = 0; i < before->count; i++)
		if (!has(now, &before->mark[i], by_id))
			mark[count++] = before->mark[i];
	qsort(mark, count, sizeof(*mark), by_id_and_digest);
	free(now->mark);
	*now = (struct vmspy_row_marks){ mark, count };
	return NULL;
}

void vmspy_row_changes_deinit(struct vmspy_row_changes *changes)
{
	free(changes->index);
	free(changes->gone);
	*changes = (struct vmspy_row_changes){ 0 };
}

/* --- what is gone -------------------------------------------------------------------------- */

static void forget_cell(const struct vmspy_column *column, void *row)
{
	static const uint64_t unknown = VMSPY_UNKNOWN;
	static const char *const no_text;
	char *cell = (char *)row + column->offset;

	if (vmspy_unit_is_text(column->unit))
		memcpy(cell, &no_text, sizeof(no_text));
	else if (column->unit == VMSPY_UNIT_ROWS)
		memset(cell, 0, sizeof(struct vmspy_nested));
	else if (column->unit == VMSPY_UNIT_VALUE)
		memset(cell, 0, sizeof(struct vmspy_value));
	else
		memcpy(cell, &unknown, sizeof(unknown));
}

void vmspy_row_forget(const struct vmspy_column *columns, void *row)
{
	for (const struct vmspy_column *column = columns; column->heading; column++)
		forget_cell(column, row);
}
