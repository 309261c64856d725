#include "diff_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "render/cell.h"
#include "report/pair_rows.h"

#include "base/banned.h"

void diff_text_gap(const struct output *output, struct render *render)
{
	if (output->style.format == RENDER_TEXT)
		render_line(render, "%s", "");
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
	char held[CELL_HUMAN_MAX];

	/* Without memory the name stays empty; the tables will say so. */
	vmspy_error_destroy(vmspy_escape_line(&comm, identity->comm, strlen(identity->comm)));
	cell_human_duration(side->hold_ns, held);
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
	char size[CELL_HUMAN_MAX];

	cell_human_bytes(bytes, size);
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
	char size[CELL_HUMAN_MAX];

	cell_human_bytes(bytes, size);
	if ((state == VMSPY_STATE_SHARED || state == VMSPY_STATE_DIVERGED) && both > 0)
		render_line(render, "  %-9s %8s  %5.1f%%  %s", titles[state], size,
			    100 * (double)bytes / both, means);
	else
		print_amount(render, titles[state], bytes, means);
}

static void print_identical(struct render *render, const struct vmspy_pair *pair)
{
	const struct vmspy_counts *totals = &pair->totals;
	char compared[CELL_HUMAN_MAX], means[96];

	if (!totals->compared_pages)
		return;
	cell_human_bytes(totals->compared_pages * pair->runs.page_bytes, compared);
	snprintf(means, sizeof(means), "part of diverged: equal bytes, of %s compared", compared);
	print_amount(render, "identical", totals->identical_pages * pair->runs.page_bytes, means);
}

static void print_unknown(struct render *render, const struct vmspy_pair *pair)
{
	char size[CELL_HUMAN_MAX];

	print_total(render, pair, VMSPY_STATE_UNKNOWN,
		    pair->totals.state_pages[VMSPY_STATE_UNKNOWN] ? "could not be judged:" : "");
	for (int reason = VMSPY_REASON_NONE + 1; reason < VMSPY_REASON_COUNT; reason++) {
		const char *remedy = vmspy_reason_remedy(reason);

		if (!pair->unknown_pages[reason])
			continue;
		cell_human_bytes(pair->unknown_pages[reason] * pair->runs.page_bytes, size);
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
	print_identical(render, pair);
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
	print_moved(render, pair);
}

/* --- where --------------------------------------------------------------------------------- */

/* How much there is to say of a mapping beyond that it is shared. */
static uint64_t interest(const struct vmspy_counts *counts)
{
	const uint64_t *state = counts->state_pages;

	return state[VMSPY_STATE_DIVERGED] + state[VMSPY_STATE_ONLY_A] + state[VMSPY_STATE_ONLY_B] +
	       state[VMSPY_STATE_SEPARATE] + state[VMSPY_STATE_UNKNOWN];
}

static int by_interest(const void *x, const void *y, void *context)
{
	const struct vmspy_pair *pair = context;
	size_t a = *(const size_t *)x, b = *(const size_t *)y;
	uint64_t of_a = interest(&pair->counts[a]), of_b = interest(&pair->counts[b]);

	if (of_a != of_b)
		return of_a > of_b ? -1 : 1;
	return (a > b) - (a < b);
}

/* ret: the intervals to show, in order; NULL without memory. */
static size_t *choose(const struct vmspy_pair *pair, bool all, size_t *ret_count)
{
	size_t *chosen = calloc(pair->intervals.count + 1, sizeof(*chosen)), count = 0;

	for (size_t i = 0; chosen && i < pair->intervals.count; i++)
		if (all || interest(&pair->counts[i]))
			chosen[count++] = i;
	*ret_count = count;
	return chosen;
}

static void print_rest(struct render *render, const struct vmspy_pair *pair)
{
	uint64_t rest = 0, pages = 0;
	char size[CELL_HUMAN_MAX];

	for (size_t i = 0; i < pair->intervals.count; i++) {
		uint64_t shared = pair->counts[i].state_pages[VMSPY_STATE_SHARED];

		if (interest(&pair->counts[i]) || !shared)
			continue;
		rest++;
		pages += shared;
	}
	if (!rest)
		return;
	cell_human_bytes(pages * pair->runs.page_bytes, size);
	render_line(render, "and %llu mappings that are shared wholly, %s (--all shows them)",
		    (unsigned long long)rest, size);
}

void diff_print_mappings(const struct output *output, struct render *render,
			 const struct vmspy_pair *pair, const struct vmspy_selection *columns,
			 bool all)
{
	bool for_people = output->style.format == RENDER_TEXT;
	size_t count;
	VMSPY_AUTO(vmspy_guard_free) size_t *chosen = choose(pair, all || !for_people, &count);

	if (!chosen || (for_people && !pair->intervals.count))
		return;
	if (for_people)
		qsort_r(chosen, count, sizeof(*chosen), by_interest, (void *)(uintptr_t)pair);
	diff_text_gap(output, render);
	render_table_begin(render, "mappings", columns);
	for (size_t i = 0; i < count; i++) {
		struct vmspy_interval_row row;

		vmspy_interval_row_get(pair, chosen[i], &row);
		render_row(render, &row);
	}
	render_table_end(render);
	if (for_people && !all)
		print_rest(render, pair);
}
