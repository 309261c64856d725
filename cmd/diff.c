/* vmspy diff: what two address spaces no longer share. */
#include "diff.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/human.h"
#include "base/scan.h"
#include "command.h"
#include "diff_content.h"
#include "duration.h"
#include "interrupt.h"
#include "message.h"
#include "report/clue_rows.h"
#include "report/pair_rows.h"
#include "report/run_rows.h"
#include "report/stack_rows.h"
#include "report/symbol_rows.h"
#include "target.h"
#include "watch.h"

#include "base/banned.h"

/* --- asking -------------------------------------------------------------------------------- */

static struct vmspy_error *parse_symbols_max(const struct arguments *arguments, size_t *ret)
{
	const char *value = arguments->value[OPTION_SYMBOLS];
	struct vmspy_scan scan;
	uint64_t number;

	*ret = SIZE_MAX;
	if (!value || !strcmp(value, "all"))
		return NULL;
	scan = vmspy_scan_over(value, strlen(value));
	if (!vmspy_scan_decimal(&scan, &number) || scan.at != scan.end || !number)
		return vmspy_error_create(
			VMSPY_ERROR_BAD_DATA,
			"cannot list '%s' variables: 'all', or a number from 1 up", value);
	*ret = number;
	return NULL;
}

static struct vmspy_error *parse_arguments(struct diff *diff)
{
	const struct arguments *arguments = diff->arguments;
	struct vmspy_error *err;

	if ((err = output_choose(arguments, &diff->output)) ||
	    (err = diff_content_parse(arguments, &diff->content)) ||
	    (err = limit_parse(arguments->value[OPTION_MAX_DIVERGED], &diff->limit)))
		return err;
	if ((err = diff_parse_hex(arguments, &diff->hex_address)) ||
	    (err = watch_parse(arguments, &diff->watch_ns)))
		return err;
	if (is_given(arguments, OPTION_MAX_HOLD) &&
	    (err = duration_parse_ms(arguments->value[OPTION_MAX_HOLD], &diff->max_hold_ns)))
		return err;
	return parse_symbols_max(arguments, &diff->symbols_max);
}

void diff_forget(struct diff *diff)
{
	vmspy_finding_list_deinit(&diff->findings);
	vmspy_typed_list_deinit(&diff->typed);
	vmspy_changed_list_deinit(&diff->changed);
	vmspy_clue_list_deinit(&diff->clues);
	vmspy_stacks_deinit(&diff->stacks);
	vmspy_modules_destroy(diff->modules);
	vmspy_modules_destroy(diff->modules_b);
	diff->modules = diff->modules_b = NULL;
	vmspy_pair_deinit(&diff->pair);
}

static void diff_deinit(struct diff *diff)
{
	diff_forget(diff);
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
static bool wants_table(const struct diff *diff, const struct vmspy_column *table)
{
	if (is_given(diff->arguments, OPTION_QUIET))
		return false;
	return diff->output.style.format != RENDER_RAW ||
	       command_table(diff->arguments)->columns == table;
}

bool diff_wants_symbols(const struct diff *diff)
{
	return wants_table(diff, vmspy_symbol_columns);
}

static bool wants_clues(const struct diff *diff)
{
	return wants_table(diff, vmspy_clue_columns);
}

/* Whether bytes are told of, or are a proof: where frames are hidden the exit status may depend on it. */
static bool wants_bytes(const struct diff *diff)
{
	if (!diff->host.frames_visible)
		return true;
	if (is_given(diff->arguments, OPTION_QUIET))
		return false;
	return is_given(diff->arguments, OPTION_CONTENT) || diff_wants_symbols(diff) ||
	       wants_clues(diff) || diff->output.columns.needs & VMSPY_NEED_BYTES;
}

/* The same of those who may know which side left. */
static bool wants_siblings(const struct diff *diff)
{
	if (is_given(diff->arguments, OPTION_QUIET) ||
	    is_given(diff->arguments, OPTION_NO_SIBLINGS))
		return false;
	return diff->output.style.format != RENDER_RAW ||
	       diff->output.columns.needs & VMSPY_NEED_SIBLINGS;
}

bool diff_wants_frames(const struct diff *diff)
{
	return is_given(diff->arguments, OPTION_STACKS) && !is_given(diff->arguments, OPTION_QUIET);
}

/* Nothing of the processes is read before what was asked is understood. */
static struct vmspy_error *prepare(struct diff *diff)
{
	struct vmspy_error *err;

	if ((err = parse_arguments(diff)) || (err = vmspy_host_probe(&diff->host)))
		return err;
	return open_both(diff);
}

struct vmspy_error *diff_compare(struct diff *diff)
{
	const struct arguments *arguments = diff->arguments;
	const struct vmspy_pair_options options = {
		.no_hold = is_given(arguments, OPTION_NO_HOLD),
		.max_hold_ns = diff->max_hold_ns,
		.keep_runs = is_given(arguments, OPTION_RUNS) && !is_given(arguments, OPTION_QUIET),
		.stacks = diff_wants_frames(diff),
		.clues = wants_clues(diff),
		.content = wants_bytes(diff) ? diff->content : VMSPY_CONTENT_NONE,
		.no_siblings = !wants_siblings(diff),
		/* Any byte of the page will do, and 0 would be none. */
		.kept_page = is_given(arguments, OPTION_HEX) ? diff->hex_address | 1 : 0,
	};
	struct vmspy_error *err;
	sigset_t before;

	diff_forget(diff);
	before = put_off_suspension();
	err = vmspy_pair_compare(diff->a, diff->b, &options, &diff->pair);
	resume_suspension(&before);
	return err ? err : diff_name(diff);
}

/* --- telling ------------------------------------------------------------------------------- */

/* Every thread has to be stopped and let go in each slice: of many this alone takes longer. */
static void say_if_held_longer(const struct vmspy_slices *slices)
{
	char longest[VMSPY_HUMAN_MAX], asked[VMSPY_HUMAN_MAX];

	if (!slices->max_ns || slices->longest_ns <= slices->max_ns)
		return;
	vmspy_human_duration(slices->longest_ns, longest);
	vmspy_human_duration(slices->max_ns, asked);
	say("both were held for up to %s, longer than the %s of --max-hold: stopping all threads, "
	    "or other work on this machine, took its time",
	    longest, asked);
}

void diff_print_notes(const struct diff *diff)
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
	say_if_held_longer(&diff->pair.slices);
	for (int i = 0; i < 2; i++)
		if (!(i ? diff->pair.b.held : diff->pair.a.held))
			say("'%d' could not be stopped in time (vfork?): its pages were read while "
			    "it may have run",
			    (int)(i ? b->pid : a->pid));
}

static int run_diff(const struct arguments *arguments)
{
	VMSPY_AUTO(diff_deinit) struct diff diff = { .arguments = arguments };
	struct vmspy_error *err = prepare(&diff);

	if (err)
		return trouble(err);
	if (is_given(arguments, OPTION_WATCH))
		return watch_run(&diff);
	if ((err = diff_compare(&diff)))
		return trouble(err);
	if (!is_given(arguments, OPTION_QUIET)) {
		diff_print_notes(&diff);
		if ((err = diff_print(&diff)))
			return trouble(err);
	}
	return limit_status(&diff.limit, &diff.pair);
}

static const struct command_table tables[] = {
	{ "mappings", vmspy_interval_columns, 0 },
	{ "runs", vmspy_run_columns, OPTION_BIT(OPTION_RUNS) },
	{ "symbols", vmspy_symbol_columns, OPTION_BIT(OPTION_SYMBOLS) },
	{ "clues", vmspy_clue_columns, OPTION_BIT(OPTION_CLUES) },
	{ "stacks", vmspy_stack_columns, OPTION_BIT(OPTION_STACKS) },
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
		"their pages are read; --max-hold=MS lets them run in between, --no-hold never\n"
		"stops them.\n"
		"Exit status: 0 nothing diverged, 1 diverged, 2 trouble, 3 not all was judged.\n",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_RUNS) | OPTION_BIT(OPTION_SYMBOLS) |
		   OPTION_BIT(OPTION_VALUES) | OPTION_BIT(OPTION_CLUES) |
		   OPTION_BIT(OPTION_STACKS) | OPTION_BIT(OPTION_HEX) | OPTION_BIT(OPTION_SORT) |
		   OPTION_BIT(OPTION_CONTENT) | OPTION_BIT(OPTION_NO_SIBLINGS) |
		   OPTION_BIT(OPTION_ALL) | OPTION_BIT(OPTION_MAX_DIVERGED) |
		   OPTION_BIT(OPTION_NO_HOLD) | OPTION_BIT(OPTION_MAX_HOLD) |
		   OPTION_BIT(OPTION_QUIET) | OPTION_BIT(OPTION_WATCH),
	.operands_min = 1,
	.operands_max = 2,
	.tables = tables,
	.run = run_diff,
};
