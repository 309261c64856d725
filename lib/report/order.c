#include "report/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/scan.h"
#include "symbol/values.h"

#include "base/banned.h"

struct vmspy_error *vmspy_sort_parse(const struct vmspy_column *columns, const char *word,
				     struct vmspy_sort *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(word, strlen(word));
	bool ascending = vmspy_scan_char(&scan, '+');
	bool descending = !ascending && vmspy_scan_char(&scan, '-');
	struct vmspy_sort sort = { 0 };
	struct vmspy_error *err = vmspy_column_find(columns, &scan, &sort.column);

	if (err)
		return err;
	sort.descending = descending || (!ascending && !vmspy_unit_is_text(sort.column->unit));
	*ret = sort;
	return NULL;
}

/* In the order in which they are shown, whatever the direction. */
enum rank {
	NUMBER,
	TEXT,
	UNKNOWN
};

/* The one cell of a row that decides. */
struct key {
	enum rank rank;
	uint64_t number;
	char *text; /* copied: a row's texts may live in it */
	size_t index;
};

struct keys {
	struct key *key;
	size_t count;
	bool descending;
};

static void keys_deinit(struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		free(keys->key[i].text);
	free(keys->key);
}

static struct vmspy_error *text_key(const char *text, struct key *key)
{
	key->rank = TEXT;
	key->text = strdup(text);
	return key->text ? NULL : vmspy_error_no_memory();
}

/*
 * ret: a number that sorts as this one does.
 * Source: IEEE 754: the bits of positive numbers ascend with them, those of negative ones descend.
 */
static uint64_t sortable(double number)
{
	const uint64_t sign = UINT64_C(1) << 63;
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits & sign ? ~bits : bits | sign;
}

static struct vmspy_error *value_key(const struct vmspy_value *value, struct key *key)
{
	char *end;
	double number = strtod(value->text, &end);

	if (end == value->text || *end)
		return text_key(value->text[0] ? value->text : value->hex, key);
	key->rank = NUMBER;
	key->number = sortable(number);
	return NULL;
}

static struct vmspy_error *key_of(const struct vmspy_column *column, const void *row,
				  struct key *key)
{
	key->rank = NUMBER;
	if (vmspy_column_is_unknown(column, row))
		key->rank = UNKNOWN;
	else if (vmspy_unit_is_text(column->unit))
		return text_key(vmspy_column_text(column, row), key);
	else if (column->unit == VMSPY_UNIT_VALUE)
		return value_key(vmspy_column_value(column, row), key);
	else if (column->unit == VMSPY_UNIT_ROWS)
		key->number = vmspy_column_nested(column, row)->count;
	else
		key->number = vmspy_column_number(column, row);
	return NULL;
}

static int compare_cells(const struct key *x, const struct key *y)
{
	if (x->rank == TEXT)
		return strcmp(x->text, y->text);
	return (x->number > y->number) - (x->number < y->number);
}

static int by_key(const void *a, const void *b, void *context)
{
	const struct keys *keys = context;
	const struct key *x = a, *y = b;
	int order = x->rank == y->rank ? compare_cells(x, y) : 0;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (order)
		return (order > 0) == keys->descending ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

struct vmspy_error *vmspy_rows_sort(const struct vmspy_rows *rows, const struct vmspy_sort *sort,
				    size_t **ret)
{
	VMSPY_AUTO(keys_deinit)
	struct keys keys = {
		.key = calloc(rows->count + 1, sizeof(*keys.key)),
		.descending = sort->descending,
	};
	VMSPY_AUTO(vmspy_guard_free) size_t *order = calloc(rows->count + 1, sizeof(*order));
	struct vmspy_error *err;

	if (!keys.key || !order)
		return vmspy_error_no_memory();
	for (; keys.count < rows->count; keys.count++) {
		keys.key[keys.count].index = keys.count;
		rows->get(rows->context, keys.count, rows->row);
		if ((err = key_of(sort->column, rows->row, &keys.key[keys.count])))
			return err;
	}
	qsort_r(keys.key, keys.count, sizeof(*keys.key), by_key, &keys);
	for (size_t i = 0; i < keys.count; i++)
		order[i] = keys.key[i].index;
	*ret = order;
	order = NULL; /* the caller owns it now */
	return NULL;
}
