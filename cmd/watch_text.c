/* diff --watch: what people are told of a round. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/human.h"
#include "command.h"
#include "diff_text.h"
#include "render/rows.h"
#include "watch.h"
#include "watch_rows.h"

#include "base/banned.h"

/* --- the headline -------------------------------------------------------------------------- */

/* clang-format off */
#define AT(member) offsetof(struct vmspy_counts_row, member)
static const struct {
	const char *title;
	bool always; /* also where it has not changed */
	size_t offset;
} parts[] = {
	{ "diverged", true,  AT(diverged_pages) },
	{ "shared",   true,  AT(shared_pages) },
	{ "only a",   false, AT(only_a_pages) },
	{ "only b",   false, AT(only_b_pages) },
	{ "separate", false, AT(separate_pages) },
	{ "unknown",  false, AT(unknown_pages) },
};
#undef AT
/* clang-format on */

static uint64_t count_at(const struct vmspy_counts_row *row, size_t offset)
{
	uint64_t count;

	memcpy(&count, (const char *)row + offset, sizeof(count));
	return count;
}

static struct vmspy_error *append_time(struct vmspy_buf *line)
{
	char text[sizeof("00:00:00")];
	time_t now = time(NULL);
	struct tm local;

	if (!localtime_r(&now, &local) || !strftime(text, sizeof(text), "%H:%M:%S", &local))
		return NULL;
	return vmspy_buf_printf(line, "%s", text);
}

static struct vmspy_error *append_part(struct vmspy_buf *line, const struct diff *diff, size_t i)
{
	uint64_t page_bytes = diff->host.page_bytes;
	int64_t change =
		vmspy_change_signed(count_at(&diff->watch->totals_change, parts[i].offset));
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_error *err;

	if (!change && !parts[i].always)
		return NULL;
	vmspy_human_bytes(count_at(&diff->watch->totals, parts[i].offset) * page_bytes, size);
	err = vmspy_buf_printf(line, "   %s %s", parts[i].title, size);
	if (err || !change)
		return err;
	vmspy_human_bytes((uint64_t)(change < 0 ? -change : change) * page_bytes, size);
	return vmspy_buf_printf(line, " %c%s", change < 0 ? '-' : '+', size);
}

/* "14:02:07   diverged 61.0M +4.2M   shared 512M -4.2M" */
static struct vmspy_error *print_headline(const struct diff *diff)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf line = { 0 };
	struct vmspy_error *err = append_time(&line);

	for (size_t i = 0; !err && i < sizeof(parts) / sizeof(parts[0]); i++)
		err = append_part(&line, diff, i);
	if (!err)
		fprintf(diff->output.style.out, "\n%s\n", vmspy_buf_text(&line));
	return err;
}

/* --- mappings ------------------------------------------------------------------------------ */

/* ret: the column that shows the change of what this one shows. */
static const struct vmspy_column *change_of(const struct vmspy_column *column)
{
	return vmspy_interval_change_columns + (column - vmspy_interval_columns);
}

/* The columns of the mappings, with changes for counts. What bytes say is drawn anew each time. */
static struct vmspy_selection change_columns(const struct diff *diff)
{
	struct vmspy_selection columns = diff_columns(diff, vmspy_interval_columns);

	vmspy_selection_trim(&columns, VMSPY_NEED_BYTES);
	for (size_t i = 0; i < columns.count; i++)
		columns.column[i] = change_of(columns.column[i]);
	return columns;
}

static void get_change(const void *context, size_t i, void *data)
{
	const struct diff *diff = context;
	const struct vmspy_interval_change *change = &diff->watch->changes.change[i];
	struct vmspy_interval_row *row = data;

	if (change->index != VMSPY_INTERVAL_GONE) {
		vmspy_interval_row_get(&diff->pair, change->index, row);
	} else {
		const struct vmspy_interval_mark *mark =
			&diff->watch->before.mark[change->before_index];

		vmspy_row_forget(vmspy_interval_columns, row);
		row->start = mark->start;
		row->end = mark->end;
		row->kind = mark->kind;
	}
	row->counts = change->counts;
	row->estimated_identical_pages = VMSPY_UNKNOWN;
	row->estimated_changed_bytes = VMSPY_UNKNOWN;
	row->amplification = VMSPY_UNKNOWN;
}

static void print_mappings(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = change_columns(diff);
	const struct vmspy_sort *asked = diff_sort(diff, vmspy_interval_columns);
	struct vmspy_sort sort = asked ? *asked : (struct vmspy_sort){ 0 };
	struct vmspy_interval_row row;
	struct vmspy_rows rows = { diff->watch->changes.count, diff, get_change, &row };

	if (!rows.count)
		return;
	if (sort.column)
		sort.column = change_of(sort.column);
	render_table_begin(render, "mappings", &columns);
	render_rows(render, &rows, &sort, 0);
	render_table_end(render);
}

/* --- a round ------------------------------------------------------------------------------- */

/* ret: what there is to say below the headline; NULL without memory. free() it. */
static struct vmspy_error *print_body(const struct diff *diff, char **ret)
{
	struct render_style style = diff->output.style;
	struct render *render = NULL;
	struct vmspy_error *err;
	size_t length;

	style.out = open_memstream(ret, &length);
	if (!style.out)
		return vmspy_error_no_memory();
	err = render_begin(&style, diff->arguments->command->name, &diff->host, &render);
	if (!err) {
		print_mappings(diff, render);
		diff_print_lists(diff, render);
		err = render_end(render);
	}
	if (fclose(style.out) && !err)
		err = vmspy_error_no_memory();
	return err;
}

struct vmspy_error *watch_print_text(const struct diff *diff)
{
	VMSPY_AUTO(vmspy_guard_free) char *body = NULL;
	struct vmspy_error *err = print_body(diff, &body);

	if (err || (!*body && !vmspy_counts_change_pages(&diff->watch->totals_change)))
		return err;
	if ((err = print_headline(diff)))
		return err;
	fputs(body, diff->output.style.out);
	return NULL;
}
