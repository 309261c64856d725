/* vmspy maps: what is where in an address space. */
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "command.h"
#include "maps_layout.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "render/render.h"
#include "report/layout_rows.h"
#include "report/mapping_rows.h"
#include "report/process_rows.h"
#include "target.h"

#include "base/banned.h"

enum {
	READ_ATTEMPTS = 3
}; /* a process that maps and unmaps all the time is answered in part */

struct maps {
	const struct arguments *arguments;
	struct vmspy_host host;
	struct output output;
	struct layout_output layout;
	struct render *render; /* NULL until the first answer */
	struct failures failures;
	bool is_partial; /* something of an answer is unknown */
};

static void guard_space(struct vmspy_space **space)
{
	vmspy_space_close(*space);
}

/* Mappings and smaps are two files: read both again when a mapping changed in between. */
static struct vmspy_error *read_rows(struct vmspy_space *space, uint32_t needs,
				     struct vmspy_mapping_rows *ret)
{
	struct vmspy_error *err = NULL;

	for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
		vmspy_mapping_rows_deinit(ret);
		if ((err = vmspy_space_load(space)))
			return err;
		if ((err = vmspy_mapping_rows_init(space, needs, ret)))
			return err;
		if (!ret->unmatched_count)
			break;
	}
	return NULL;
}

/* Held, if it is to be, from before the first file to behind the last; not while notes are written. */
static struct vmspy_error *read_process(struct maps *maps, struct vmspy_space *space,
					struct vmspy_mapping_rows *rows)
{
	struct vmspy_error *err = NULL;

	if (is_given(maps->arguments, OPTION_HOLD))
		err = vmspy_space_hold(space);
	if (!err)
		err = read_rows(space, maps->output.columns.needs, rows);
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

static struct vmspy_error *print_title(struct maps *maps, const struct vmspy_identity *identity)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf title = { 0 };
	struct vmspy_error *err;

	if (maps->output.style.no_headings)
		return NULL;
	if ((err = vmspy_escape_line(&title, identity->comm, strlen(identity->comm))))
		return err;
	if (identity->exe) {
		if ((err = vmspy_buf_append(&title, "  ", 2)))
			return err;
		if ((err = vmspy_escape_line(&title, identity->exe, strlen(identity->exe))))
			return err;
	}
	render_line(maps->render, "%d  %s", (int)identity->pid, vmspy_buf_text(&title));
	return NULL;
}

static bool has_total(const struct vmspy_selection *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (vmspy_unit_is_additive(columns->column[i]->unit))
			return true;
	return false;
}

static void print_mappings(struct maps *maps, const struct vmspy_mapping_rows *rows)
{
	const struct vmspy_selection *columns = &maps->output.columns;
	struct vmspy_selection totals =
		vmspy_selection_totals(vmspy_mapping_columns, columns->needs);
	struct vmspy_mapping_row row;

	vmspy_mapping_rows_total(rows, &row);
	render_object(maps->render, "totals", &totals, &row);
	render_table_begin(maps->render, "mappings", columns);
	for (size_t i = 0; i < rows->layout->count; i++) {
		vmspy_mapping_rows_get(rows, i, &row);
		render_row(maps->render, &row);
	}
	vmspy_mapping_rows_total(rows, &row);
	if (has_total(columns))
		render_total(maps->render, &row);
	render_table_end(maps->render);
}

static struct vmspy_error *print_process(struct maps *maps, const struct vmspy_space *space,
					 const struct vmspy_mapping_rows *rows)
{
	struct vmspy_selection of_process = output_columns(&maps->output, vmspy_process_columns);
	struct vmspy_selection of_mm = output_columns(&maps->output, vmspy_mm_columns);
	struct vmspy_process_row process = vmspy_process_row_of(vmspy_space_identity(space));
	struct vmspy_mm_row mm = vmspy_mm_row_of(rows->layout);
	struct vmspy_error *err = print_title(maps, vmspy_space_identity(space));

	if (err)
		return err;
	render_open_object(maps->render, NULL);
	render_members(maps->render, &of_process, &process);
	render_object(maps->render, "mm", &of_mm, &mm);
	if ((err = layout_print(&maps->layout, space, maps->render)))
		return err;
	if (!maps->layout.alone)
		print_mappings(maps, rows);
	render_close(maps->render);
	return NULL;
}

static void note_unmatched(struct maps *maps, const char *target, size_t count)
{
	if (!count)
		return;
	maps->is_partial = true;
	say("some sizes of '%s' are unknown: %zu of its mappings changed while they were read",
	    target, count);
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
	note_unmatched(maps, target, rows.unmatched_count);
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

static int status_of(const struct maps *maps)
{
	int status = failures_status(&maps->failures, maps->arguments->operand_count);

	return status == STATUS_DONE && maps->is_partial ? STATUS_PART : status;
}

static int run_maps(const struct arguments *arguments)
{
	struct maps maps = { .arguments = arguments };
	struct vmspy_error *err;
	int status;

	if ((err = output_choose(arguments, &maps.output)))
		return trouble(err);
	maps.layout = layout_choose(arguments, &maps.output);
	if ((err = vmspy_host_probe(&maps.host)))
		return trouble(err);
	for (size_t i = 0; i < arguments->operand_count; i++)
		if ((err = answer(&maps, arguments->operand[i])))
			failures_add(&maps.failures, arguments->operand[i], err);
	err = finish(&maps);
	status = err ? trouble(err) : status_of(&maps);
	failures_deinit(&maps.failures);
	return status;
}

static const struct command_table tables[] = {
	{ "mappings", vmspy_mapping_columns, 0 },
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
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_HOLD),
	.operands_min = 1,
	.operands_max = OPERANDS_ANY,
	.tables = tables,
	.run = run_maps,
};
