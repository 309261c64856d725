/* vmspy diff: the answer, part by part. */
#include "base/cleanup.h"
#include "command.h"
#include "diff.h"
#include "diff_text.h"
#include "render/rows.h"
#include "report/pair_rows.h"
#include "report/run_rows.h"
#include "watch_rows.h"

#include "base/banned.h"

static void print_side(const struct diff *diff, struct render *render, bool is_b)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_side_columns);
	struct vmspy_side_row row = vmspy_side_row_of(
		vmspy_space_identity(is_b ? diff->b : diff->a), &diff->pair, is_b);

	render_object(render, is_b ? "b" : "a", &columns, &row);
}

static void print_unknown(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_unknown_columns);

	render_open_array(render, "unknown");
	for (int reason = VMSPY_REASON_NONE + 1; reason < VMSPY_REASON_COUNT; reason++) {
		struct vmspy_unknown_row row = vmspy_unknown_row_of(&diff->pair, reason);

		if (row.pages)
			render_object(render, NULL, &columns, &row);
	}
	render_close(render);
}

static void print_siblings(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_asked_columns);
	struct vmspy_selection of_each = output_columns(&diff->output, vmspy_sibling_columns);
	struct vmspy_asked_row row = vmspy_asked_row_of(&diff->pair);

	render_open_object(render, "siblings");
	render_members(render, &columns, &row);
	render_open_array(render, "asked");
	for (size_t i = 0; i < diff->pair.asked.count; i++) {
		struct vmspy_sibling_row sibling = vmspy_sibling_row_of(&diff->pair, i);

		render_object(render, NULL, &of_each, &sibling);
	}
	render_close(render);
	render_close(render);
}

static void print_round(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, watch_columns);

	if (diff->watch)
		render_members(render, &columns, diff->watch);
}

static void print_changed(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_totals_change_columns);

	if (watch_is_later(diff->watch))
		render_object(render, "changed", &columns, &diff->watch->totals_change);
}

static void print_totals(const struct diff *diff, struct render *render)
{
	bool is_one = vmspy_pair_is_one_space(&diff->pair);
	struct vmspy_selection totals = output_columns(&diff->output, vmspy_totals_columns);
	struct vmspy_selection hold = output_columns(&diff->output, vmspy_hold_columns);
	struct vmspy_selection moved = output_columns(&diff->output, vmspy_moved_columns);
	struct vmspy_selection relation = output_columns(&diff->output, vmspy_relation_columns);
	struct vmspy_counts_row counts = vmspy_counts_row_of(&diff->pair.totals);
	struct vmspy_hold_row held = vmspy_hold_row_of(&diff->pair);
	struct vmspy_relation_row related = vmspy_relation_row_of(&diff->pair);

	print_round(diff, render);
	print_side(diff, render, false);
	print_side(diff, render, true);
	render_members(render, &relation, &related);
	render_object(render, "totals", &totals, is_one ? NULL : &counts);
	print_changed(diff, render);
	diff_print_content(diff, render);
	print_unknown(diff, render);
	print_siblings(diff, render);
	render_object(render, "hold", &hold, &held);
	render_object(render, "kernel_moved", &moved, is_one ? NULL : &diff->pair.kernel_moved);
}

struct vmspy_selection diff_columns(const struct diff *diff, const struct vmspy_column *table)
{
	return command_table(diff->arguments)->columns == table
		       ? diff->output.columns
		       : output_columns(&diff->output, table);
}

const struct vmspy_sort *diff_sort(const struct diff *diff, const struct vmspy_column *table)
{
	const struct vmspy_sort *sort = &diff->output.sort;

	return sort->column && command_table(diff->arguments)->columns == table ? sort : NULL;
}

/* What was not read is unknown in JSON; people are spared columns of it. */
static uint32_t unmet_needs(const struct diff *diff)
{
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool no_bytes = diff->pair.content.mode == VMSPY_CONTENT_NONE;
	bool no_stacks = !is_given(diff->arguments, OPTION_STACKS);

	return (for_people && no_bytes ? VMSPY_NEED_BYTES : 0) |
	       (no_stacks ? VMSPY_NEED_STACKS : 0);
}

void diff_print_table(const struct diff *diff, struct render *render,
		      const struct diff_table *table)
{
	bool for_people = diff->output.style.format == RENDER_TEXT;
	struct vmspy_selection columns = diff_columns(diff, table->columns);
	VMSPY_AUTO(told_deinit) struct told told = { 0 };
	struct vmspy_rows rows = table->rows;
	struct vmspy_error *err;

	vmspy_selection_trim(&columns, unmet_needs(diff));
	if (diff->watch) {
		bool by_id = for_people && table->is_evidence;

		if ((err = told_find(diff->watch, table, by_id ? NULL : &columns, &told))) {
			render_fail(render, err);
			return;
		}
		rows = told_rows(&told);
	}
	if (for_people && watch_is_later(diff->watch) && !rows.count)
		return;
	if (!table->has_lead)
		diff_text_gap(&diff->output, render);
	render_table_begin(render, table->key, &columns);
	render_rows(render, &rows, diff_sort(diff, table->columns), table->shown);
	if (diff->watch && !for_people)
		told_print_gone(&told, render, &columns);
	render_table_end(render);
}

static void get_run(const void *context, size_t index, void *row)
{
	*(struct vmspy_run_row *)row = vmspy_run_row_of(context, index);
}

static void print_runs(const struct diff *diff, struct render *render)
{
	struct vmspy_run_row row;
	struct diff_table table = {
		.key = "runs",
		.columns = vmspy_run_columns,
		.rows = { diff->pair.runs.count, &diff->pair, get_run, &row },
		.id_offset = offsetof(struct vmspy_run_row, start),
	};

	if (!is_given(diff->arguments, OPTION_RUNS))
		return;
	diff_print_table(diff, render, &table);
}

void diff_print_lists(const struct diff *diff, struct render *render)
{
	print_runs(diff, render);
	diff_print_symbols(diff, render);
	diff_print_clues(diff, render);
	diff_print_stacks(diff, render);
}

/* Who looks at one page has seen the tables, unless they are asked for by name. */
static bool wants_tables(const struct diff *diff)
{
	const uint64_t by_name = OPTION_BIT(OPTION_RUNS) | OPTION_BIT(OPTION_SYMBOLS) |
				 OPTION_BIT(OPTION_VALUES) | OPTION_BIT(OPTION_CLUES) |
				 OPTION_BIT(OPTION_STACKS) | OPTION_BIT(OPTION_ALL);

	return diff->output.style.format != RENDER_TEXT || !is_given(diff->arguments, OPTION_HEX) ||
	       diff->arguments->given & by_name;
}

struct vmspy_error *diff_print(const struct diff *diff)
{
	struct render *render = NULL;
	struct vmspy_error *err = render_begin(&diff->output.style, diff->arguments->command->name,
					       &diff->host, &render);

	if (err)
		return err;
	if (!vmspy_pair_is_one_space(&diff->pair))
		diff_text_headline(&diff->output, render, &diff->pair, diff->a, diff->b);
	print_totals(diff, render);
	diff_print_findings(diff, render);
	diff_print_hex(diff, render);
	if (wants_tables(diff)) {
		diff_print_mappings(diff, render);
		diff_print_lists(diff, render);
		diff_print_hold(diff, render);
	}
	render_open_array(render, "errors");
	render_close(render);
	return render_end(render);
}
