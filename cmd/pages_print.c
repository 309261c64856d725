/* vmspy pages: the answer. */
#include <stdlib.h>

#include "command.h"
#include "pages.h"
#include "render/rows.h"
#include "report/process_rows.h"
#include "title.h"

#include "base/banned.h"

/* These are printed in place of the summary, for people. */
#define OPTIONS_OTHER_TABLES                                                                       \
	(OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_EACH) | OPTION_BIT(OPTION_SHARERS) |          \
	 OPTION_BIT(OPTION_HUGE))

struct vmspy_selection pages_columns(const struct pages *pages, const struct vmspy_column *table)
{
	return command_table(pages->arguments)->columns == table
		       ? pages->output.columns
		       : output_columns(&pages->output, table);
}

struct vmspy_error *pages_begin(struct pages *pages)
{
	struct vmspy_selection columns = output_columns(&pages->output, vmspy_process_columns);
	const struct vmspy_identity *identity = vmspy_space_identity(pages->space);
	struct vmspy_process_row row = vmspy_process_row_of(identity);
	struct vmspy_error *err =
		render_begin(&pages->output.style, pages->arguments->command->name, &pages->host,
			     &pages->render);

	if (err)
		return err;
	render_members(pages->render, &columns, &row);
	return title_print(&pages->output, pages->render, identity);
}

/* A table whose rows are made one at a time. */
struct table {
	const char *key;
	const struct vmspy_column *columns;
	struct vmspy_rows rows;
	const void *total; /* a row; NULL: none */
};

static void print_table(struct pages *pages, const struct table *table)
{
	struct vmspy_selection columns = pages_columns(pages, table->columns);
	bool is_chosen = command_table(pages->arguments)->columns == table->columns;

	render_table_begin(pages->render, table->key, &columns);
	render_rows(pages->render, &table->rows, is_chosen ? &pages->output.sort : NULL, 0);
	if (table->total)
		render_total(pages->render, table->total);
	render_table_end(pages->render);
}

static int by_pages(const void *x, const void *y)
{
	const struct vmspy_page_sum *a = x, *b = y;

	return (a->pages < b->pages) - (a->pages > b->pages);
}

static void get_sum(const void *context, size_t index, void *row)
{
	const struct pages *pages = context;

	vmspy_sum_row_get(&pages->sums.sum[index], pages->host.page_bytes, row);
}

static void print_sums(struct pages *pages)
{
	struct vmspy_sum_row row, total = { .flags = { .flags = VMSPY_UNKNOWN } };
	struct table table = {
		.key = "summary",
		.columns = vmspy_sum_columns,
		.rows = { pages->sums.count, pages, get_sum, &row },
		.total = &total,
	};

	if (pages->output.style.format == RENDER_TEXT &&
	    pages->arguments->given & OPTIONS_OTHER_TABLES)
		return;
	if (pages->sums.count)
		qsort(pages->sums.sum, pages->sums.count, sizeof(*pages->sums.sum), by_pages);
	for (size_t i = 0; i < pages->sums.count; i++)
		total.pages += pages->sums.sum[i].pages;
	total.size_bytes = total.pages * pages->host.page_bytes;
	print_table(pages, &table);
}

static void get_range(const void *context, size_t index, void *row)
{
	const struct pages *pages = context;

	vmspy_range_row_get(&pages->ranges.range[index], pages->host.page_bytes, row);
}

static void print_ranges(struct pages *pages)
{
	struct vmspy_range_row row;
	struct table table = {
		.key = "ranges",
		.columns = vmspy_range_columns,
		.rows = { pages->ranges.count, pages, get_range, &row },
	};

	if (is_given(pages->arguments, OPTION_LIST))
		print_table(pages, &table);
}

/* The steps that have pages. */
struct steps {
	const struct vmspy_sharers *sharers;
	size_t index[VMSPY_SHARERS_STEPS];
};

static void get_sharers(const void *context, size_t index, void *row)
{
	const struct steps *steps = context;

	vmspy_sharers_row_get(steps->sharers, steps->index[index], row);
}

static void print_sharers(struct pages *pages)
{
	struct steps steps = { .sharers = &pages->sharers };
	struct vmspy_sharers_row row;
	struct table table = {
		.key = "sharers",
		.columns = vmspy_sharers_columns,
		.rows = { 0, &steps, get_sharers, &row },
	};

	if (!is_given(pages->arguments, OPTION_SHARERS))
		return;
	for (size_t step = 0; step < VMSPY_SHARERS_STEPS; step++) {
		vmspy_sharers_row_get(&pages->sharers, step, &row);
		if (row.pages)
			steps.index[table.rows.count++] = step;
	}
	print_table(pages, &table);
}

static void get_folio(const void *context, size_t index, void *row)
{
	const struct pages *pages = context;

	*(struct vmspy_folio_row *)row = vmspy_folio_row_of(&pages->folios.sums.sum[index],
							    vmspy_space_layout(pages->space));
}

static void print_folios(struct pages *pages)
{
	struct vmspy_folio_row row;
	struct table table = {
		.key = "huge",
		.columns = vmspy_folio_columns,
		.rows = { pages->folios.sums.count, pages, get_folio, &row },
	};

	if (is_given(pages->arguments, OPTION_HUGE))
		print_table(pages, &table);
}

struct vmspy_error *pages_print(struct pages *pages)
{
	struct vmspy_error *err;

	if (!pages->render && (err = pages_begin(pages)))
		return err;
	if (pages->of_each.count)
		render_table_end(pages->render);
	print_sums(pages);
	print_ranges(pages);
	print_sharers(pages);
	print_folios(pages);
	render_open_array(pages->render, "errors");
	render_close(pages->render);
	err = render_end(pages->render);
	pages->render = NULL;
	return err;
}
