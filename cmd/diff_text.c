#include "diff_text.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/utf8.h"
#include "diff_content.h"
#include "render/cell.h"
#include "report/pair_rows.h"

#include "base/banned.h"

void diff_text_gap(const struct output *output, struct render *render)
{
	if (output->style.format == RENDER_TEXT)
		render_line(render, "%s", "");
}

/* --- paragraphs ---------------------------------------------------------------------------- */

enum {
	WIDTH = 100,    /* of a paragraph where there is no terminal */
	WIDTH_MIN = 40, /* narrower ones break the lines by themselves */
};

size_t diff_text_line_length(const char *text, size_t width)
{
	size_t length = 0, columns = 0, fits = 0;

	for (; text[length]; length++) {
		if (text[length] == ' ')
			fits = length;
		columns += !vmspy_utf8_continues(text[length]);
		if (columns > width && fits)
			return fits;
	}
	return length;
}

void diff_text_paragraph(const struct output *output, struct render *render, const char *lead,
			 const char *text)
{
	size_t indent = strlen(lead), width = output->style.width;

	if (!width)
		width = WIDTH;
	if (width < WIDTH_MIN)
		width = WIDTH_MIN;
	while (*text) {
		size_t length = diff_text_line_length(text, width - indent);

		render_line(render, "%-*s%.*s", (int)indent, lead, (int)length, text);
		text += length;
		text += strspn(text, " ");
		lead = "";
	}
}

/* --- who ----------------------------------------------------------------------------------- */

/* What each is to the other. */
static const char *const related[][2] = {
	[VMSPY_RELATION_PARENT] = { "parent of b", "child of a" },
	[VMSPY_RELATION_CHILD] = { "child of b", "parent of a" },
	[VMSPY_RELATION_SIBLING] = { "sibling of b", "sibling of a" },
	[VMSPY_RELATION_ANCESTOR] = { "ancestor of b", "descendant of a" },
	[VMSPY_RELATION_DESCENDANT] = { "descendant of b", "ancestor of a" },
	[VMSPY_RELATION_SAME_ADDRESS_SPACE] = { "same memory as b", "same memory as a" },
	[VMSPY_RELATION_UNRELATED] = { "unrelated to b", "unrelated to a" },
	[VMSPY_RELATION_SAME] = { "same as b", "same as a" },
};

static void print_who(struct render *render, const struct vmspy_pair *pair,
		      const struct vmspy_space *space, bool is_b)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf comm = { 0 };
	const struct vmspy_identity *identity = vmspy_space_identity(space);
	const struct vmspy_side *side = is_b ? &pair->b : &pair->a;
	char held[VMSPY_HUMAN_MAX];

	/* Without memory the name stays empty; the tables will say so. */
	vmspy_error_destroy(vmspy_escape_line(&comm, identity->comm, strlen(identity->comm)));
	vmspy_human_duration(side->hold_ns, held);
	render_line(render, "%s %7d  %-15s  %-16s %s%s", is_b ? "b" : "a", (int)identity->pid,
		    vmspy_buf_text(&comm), related[pair->relation][is_b],
		    side->held ? "held " : "not held", side->held ? held : "");
}

/* --- how much ------------------------------------------------------------------------------ */

static uint64_t bytes_of(const struct vmspy_pair *pair, enum vmspy_state state)
{
	return pair->totals.state_pages[state] * pair->runs.page_bytes;
}

/* A line without a percentage. */
static void print_amount(struct render *render, const char *title, uint64_t bytes,
			 const char *means)
{
	char size[VMSPY_HUMAN_MAX];

	vmspy_human_bytes(bytes, size);
	render_line(render, "  %-9s %8s%s%s", title, size, *means ? "          " : "", means);
}

static void print_total(struct render *render, const struct vmspy_pair *pair,
			enum vmspy_state state, const char *means)
{
	static const char *const titles[VMSPY_STATE_COUNT] = {
		[VMSPY_STATE_SHARED] = "shared",     [VMSPY_STATE_DIVERGED] = "diverged",
		[VMSPY_STATE_ONLY_A] = "only a",     [VMSPY_STATE_ONLY_B] = "only b",
		[VMSPY_STATE_SEPARATE] = "separate", [VMSPY_STATE_UNKNOWN] = "unknown",
	};
	double both =
		(double)(bytes_of(pair, VMSPY_STATE_SHARED) + bytes_of(pair, VMSPY_STATE_DIVERGED));
	uint64_t bytes = bytes_of(pair, state);
	char size[VMSPY_HUMAN_MAX];

	vmspy_human_bytes(bytes, size);
	if ((state == VMSPY_STATE_SHARED || state == VMSPY_STATE_DIVERGED) && both > 0)
		render_line(render, "  %-9s %8s  %5.1f%%  %s", titles[state], size,
			    100 * (double)bytes / both, means);
	else
		print_amount(render, titles[state], bytes, means);
}

/* One part of what diverged, behind those that stand there already. */
static void add_left(struct vmspy_buf *line, const struct vmspy_pair *pair, const char *who,
		     enum vmspy_left left)
{
	char size[VMSPY_HUMAN_MAX];

	if (!pair->totals.left_pages[left])
		return;
	vmspy_human_bytes(pair->totals.left_pages[left] * pair->runs.page_bytes, size);
	/* Without memory a part is missing; the tables will say so. */
	vmspy_error_destroy(
		vmspy_buf_printf(line, "%s%s %s", line->length ? ", " : "; ", who, size));
}

/*
 * What became of the private memory that both have, in the order of the family. What either dropped
 * since the fork is not in it: it cannot be told from what it never had.
 */
static void print_inherited(struct render *render, const struct vmspy_pair *pair)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf parts = { 0 };
	bool child_is_a = pair->relation == VMSPY_RELATION_CHILD;
	const struct vmspy_still_shared shared = vmspy_pair_still_shared(pair);
	char least[VMSPY_HUMAN_MAX], most[VMSPY_HUMAN_MAX];
	bool is_range;

	if ((pair->relation != VMSPY_RELATION_PARENT && !child_is_a) || !shared.all_pages ||
	    pair->no_common_origin)
		return;
	vmspy_human_percent(shared.least_pages, shared.all_pages, least);
	vmspy_human_percent(shared.most_pages, shared.all_pages, most);
	is_range = strcmp(least, most) != 0;
	add_left(&parts, pair, child_is_a ? "b left" : "a left",
		 child_is_a ? VMSPY_LEFT_B : VMSPY_LEFT_A);
	add_left(&parts, pair, child_is_a ? "a left" : "b left",
		 child_is_a ? VMSPY_LEFT_A : VMSPY_LEFT_B);
	add_left(&parts, pair, "both left", VMSPY_LEFT_BOTH);
	if (parts.length)
		add_left(&parts, pair, "unknown", VMSPY_LEFT_UNKNOWN);
	render_line(render, "  of what %s inherited %s%s%s is still shared%s",
		    child_is_a ? "a" : "b", least, is_range ? " to " : "", is_range ? most : "",
		    vmspy_buf_text(&parts));
}

static void print_unknown(struct render *render, const struct vmspy_pair *pair)
{
	char size[VMSPY_HUMAN_MAX];

	print_total(render, pair, VMSPY_STATE_UNKNOWN,
		    pair->totals.state_pages[VMSPY_STATE_UNKNOWN] ? "could not be judged:" : "");
	for (int reason = VMSPY_REASON_NONE + 1; reason < VMSPY_REASON_COUNT; reason++) {
		const char *remedy = vmspy_reason_remedy(reason);

		if (!pair->unknown_pages[reason])
			continue;
		vmspy_human_bytes(pair->unknown_pages[reason] * pair->runs.page_bytes, size);
		render_line(render, "            %8s  %s%s%s", size, vmspy_reason_name(reason),
			    remedy ? ": " : "", remedy ? remedy : "");
	}
}

static void print_moved(struct render *render, const struct vmspy_pair *pair)
{
	const struct vmspy_vmstat *moved = &pair->kernel_moved;

	if (moved->migrated_pages != VMSPY_UNKNOWN && moved->migrated_pages)
		render_line(
			render,
			"  meanwhile the kernel moved %llu pages of this machine to other frames",
			(unsigned long long)moved->migrated_pages);
	if (pair->slices.count > 1)
		render_line(
			render,
			"  held in %zu slices: each page is judged at an instant of its own, not "
			"all at one",
			pair->slices.count);
	if (pair->timing.rounds)
		render_line(render, "  some pages kept changing and were read again, in %u rounds",
			    pair->timing.rounds);
}

void diff_text_headline(const struct output *output, struct render *render,
			const struct vmspy_pair *pair, const struct vmspy_space *a,
			const struct vmspy_space *b)
{
	const uint64_t *state = pair->totals.state_pages;

	if (output->style.format != RENDER_TEXT)
		return;
	print_who(render, pair, a, false);
	print_who(render, pair, b, true);
	diff_text_gap(output, render);
	print_total(render, pair, VMSPY_STATE_SHARED, "one frame behind both");
	print_total(render, pair, VMSPY_STATE_DIVERGED, "same address, different frames");
	diff_content_headline(output, render, pair);
	if (state[VMSPY_STATE_ONLY_A])
		print_total(render, pair, VMSPY_STATE_ONLY_A,
			    "private memory that b does not have");
	if (state[VMSPY_STATE_ONLY_B])
		print_total(render, pair, VMSPY_STATE_ONLY_B,
			    "private memory that a does not have");
	if (state[VMSPY_STATE_SEPARATE])
		print_total(render, pair, VMSPY_STATE_SEPARATE,
			    "on both sides, and never one page");
	print_unknown(render, pair);
	print_inherited(render, pair);
	print_moved(render, pair);
}
