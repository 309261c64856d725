#include "watch_rows.h"

#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct watch, member)
const struct vmspy_column watch_columns[] = {
	{ "ROUND", "round", "which round it is, from 1", VMSPY_UNIT_COUNT, VMSPY_SHOW_JSON, 0, AT(round) },
	{ 0 },
};
#undef AT
/* clang-format on */

bool watch_is_later(const struct watch *watch)
{
	return watch && watch->round > 1;
}

/* --- rounds -------------------------------------------------------------------------------- */

struct vmspy_error *watch_count(struct watch *watch, const struct vmspy_pair *pair)
{
	struct vmspy_counts_row totals = vmspy_counts_row_of(&pair->totals);
	struct vmspy_error *err;

	watch->totals_change = vmspy_counts_change_of(&watch->totals, &totals);
	watch->totals = totals;
	vmspy_interval_marks_deinit(&watch->before);
	watch->before = watch->now;
	watch->now = (struct vmspy_interval_marks){ 0 };
	vmspy_interval_changes_deinit(&watch->changes);
	err = vmspy_interval_marks_take(pair, &watch->now);
	return err ? err
		   : vmspy_interval_changes_find(&watch->before, &watch->now, &watch->changes);
}

void watch_deinit(struct watch *watch)
{
	vmspy_interval_marks_deinit(&watch->before);
	vmspy_interval_marks_deinit(&watch->now);
	vmspy_interval_changes_deinit(&watch->changes);
	for (size_t i = 0; i < WATCH_TABLES; i++)
		vmspy_row_marks_deinit(&watch->table[i].marks);
}

/* --- rows ---------------------------------------------------------------------------------- */

/* ret: the marks of the table when it was last told. */
static struct vmspy_row_marks *marks_of(struct watch *watch, const struct vmspy_column *columns)
{
	size_t i = 0;

	while (i + 1 < WATCH_TABLES && watch->table[i].columns &&
	       watch->table[i].columns != columns)
		i++;
	watch->table[i].columns = columns;
	return &watch->table[i].marks;
}

struct vmspy_error *told_find(struct watch *watch, const struct diff_table *table,
			      const struct vmspy_selection *columns, struct told *ret)
{
	VMSPY_AUTO(vmspy_row_marks_deinit) struct vmspy_row_marks now = { 0 };
	struct vmspy_row_marks *before = marks_of(watch, table->columns), kept;
	const struct vmspy_row_marking how = { table->id_offset, columns };
	struct vmspy_error *err;

	if ((err = vmspy_row_marks_take(&table->rows, &how, &now)) ||
	    (err = vmspy_row_changes_find(before, &now, &ret->changes)) ||
	    (!columns && (err = vmspy_row_marks_keep(before, &now))))
		return err;
	ret->table = table;
	kept = now;
	now = *before; /* ends here */
	*before = kept;
	return NULL;
}

void told_deinit(struct told *told)
{
	vmspy_row_changes_deinit(&told->changes);
}

static void get_told(const void *context, size_t i, void *row)
{
	const struct told *told = context;
	const struct vmspy_rows *rows = &told->table->rows;

	rows->get(rows->context, told->changes.index[i], row);
}

struct vmspy_rows told_rows(const struct told *told)
{
	return (struct vmspy_rows){ told->changes.count, told, get_told, told->table->rows.row };
}

static bool shows_id(const struct vmspy_selection *columns, size_t id_offset)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->column[i]->offset == id_offset)
			return true;
	return false;
}

void told_print_gone(const struct told *told, struct render *render,
		     const struct vmspy_selection *columns)
{
	const struct diff_table *table = told->table;
	char *row = table->rows.row;

	if (!shows_id(columns, table->id_offset))
		return;
	for (size_t i = 0; i < told->changes.gone_count; i++) {
		vmspy_row_forget(table->columns, row);
		memcpy(row + table->id_offset, &told->changes.gone[i], sizeof(uint64_t));
		render_row(render, row);
	}
}
