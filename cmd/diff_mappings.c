/* vmspy diff: where it differs. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/human.h"
#include "diff.h"
#include "report/pair_rows.h"

#include "base/banned.h"

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
	char size[VMSPY_HUMAN_MAX];

	for (size_t i = 0; i < pair->intervals.count; i++) {
		uint64_t shared = pair->counts[i].state_pages[VMSPY_STATE_SHARED];

		if (interest(&pair->counts[i]) || !shared)
			continue;
		rest++;
		pages += shared;
	}
	if (!rest)
		return;
	vmspy_human_bytes(pages * pair->runs.page_bytes, size);
	render_line(render, "and %llu mappings that are shared wholly, %s (--all shows them)",
		    (unsigned long long)rest, size);
}

/* The intervals that are shown, in order. */
struct chosen {
	const struct vmspy_pair *pair;
	const size_t *index;
};

static void get_interval(const void *context, size_t i, void *row)
{
	const struct chosen *chosen = context;

	vmspy_interval_row_get(chosen->pair, chosen->index[i], row);
}

void diff_print_mappings(const struct diff *diff, struct render *render)
{
	const struct vmspy_pair *pair = &diff->pair;
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool all = is_given(diff->arguments, OPTION_ALL);
	size_t count;
	VMSPY_AUTO(vmspy_guard_free) size_t *index = choose(pair, all || !for_people, &count);
	struct chosen chosen = { pair, index };
	struct vmspy_interval_row row;
	struct diff_table table = {
		.key = "mappings",
		.columns = vmspy_interval_columns,
		.rows = { count, &chosen, get_interval, &row },
		.id_offset = offsetof(struct vmspy_interval_row, start),
	};

	if (!index)
		render_fail(render, vmspy_error_no_memory());
	if (!index || (for_people && !pair->intervals.count))
		return;
	if (for_people)
		qsort_r(index, count, sizeof(*index), by_interest, (void *)(uintptr_t)pair);
	diff_print_table(diff, render, &table);
	if (for_people && !all)
		print_rest(render, pair);
}
