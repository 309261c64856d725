#include "render/rows.h"

#include <pthread.h>

#include "base/cleanup.h"
#include "render/format.h"

#include "base/banned.h"

enum {
	ROWS_FOR_TWO = 8192
}; /* fewer are printed sooner than a second thread is there */

/* Some of the rows, in order. */
struct range {
	struct render *render;
	struct vmspy_rows rows;
	const size_t *order; /* NULL: as they come */
	size_t begin, end;
};

static void *print_range(void *context)
{
	const struct range *range = context;
	const struct vmspy_rows *rows = &range->rows;

	for (size_t i = range->begin; i < range->end; i++) {
		rows->get(rows->context, range->order ? range->order[i] : i, rows->row);
		render_row(range->render, rows->row);
	}
	return NULL;
}

/* Whether a thread of its own has made the second half in the meantime. */
static bool print_both(struct range *first, struct range *second)
{
	pthread_t thread;
	bool is_started = !pthread_create(&thread, NULL, print_range, second);

	print_range(first);
	if (is_started)
		pthread_join(thread, NULL);
	return is_started;
}

/* ret: false where two threads are not to be had: nothing is printed then. */
static bool print_in_halves(const struct range *all)
{
	const struct render_calls *calls = all->render->calls;
	VMSPY_AUTO(vmspy_guard_free) void *row = malloc(all->rows.row_bytes);
	struct range first = *all, second = *all;

	if (!row || !(second.render = calls->part_create(all->render)))
		return false;
	second.rows.row = row;
	second.begin = first.end = all->begin + (all->end - all->begin) / 2;
	if (print_both(&first, &second))
		calls->part_print(all->render, second.render);
	else
		print_range(&(struct range){ all->render, all->rows, all->order, second.begin,
					     second.end });
	if (second.render->err)
		render_fail(all->render, second.render->err);
	calls->destroy(second.render);
	return true;
}

static bool is_for_two(const struct range *all)
{
	return all->end >= ROWS_FOR_TWO && all->rows.row_bytes && !all->render->err &&
	       all->render->calls->part_create;
}

void render_rows(struct render *render, const struct vmspy_rows *rows,
		 const struct vmspy_sort *sort, size_t limit)
{
	size_t count = limit && limit < rows->count ? limit : rows->count;
	VMSPY_AUTO(vmspy_guard_free) size_t *order = NULL;
	struct vmspy_error *err = sort && sort->column ? vmspy_rows_sort(rows, sort, &order) : NULL;
	struct range all = { render, *rows, order, 0, count };

	if (err) {
		render_fail(render, err);
		return;
	}
	if (!is_for_two(&all) || !print_in_halves(&all))
		print_range(&all);
}
