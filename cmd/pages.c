/* vmspy pages: what is known of the pages of a process. */
#include "pages.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "command.h"
#include "message.h"
#include "target.h"

#include "base/banned.h"

static void end_pages(struct pages *pages)
{
	vmspy_error_destroy(render_end(pages->render));
	vmspy_page_sums_deinit(&pages->sums);
	vmspy_folios_deinit(&pages->folios);
	free(pages->ranges.range);
	vmspy_space_close(pages->space);
}

/* What the columns of all tables need that are printed. */
static uint32_t facts_of_tables(const struct pages *pages)
{
	const struct command_table *table = pages->arguments->command->tables;
	uint32_t needs = VMSPY_NEED_FLAGS;

	for (; table->columns; table++)
		if (pages->arguments->given & table->chosen_by)
			needs |= pages_columns(pages, table->columns).needs;
	return is_given(pages->arguments, OPTION_SHARERS) ? needs | VMSPY_NEED_MAP_COUNT : needs;
}

static struct vmspy_error *parse(struct pages *pages)
{
	const char *flags = pages->arguments->value[OPTION_FLAGS];
	struct vmspy_error *err;

	if ((err = output_choose(pages->arguments, &pages->output)) ||
	    (err = choice_parse(pages->arguments, &pages->choice)))
		return err;
	pages->facts = facts_of_tables(pages);
	return flags ? vmspy_kpageflags_filter_parse(flags, &pages->filter) : NULL;
}

/* Held, if it is to be, from before the first file to behind the last page. */
static struct vmspy_error *look(struct pages *pages)
{
	struct vmspy_error *err = NULL;

	if (is_given(pages->arguments, OPTION_HOLD))
		err = vmspy_space_hold(pages->space);
	if (!err)
		err = vmspy_space_load(pages->space);
	if (!err)
		err = pages_count(pages);
	vmspy_space_release(pages->space);
	return err;
}

/* What was not seen, with the reason and the remedy. ret: STATUS_DONE, or STATUS_PART. */
static int say_unseen(const struct pages *pages, const char *target)
{
	const struct vmspy_survey_result *seen = &pages->seen;
	int status = STATUS_DONE;

	if (seen->hidden_pages) {
		say("cannot see the frames of %llu pages of '%s': needs CAP_SYS_ADMIN in the first "
		    "user namespace (run with sudo)",
		    (unsigned long long)seen->hidden_pages, target);
		status = STATUS_PART;
	} else if (seen->pages && !pages->host.fact_visible[VMSPY_FRAME_FLAGS]) {
		say("cannot see the flags of frames: '/proc/kpageflags' is for uid 0 alone "
		    "(run with sudo)");
		status = STATUS_PART;
	} else if (pages->uncounted_pages) {
		say("cannot see how often %llu pages of '%s' are mapped: '/proc/kpagecount' is for "
		    "uid 0 alone (run with sudo)",
		    (unsigned long long)pages->uncounted_pages, target);
		status = STATUS_PART;
	}
	if (seen->moved_pages) {
		say("pages of '%s' moved while they were looked at, and are told as in-flight: "
		    "%llu "
		    "(--hold stops the process, not the kernel)",
		    target, (unsigned long long)seen->moved_pages);
		status = STATUS_PART;
	}
	return status;
}

static struct vmspy_error *answer(struct pages *pages, const char *target, int *ret_status)
{
	struct vmspy_error *err;

	if ((err = parse(pages)) || (err = vmspy_host_probe(&pages->host)) ||
	    (err = target_open(target, &pages->host, &pages->space)) || (err = look(pages)) ||
	    (err = pages_print(pages)))
		return err;
	*ret_status = say_unseen(pages, target);
	return NULL;
}

static int run_pages(const struct arguments *arguments)
{
	VMSPY_AUTO(end_pages) struct pages pages = { .arguments = arguments };
	struct vmspy_error *err;
	int status;

	err = answer(&pages, arguments->operand[0], &status);
	return err ? trouble(err) : status;
}

static const struct command_table tables[] = {
	{ "summary", vmspy_sum_columns, 0 },
	{ "ranges", vmspy_range_columns, OPTION_BIT(OPTION_LIST) },
	{ "pages", vmspy_each_columns, OPTION_BIT(OPTION_EACH) },
	{ "sharers", vmspy_sharers_columns, OPTION_BIT(OPTION_SHARERS) },
	{ "huge", vmspy_folio_columns, OPTION_BIT(OPTION_HUGE) },
	{ 0 },
};

const struct command command_pages = {
	.name = "pages",
	.arguments = "TARGET",
	.summary = "show what the kernel knows of the pages of a process",
	.description =
		"The pages of a process, counted by the kernel's flags of their frames, or\n"
		"listed: in ranges, or each; how often they are mapped, and how huge pages are\n"
		"used. Nothing is faulted in, marked or cleared, and the process is not stopped\n"
		"without --hold. TARGET is a pid, or the name of exactly one process.\n",
	.options = OPTIONS_TABLE | OPTIONS_CHOICE | OPTION_BIT(OPTION_LIST) |
		   OPTION_BIT(OPTION_EACH) | OPTION_BIT(OPTION_SHARERS) | OPTION_BIT(OPTION_HUGE) |
		   OPTION_BIT(OPTION_FLAGS) | OPTION_BIT(OPTION_ALL_FLAGS) |
		   OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_HOLD),
	.operands_min = 1,
	.operands_max = 1,
	.tables = tables,
	.run = run_pages,
};
