/* vmspy diff: the bytes of diverged pages. */
#include "diff_content.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/human.h"
#include "diff.h"
#include "diff_text.h"
#include "report/content_rows.h"
#include "report/pair_rows.h"

#include "base/banned.h"

enum {
	SIZE_MAX_TEXT = VMSPY_HUMAN_MAX + 1 /* with a sign before it */
};

struct vmspy_error *diff_content_parse(const struct arguments *arguments, enum vmspy_content *ret)
{
	const char *word = arguments->value[OPTION_CONTENT], *name;

	if (!word) {
		*ret = is_given(arguments, OPTION_CONTENT) ? VMSPY_CONTENT_ALL
							   : VMSPY_CONTENT_SAMPLE;
		return NULL;
	}
	for (enum vmspy_content content = 0; (name = vmspy_content_name(content)); content++)
		if (!strcmp(word, name)) {
			*ret = content;
			return NULL;
		}
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "cannot compare '%s' of the bytes: it is all, sample or none",
				  word);
}

/* --- JSON ---------------------------------------------------------------------------------- */

void diff_print_content(const struct diff *diff, struct render *render)
{
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_content_columns);
	struct vmspy_selection steps = output_columns(&diff->output, vmspy_change_columns);
	struct vmspy_content_row row = vmspy_content_row_of(&diff->pair);

	if (vmspy_pair_is_one_space(&diff->pair)) {
		render_object(render, "content", &columns, NULL);
		return;
	}
	render_open_object(render, "content");
	render_members(render, &columns, &row);
	render_open_array(render, "histogram");
	for (size_t step = 0; step < VMSPY_CHANGE_STEPS; step++) {
		struct vmspy_change_row change = vmspy_change_row_of(&diff->pair, step);

		render_object(render, NULL, &steps, &change);
	}
	render_close(render);
	render_close(render);
}

/* --- text ---------------------------------------------------------------------------------- */

/* Some is never told as all or nothing. */
static double percent_of(uint64_t part, uint64_t whole)
{
	double percent = 100 * (double)part / (double)whole;

	if (part < whole && percent > 99.9)
		return 99.9;
	return part && percent < 0.1 ? 0.1 : percent;
}

/* The first cells of a line; "~": an estimate. */
static void print_size(const struct vmspy_pair *pair, uint64_t bytes, char ret[SIZE_MAX_TEXT])
{
	char size[VMSPY_HUMAN_MAX];

	vmspy_human_bytes(bytes, size);
	snprintf(ret, SIZE_MAX_TEXT, "%s%s", pair->content.exact ? "" : "~", size);
}

static void print_identical(struct render *render, const struct vmspy_pair *pair,
			    const struct vmspy_estimate *of, const char *means)
{
	char size[SIZE_MAX_TEXT];

	print_size(pair, of->identical_pages * pair->runs.page_bytes, size);
	render_line(render, "  %-9s %8s  %5.1f%%  %s", "identical", size,
		    percent_of(of->identical_pages, of->compared_pages), means);
}

static void print_changed(struct render *render, const struct vmspy_pair *pair,
			  const struct vmspy_estimate *of)
{
	uint64_t amplification = vmspy_estimate_amplification(of, pair->runs.page_bytes);
	char size[SIZE_MAX_TEXT], ratio[VMSPY_HUMAN_MAX];

	if (amplification == VMSPY_ESTIMATE_UNKNOWN)
		return;
	print_size(pair, of->changed_bytes, size);
	vmspy_human_ratio(amplification, ratio);
	render_line(render, "  %-9s %8s          amplification %s: bytes copied for each changed",
		    "changed", size, ratio);
}

/* "changed bytes a page: 0 in 6,352, 1-8 in 41, ..." */
static void print_steps(const struct output *output, struct render *render,
			const struct vmspy_pair *pair)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf line = { 0 };
	VMSPY_AUTO(vmspy_guard_error)
	struct vmspy_error *err = vmspy_buf_printf(&line, "changed bytes a page:");
	const char *comma = "";

	for (size_t step = 0; !err && step < VMSPY_CHANGE_STEPS; step++) {
		struct vmspy_change_row row = vmspy_change_row_of(pair, step);
		char pages[VMSPY_HUMAN_MAX];

		if (!row.pages)
			continue;
		vmspy_human_count(row.pages, pages);
		err = vmspy_buf_printf(&line, "%s %" PRIu64, comma, row.from_bytes);
		comma = ",";
		if (!err && row.to_bytes > row.from_bytes)
			err = vmspy_buf_printf(&line, "-%" PRIu64, row.to_bytes);
		if (!err)
			err = vmspy_buf_printf(&line, " in %s", pages);
	}
	/* Without memory the line stays away; the tables will say so. */
	if (!err)
		diff_text_paragraph(output, render, "  ", vmspy_buf_text(&line));
}

static void print_cost(struct render *render, const struct vmspy_pair *pair)
{
	char pages[VMSPY_HUMAN_MAX], took[VMSPY_HUMAN_MAX];

	vmspy_human_count(pair->totals.compared_pages, pages);
	vmspy_human_duration(pair->timing.bytes_ns, took);
	render_line(render, "  bytes of %s pages read in %s%s", pages, took,
		    pair->content.exact ? "" : " (--content reads all)");
}

/* What of the diverged pages was copied in more than base pages. */
static void print_huge(struct render *render, const struct vmspy_pair *pair)
{
	char size[VMSPY_HUMAN_MAX], copy[VMSPY_HUMAN_MAX];
	uint64_t pages = 0, copy_bytes = 0;

	for (size_t i = 0; i < pair->intervals.count; i++) {
		const struct vmspy_interval *interval = &pair->intervals.interval[i];
		uint64_t diverged = pair->counts[i].state_pages[VMSPY_STATE_DIVERGED];

		if (!diverged || !interval->a || interval->a->page_bytes <= pair->runs.page_bytes)
			continue;
		pages += diverged;
		if (interval->a->page_bytes > copy_bytes)
			copy_bytes = interval->a->page_bytes;
	}
	if (!pages)
		return;
	vmspy_human_bytes(pages * pair->runs.page_bytes, size);
	vmspy_human_bytes(copy_bytes, copy);
	render_line(render, "  %-9s %8s          of diverged: each write copies a page of %s",
		    "huge", size, copy);
}

void diff_content_headline(const struct output *output, struct render *render,
			   const struct vmspy_pair *pair)
{
	const struct vmspy_counts *totals = &pair->totals;
	const struct vmspy_estimate compared = { totals->compared_pages, totals->identical_pages,
						 totals->changed_bytes };
	const struct vmspy_estimate *estimate = &pair->content.estimate;
	bool is_known = estimate->compared_pages != VMSPY_ESTIMATE_UNKNOWN;
	char part[VMSPY_HUMAN_MAX], all[VMSPY_HUMAN_MAX], means[160];

	print_huge(render, pair);
	if (!totals->compared_pages)
		return;
	vmspy_human_count(totals->compared_pages, part);
	vmspy_human_count(totals->comparable_pages, all);
	if (pair->content.exact)
		snprintf(means, sizeof(means), "equal bytes: copied for nothing");
	else if (is_known)
		snprintf(means, sizeof(means), "equal bytes: an estimate from %s of %s pages", part,
			 all);
	else
		snprintf(means, sizeof(means),
			 "equal bytes, of %s pages: too few of %s for an estimate", part, all);
	print_identical(render, pair, is_known ? estimate : &compared, means);
	print_changed(render, pair, is_known ? estimate : &compared);
	print_steps(output, render, pair);
	print_cost(render, pair);
}
