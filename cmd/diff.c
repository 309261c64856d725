/* vmspy diff: what two address spaces no longer share. */
#include "base/cleanup.h"
#include "blame/changed.h"
#include "command.h"
#include "compare/pair.h"
#include "diff_text.h"
#include "limit.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/pair_rows.h"
#include "report/run_rows.h"
#include "report/symbol_rows.h"
#include "target.h"

#include "base/banned.h"

/* --- asking -------------------------------------------------------------------------------- */

struct diff {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output;
	struct limit limit;
	struct vmspy_space *a, *b;
	struct vmspy_pair pair;
	struct vmspy_modules *modules;
	struct vmspy_changed_list changed;
};

static void diff_deinit(struct diff *diff)
{
	vmspy_changed_list_deinit(&diff->changed);
	vmspy_modules_destroy(diff->modules);
	vmspy_pair_deinit(&diff->pair);
	vmspy_space_close(diff->a);
	vmspy_space_close(diff->b);
}

static struct vmspy_error *open_parent(struct diff *diff)
{
	const struct vmspy_identity *b = vmspy_space_identity(diff->b);

	if (b->parent_pid <= 1)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "cannot compare '%d' with its parent: its parent has "
					  "ended, or it is a child of init (name both processes)",
					  (int)b->pid);
	return vmspy_space_open(b->parent_pid, &diff->host, &diff->a);
}

static struct vmspy_error *open_both(struct diff *diff)
{
	char *const *target = diff->arguments->operand;
	size_t count = diff->arguments->operand_count;
	struct vmspy_error *err = target_open(target[count - 1], &diff->host, &diff->b);

	if (err)
		return err;
	return count == 1 ? open_parent(diff) : target_open(target[0], &diff->host, &diff->a);
}

/* The raw format prints one table: what is not on it is not read for. */
static bool wants_symbols(const struct diff *diff)
{
	if (is_given(diff->arguments, OPTION_QUIET))
		return false;
	return diff->output.style.format != RENDER_RAW || is_given(diff->arguments, OPTION_SYMBOLS);
}

/* Where frames are hidden bytes are a proof, and the exit status may depend on it. */
static bool wants_bytes(const struct diff *diff)
{
	return !diff->host.frames_visible || wants_symbols(diff) ||
	       (!is_given(diff->arguments, OPTION_QUIET) &&
		diff->output.columns.needs & VMSPY_NEED_BYTES);
}

static struct vmspy_error *name_changes(struct diff *diff)
{
	const char *reason;
	struct vmspy_error *err;
	size_t failed;

	if (!wants_symbols(diff) || !diff->pair.compared.count)
		return NULL;
	if ((err = vmspy_modules_create(diff->a, &diff->modules)) ||
	    (err = vmspy_changed_find(&diff->pair, diff->modules, &diff->changed)))
		return err;
	failed = vmspy_modules_failed(diff->modules, &reason);
	if (failed)
		say("%zu of the mapped files gave no names, the first: %s", failed, reason);
	return NULL;
}

static struct vmspy_error *compare(struct diff *diff)
{
	const struct arguments *arguments = diff->arguments;
	struct vmspy_pair_options options = {
		.no_hold = is_given(arguments, OPTION_NO_HOLD),
		.keep_runs = is_given(arguments, OPTION_RUNS) && !is_given(arguments, OPTION_QUIET),
	};
	struct vmspy_error *err;

	if ((err = output_choose(arguments, &diff->output)) ||
	    (err = limit_parse(arguments->value[OPTION_MAX_DIVERGED], &diff->limit)) ||
	    (err = vmspy_host_probe(&diff->host)) || (err = open_both(diff)))
		return err;
	options.content = wants_bytes(diff) ? VMSPY_CONTENT_ALL : VMSPY_CONTENT_NONE;
	if ((err = vmspy_pair_compare(diff->a, diff->b, &options, &diff->pair)))
		return err;
	return name_changes(diff);
}

/* --- telling ------------------------------------------------------------------------------- */

/* What a person must know to read the numbers, whatever the format. */
static void print_notes(const struct diff *diff)
{
	const struct vmspy_identity *a = vmspy_space_identity(diff->a);
	const struct vmspy_identity *b = vmspy_space_identity(diff->b);
	bool no_hold = is_given(diff->arguments, OPTION_NO_HOLD);

	if (diff->pair.relation == VMSPY_RELATION_SAME)
		say("both names mean process '%d': nothing to compare", (int)a->pid);
	else if (diff->pair.relation == VMSPY_RELATION_SAME_ADDRESS_SPACE)
		say("'%d' and '%d' run in one address space (vfork or CLONE_VM): nothing to "
		    "compare",
		    (int)a->pid, (int)b->pid);
	else if (diff->pair.no_common_origin)
		say("'%d' and '%d' have no page that one could have copied from the other: their "
		    "private pages count as separate, not as diverged",
		    (int)a->pid, (int)b->pid);
	if (vmspy_pair_is_one_space(&diff->pair) || no_hold)
		return;
	for (int i = 0; i < 2; i++)
		if (!(i ? diff->pair.b.held : diff->pair.a.held))
			say("'%d' could not be stopped in time (vfork?): its pages were read while "
			    "it may have run",
			    (int)(i ? b->pid : a->pid));
}

static void print_side(struct diff *diff, struct render *render, bool is_b)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_side_columns);
	struct vmspy_side_row row = vmspy_side_row_of(
		vmspy_space_identity(is_b ? diff->b : diff->a), &diff->pair, is_b);

	render_object(render, is_b ? "b" : "a", &columns, &row);
}

static void print_unknown(struct diff *diff, struct render *render)
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

static void print_totals(struct diff *diff, struct render *render)
{
	bool is_one = vmspy_pair_is_one_space(&diff->pair);
	struct vmspy_selection totals = output_columns(&diff->output, vmspy_totals_columns);
	struct vmspy_selection hold = output_columns(&diff->output, vmspy_hold_columns);
	struct vmspy_selection moved = output_columns(&diff->output, vmspy_moved_columns);
	struct vmspy_selection relation = output_columns(&diff->output, vmspy_relation_columns);
	struct vmspy_counts_row counts = vmspy_counts_row_of(&diff->pair.totals);
	struct vmspy_hold_row held = vmspy_hold_row_of(&diff->pair);
	struct vmspy_relation_row related = vmspy_relation_row_of(&diff->pair);

	print_side(diff, render, false);
	print_side(diff, render, true);
	render_members(render, &relation, &related);
	render_object(render, "totals", &totals, is_one ? NULL : &counts);
	print_unknown(diff, render);
	render_object(render, "hold", &hold, &held);
	render_object(render, "kernel_moved", &moved, is_one ? NULL : &diff->pair.kernel_moved);
}

/* The columns of a table: those that were asked for, if it is the one they were asked of. */
static struct vmspy_selection columns_of(const struct diff *diff, const struct vmspy_column *table)
{
	return command_table(diff->arguments)->columns == table
		       ? diff->output.columns
		       : output_columns(&diff->output, table);
}

static void print_runs(struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = columns_of(diff, vmspy_run_columns);

	if (!is_given(diff->arguments, OPTION_RUNS))
		return;
	diff_text_gap(&diff->output, render);
	render_table_begin(render, "runs", &columns);
	for (size_t i = 0; i < diff->pair.runs.count; i++) {
		struct vmspy_run_row row = vmspy_run_row_of(&diff->pair, i);

		render_row(render, &row);
	}
	render_table_end(render);
}

static void print_symbols(struct diff *diff, struct render *render)
{
	enum {
		SHOWN = 20
	};
	struct vmspy_selection columns = columns_of(diff, vmspy_symbol_columns);
	size_t count = diff->changed.count;
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool all = !for_people || is_given(diff->arguments, OPTION_SYMBOLS);

	if (for_people && !count)
		return;
	diff_text_gap(&diff->output, render);
	render_table_begin(render, "symbols", &columns);
	for (size_t i = 0; i < count && (all || i < SHOWN); i++) {
		struct vmspy_symbol_row row = vmspy_symbol_row_of(&diff->changed.changed[i]);

		render_row(render, &row);
	}
	render_table_end(render);
	if (!all && count > SHOWN)
		render_line(render, "and %zu more (--symbols shows all)", count - SHOWN);
}

static struct vmspy_error *print(struct diff *diff)
{
	struct vmspy_selection columns = columns_of(diff, vmspy_interval_columns);
	struct render *render = NULL;
	struct vmspy_error *err = render_begin(&diff->output.style, diff->arguments->command->name,
					       &diff->host, &render);

	if (err)
		return err;
	if (!vmspy_pair_is_one_space(&diff->pair))
		diff_text_headline(&diff->output, render, &diff->pair, diff->a, diff->b);
	print_totals(diff, render);
	diff_print_mappings(&diff->output, render, &diff->pair, &columns,
			    is_given(diff->arguments, OPTION_ALL));
	print_runs(diff, render);
	print_symbols(diff, render);
	render_open_array(render, "errors");
	render_close(render);
	return render_end(render);
}

static int run_diff(const struct arguments *arguments)
{
	VMSPY_AUTO(diff_deinit) struct diff diff = { .arguments = arguments };
	struct vmspy_error *err = compare(&diff);

	if (err)
		return trouble(err);
	if (!is_given(arguments, OPTION_QUIET)) {
		print_notes(&diff);
		if ((err = print(&diff)))
			return trouble(err);
	}
	return limit_status(&diff.limit, &diff.pair);
}

static const struct command_table tables[] = {
	{ "mappings", vmspy_interval_columns, 0 },
	{ "runs", vmspy_run_columns, OPTION_BIT(OPTION_RUNS) },
	{ "symbols", vmspy_symbol_columns, OPTION_BIT(OPTION_SYMBOLS) },
	{ 0 },
};

const struct command command_diff = {
	.name = "diff",
	.arguments = "[TARGET] TARGET",
	.summary = "show what two processes no longer share",
	.description =
		"Compare two address spaces page by page: which pages are one physical frame in\n"
		"both, which have become two, and which variables made them so. With one TARGET:\n"
		"the process against its parent. Both are stopped for some milliseconds while\n"
		"their pages are read; --no-hold never stops them.\n"
		"Exit status: 0 nothing diverged, 1 diverged, 2 trouble, 3 not all was judged.\n",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_RUNS) | OPTION_BIT(OPTION_SYMBOLS) |
		   OPTION_BIT(OPTION_ALL) | OPTION_BIT(OPTION_MAX_DIVERGED) |
		   OPTION_BIT(OPTION_NO_HOLD) | OPTION_BIT(OPTION_QUIET),
	.operands_min = 1,
	.operands_max = 2,
	.tables = tables,
	.run = run_diff,
};
