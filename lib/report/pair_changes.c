#include "report/pair_changes.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

/* --- counts -------------------------------------------------------------------------------- */

static void put_count(const struct vmspy_column *column, uint64_t number,
		      struct vmspy_counts_row *row)
{
	memcpy((char *)row + column->offset, &number, sizeof(number));
}

struct vmspy_counts_row vmspy_counts_change_of(const struct vmspy_counts_row *before,
					       const struct vmspy_counts_row *now)
{
	struct vmspy_counts_row change = { 0 };

	for (const struct vmspy_column *column = vmspy_totals_columns; column->heading; column++)
		put_count(column,
			  vmspy_change_of(vmspy_column_number(column, before),
					  vmspy_column_number(column, now)),
			  &change);
	return change;
}

static uint64_t pages_of(uint64_t change)
{
	int64_t pages = change == VMSPY_UNKNOWN ? 0 : vmspy_change_signed(change);

	return (uint64_t)(pages < 0 ? -pages : pages);
}

uint64_t vmspy_counts_change_pages(const struct vmspy_counts_row *change)
{
	return pages_of(change->shared_pages) + pages_of(change->diverged_pages) +
	       pages_of(change->only_a_pages) + pages_of(change->only_b_pages) +
	       pages_of(change->separate_pages) + pages_of(change->unknown_pages);
}

/* What is unknown on one side adds nothing to the other: of it no byte was read. */
static void add_counts(struct vmspy_counts_row *sum, const struct vmspy_counts_row *row)
{
	for (const struct vmspy_column *column = vmspy_totals_columns; column->heading; column++) {
		uint64_t number = vmspy_column_number(column, row);
		uint64_t before = vmspy_column_number(column, sum);

		if (number != VMSPY_UNKNOWN)
			put_count(column, before == VMSPY_UNKNOWN ? number : before + number, sum);
	}
}

/* An interval without any page. */
static struct vmspy_counts_row no_counts(void)
{
	return vmspy_counts_row_of(&(const struct vmspy_counts){ 0 });
}

/* --- what is kept -------------------------------------------------------------------------- */

struct vmspy_error *vmspy_interval_marks_take(const struct vmspy_pair *pair,
					      struct vmspy_interval_marks *ret)
{
	size_t count = pair->intervals.count;
	struct vmspy_interval_mark *mark = calloc(count + 1, sizeof(*mark));

	if (!mark)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		const struct vmspy_interval *interval = &pair->intervals.interval[i];
		const struct vmspy_mapping *either = interval->a ? interval->a : interval->b;

		mark[i] = (struct vmspy_interval_mark){
			.start = interval->start,
			.end = interval->end,
			.kind = vmspy_mapping_kind_name(either->kind),
			.counts = vmspy_counts_row_of(&pair->counts[i]),
		};
	}
	*ret = (struct vmspy_interval_marks){ mark, count };
	return NULL;
}

void vmspy_interval_marks_deinit(struct vmspy_interval_marks *marks)
{
	free(marks->mark);
	*marks = (struct vmspy_interval_marks){ 0 };
}

/* --- what became of it --------------------------------------------------------------------- */

static uint64_t overlap(const struct vmspy_interval_mark *x, const struct vmspy_interval_mark *y)
{
	uint64_t start = x->start > y->start ? x->start : y->start;
	uint64_t end = x->end < y->end ? x->end : y->end;

	return end > start ? end - start : 0;
}

/*
 * Find the interval that has most of the addresses of an earlier one.
 * first: in and out: the first one that does not end before it.
 */
static size_t heir_of(const struct vmspy_interval_mark *mark,
		      const struct vmspy_interval_marks *now, size_t *first)
{
	size_t heir = VMSPY_INTERVAL_GONE;
	uint64_t most = 0;

	while (*first < now->count && now->mark[*first].end <= mark->start)
		(*first)++;
	for (size_t i = *first; i < now->count && now->mark[i].start < mark->end; i++) {
		uint64_t common = overlap(mark, &now->mark[i]);

		if (common > most) {
			most = common;
			heir = i;
		}
	}
	return heir;
}

static void add_change(struct vmspy_interval_changes *changes,
		       const struct vmspy_interval_change *place,
		       const struct vmspy_counts_row *before, const struct vmspy_counts_row *now)
{
	struct vmspy_interval_change change = *place;

	change.counts = vmspy_counts_change_of(before, now);
	change.size_pages = vmspy_counts_change_pages(&change.counts);
	if (change.size_pages)
		changes->change[changes->count++] = change;
}

static int by_size(const void *x, const void *y)
{
	const struct vmspy_interval_change *a = x, *b = y;

	if (a->size_pages != b->size_pages)
		return a->size_pages > b->size_pages ? -1 : 1;
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	return (a->before_index > b->before_index) - (a->before_index < b->before_index);
}

/* was: what was counted before, of each interval of now. */
static void inherit(const struct vmspy_interval_marks *before,
		    const struct vmspy_interval_marks *now, struct vmspy_counts_row *was,
		    struct vmspy_interval_changes *changes)
{
	const struct vmspy_counts_row none = no_counts();
	size_t first = 0;

	for (size_t i = 0; i < now->count; i++)
		was[i] = none;
	for (size_t i = 0; i < before->count; i++) {
		struct vmspy_interval_change gone = { VMSPY_INTERVAL_GONE, i };
		size_t heir = heir_of(&before->mark[i], now, &first);

		if (heir == VMSPY_INTERVAL_GONE)
			add_change(changes, &gone, &before->mark[i].counts, &none);
		else
			add_counts(&was[heir], &before->mark[i].counts);
	}
}

struct vmspy_error *vmspy_interval_changes_find(const struct vmspy_interval_marks *before,
						const struct vmspy_interval_marks *now,
						struct vmspy_interval_changes *ret)
{
	VMSPY_AUTO(vmspy_guard_free)
	struct vmspy_counts_row *was = calloc(now->count + 1, sizeof(*was));
	VMSPY_AUTO(vmspy_interval_changes_deinit)
	struct vmspy_interval_changes changes = {
		.change = calloc(before->count + now->count + 1, sizeof(*changes.change)),
	};

	if (!was || !changes.change)
		return vmspy_error_no_memory();
	inherit(before, now, was, &changes);
	for (size_t i = 0; i < now->count; i++)
		add_change(&changes, &(struct vmspy_interval_change){ .index = i }, &was[i],
			   &now->mark[i].counts);
	qsort(changes.change, changes.count, sizeof(*changes.change), by_size);
	*ret = changes;
	changes = (struct vmspy_interval_changes){ 0 }; /* the caller owns it now */
	return NULL;
}

void vmspy_interval_changes_deinit(struct vmspy_interval_changes *changes)
{
	free(changes->change);
	*changes = (struct vmspy_interval_changes){ 0 };
}
