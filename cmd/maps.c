/* vmspy maps: what is where in an address space. */
#include "maps.h"

#include "base/cleanup.h"
#include "command.h"
#include "report/layout_rows.h"
#include "report/process_rows.h"
#include "target.h"
#include "title.h"

#include "base/banned.h"

static void guard_space(struct vmspy_space **space)
{
	vmspy_space_close(*space);
}

/* Held, if it is to be, from before the first file to behind the last; not while notes are written. */
static struct vmspy_error *read_process(const struct maps *maps, struct vmspy_space *space,
					struct vmspy_mapping_rows *rows)
{
	struct vmspy_error *err = NULL;

	if (is_given(maps->arguments, OPTION_HOLD))
		err = vmspy_space_hold(space);
	if (!err)
		err = vmspy_mapping_rows_load(space, maps->output.columns.needs, rows);
	vmspy_space_release(space);
	return err ? err : vmspy_mapping_rows_finish(rows);
}

static struct vmspy_error *begin(struct maps *maps)
{
	struct vmspy_error *err;

	if (maps->render) {
		render_line(maps->render, "%s", "");
		return NULL;
	}
	if ((err = render_begin(&maps->output.style, maps->arguments->command->name, &maps->host,
				&maps->render)))
		return err;
	render_open_array(maps->render, "processes");
	return NULL;
}

/* For scripts: what people see in the last row of the table. */
static void print_totals(const struct maps *maps, const struct maps_view *view)
{
	const struct command_table *table = command_table(maps->arguments);
	struct vmspy_selection totals =
		vmspy_selection_totals(table->columns, &maps->output.columns);
	struct vmspy_mapping_row row;

	if (maps->output.style.format != RENDER_JSON)
		return;
	vmspy_mapping_sums_total(&view->mappings, &row);
	render_object(maps->render, "totals", &totals, &row);
}

static void print_mappings(const struct maps *maps, const struct maps_view *view)
{
	print_totals(maps, view);
	if (maps->summary_by)
		maps_print_summary(maps, view);
	else
		maps_print_table(maps, view);
}

static struct vmspy_error *print_process(struct maps *maps, const struct vmspy_space *space,
					 const struct vmspy_mapping_rows *rows)
{
	struct vmspy_selection of_process = output_columns(&maps->output, vmspy_process_columns);
	struct vmspy_selection of_mm = output_columns(&maps->output, vmspy_mm_columns);
	struct vmspy_process_row process = vmspy_process_row_of(vmspy_space_identity(space));
	struct vmspy_mm_row mm = vmspy_mm_row_of(rows->layout);
	VMSPY_AUTO(maps_view_deinit) struct maps_view view = { 0 };
	struct vmspy_error *err;

	if ((err = maps_view_init(maps, rows, &view)) ||
	    (err = title_print(&maps->output, maps->render, vmspy_space_identity(space))))
		return err;
	render_open_object(maps->render, NULL);
	render_members(maps->render, &of_process, &process);
	render_object(maps->render, "mm", &of_mm, &mm);
	if ((err = layout_print(&maps->layout, space, maps->render)))
		return err;
	if (!maps->layout.alone)
		print_mappings(maps, &view);
	render_close(maps->render);
	return NULL;
}

static void note_refused(const char *target, const struct vmspy_mapping_rows *rows)
{
	if (rows->notes && vmspy_notes_are_refused(rows->notes))
		say("cannot tell whose stacks are where in '%s': needs CAP_SYS_PTRACE and "
		    "CAP_DAC_READ_SEARCH (run with sudo)",
		    target);
}

static struct vmspy_error *answer(struct maps *maps, const char *target)
{
	VMSPY_AUTO(guard_space) struct vmspy_space *space = NULL;
	VMSPY_AUTO(vmspy_mapping_rows_deinit) struct vmspy_mapping_rows rows = { 0 };
	struct vmspy_error *err;

	if ((err = target_open(target, &maps->host, &space)))
		return err;
	if ((err = read_process(maps, space, &rows)))
		return err;
	note_refused(target, &rows);
	if ((err = begin(maps)))
		return err;
	return print_process(maps, space, &rows);
}

static struct vmspy_error *finish(struct maps *maps)
{
	if (!maps->render)
		return NULL;
	render_close(maps->render);
	failures_render(&maps->failures, maps->render);
	return render_end(maps->render);
}

static int run_maps(const struct arguments *arguments)
{
	struct maps maps;
	struct vmspy_error *err;
	int status;

	if ((err = maps_choose(arguments, &maps)))
		return trouble(err);
	if ((err = vmspy_host_probe(&maps.host))) {
		vmspy_filter_deinit(&maps.filter);
		return trouble(err);
	}
	for (size_t i = 0; i < arguments->operand_count; i++)
		if ((err = answer(&maps, arguments->operand[i])))
			failures_add(&maps.failures, arguments->operand[i], err);
	err = finish(&maps);
	status = err ? trouble(err) : failures_status(&maps.failures, arguments->operand_count);
	failures_deinit(&maps.failures);
	vmspy_filter_deinit(&maps.filter);
	return status;
}

static const struct command_table tables[] = {
	{ "mappings", vmspy_mapping_columns, 0 },
	{ "summary", vmspy_summary_columns, OPTION_BIT(OPTION_SUMMARY) },
	{ "layout", vmspy_block_columns, OPTION_BIT(OPTION_LAYOUT) },
	{ 0 },
};

const struct command command_maps = {
	.name = "maps",
	.arguments = "TARGET...",
	.summary = "show what is where in an address space",
	.description =
		"Every mapping of a process: where it is, what it is for, how much of it is in\n"
		"memory, and how much of that it shares with other processes. The process is not\n"
		"stopped without --hold. TARGET is a pid, or the name of exactly one process.\n",
	.options = OPTIONS_TABLE | OPTIONS_CHOICE | OPTION_BIT(OPTION_LAYOUT) |
		   OPTION_BIT(OPTION_SUMMARY) | OPTION_BIT(OPTION_GAPS) |
		   OPTION_BIT(OPTION_FILTER) | OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_HOLD),
	.operands_min = 1,
	.operands_max = OPERANDS_ANY,
	.tables = tables,
	.run = run_maps,
};
