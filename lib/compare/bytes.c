#include "compare/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compare/contents.h"
#include "compare/draw.h"
#include "compare/words.h"

#include "base/banned.h"

enum {
	GAP_PAGES = 64,            /* the words of a smaller gap are cheaper to read than to skip */
	SPARE_PART = 8,            /* of the time that a sample may take */
	SAMPLE_NS_MAX = 100000000, /* of standing still for a sample */
	ALWAYS_PAGES = 256,        /* the variables of a small process, about half a millisecond */
	ALWAYS_SORT_PAGES = VMSPY_ESTIMATE_PAGES_MIN, /* of each sort: less gives no estimate */
	QUARTERS = 4,
	QUARTERS_FIRST = 3, /* of the time, before there is a sample of what has no names */
};

/* How long a sample may take. */
struct budget {
	bool is_unlimited;
	uint64_t start_ns, length_ns;
	uint64_t length_pages; /* instead of the time; 0: the time decides */
	uint64_t pages;        /* that were drawn */
};

/* What is read, into which buffers. */
struct reader {
	struct vmspy_tally *tally;
	struct vmspy_window *window;
	struct vmspy_draw_list *list; /* that is being drawn from */
	struct budget budget;
	uint64_t page_bytes;
	unsigned char *bytes_a, *bytes_b;  /* of a cluster */
	bool is_read[VMSPY_CLUSTER_PAGES]; /* on both sides */
	struct vmspy_run_list late;        /* pages that got another verdict */
};

/* Adjacent or nearly adjacent pages of a cluster, in one interval. */
struct group {
	const struct vmspy_draw_page *page;
	size_t count;
};

/* --- one group ----------------------------------------------------------------------------- */

static size_t in_window(const struct reader *reader, const struct vmspy_draw_page *page)
{
	return (page->address - reader->window->start) / reader->page_bytes;
}

/* Whether a page may be read: still what it was said to be, and present on both sides. */
static bool is_wanted(const struct reader *reader, const struct vmspy_draw_page *page)
{
	const struct vmspy_window *window = reader->window;
	size_t i = in_window(reader, page);

	return window->page_class[i] == page->run->page_class &&
	       vmspy_standing_is_present(window->a.standing[i]) &&
	       vmspy_standing_is_present(window->b.standing[i]);
}

/* Read adjacent pages. ret_count: how many; the one behind them cannot be read if it is not all. */
static struct vmspy_error *read_pages(struct reader *reader, const struct group *group, size_t from,
				      size_t *ret_count)
{
	uint64_t address = group->page[from].address;
	size_t offset = from * reader->page_bytes, size = 0, got_a, got_b;
	struct vmspy_error *err;

	for (size_t i = from; i < group->count && group->page[i].address == address + size &&
			      is_wanted(reader, &group->page[i]);
	     i++)
		size += reader->page_bytes;
	if ((err = vmspy_space_bytes(reader->window->a.space, address, reader->bytes_a + offset,
				     size, &got_a)) ||
	    (err = vmspy_space_bytes(reader->window->b.space, address, reader->bytes_b + offset,
				     got_a, &got_b)))
		return err;
	*ret_count = got_b / reader->page_bytes;
	return NULL;
}

static struct vmspy_error *read_bytes(struct reader *reader, const struct group *group)
{
	struct vmspy_error *err;
	size_t count;

	memset(reader->is_read, 0, sizeof(reader->is_read));
	for (size_t i = 0; i < group->count; i++) {
		if (!is_wanted(reader, &group->page[i]))
			continue;
		if ((err = read_pages(reader, group, i, &count)))
			return err;
		memset(reader->is_read + i, true, count);
		i += count ? count - 1 : 0;
	}
	return NULL;
}

/* --- what comes out ------------------------------------------------------------------------ */

/* A page counts in its interval and in its list: each of these is called for both. */

static void count_compared(struct vmspy_counts *counts, uint32_t changed)
{
	counts->compared_pages++;
	counts->identical_pages += !changed;
	counts->changed_bytes += changed;
}

static void count_proven(struct vmspy_counts *counts)
{
	counts->comparable_pages++;
	counts->drawn_pages++;
	counts->proven_pages++;
}

static void undraw(struct vmspy_counts *counts)
{
	counts->comparable_pages--;
	counts->drawn_pages--;
}

/* Give one page another verdict than its run has. */
static struct vmspy_error *correct(struct reader *reader, const struct vmspy_draw_page *page,
				   struct vmspy_verdict verdict)
{
	struct vmspy_run run = *page->run;

	run.start = page->address;
	run.page_count = 1;
	vmspy_tally_move(reader->tally, &run, verdict);
	run.page_class = (uint8_t)verdict.page_class;
	run.reason = (uint8_t)verdict.reason;
	run.left = VMSPY_LEFT_UNKNOWN;
	run.left_source = VMSPY_LEFT_BY_NONE;
	run.frame_a = run.frame_b = VMSPY_FRAME_NONE;
	return vmspy_runs_add(&reader->late, &run);
}

/* It moved while it was read: whatever it was, it is none of those that can be compared. */
static struct vmspy_error *disturbed(struct reader *reader, const struct vmspy_draw_page *page)
{
	static const struct vmspy_verdict moved = {
		.page_class = VMSPY_CLASS_UNSTABLE,
		.reason = VMSPY_REASON_KEPT_CHANGING,
	};
	struct vmspy_pair *pair = reader->tally->pair;

	pair->disturbed_pages++;
	if (!vmspy_draw_is_hidden(reader->list->sort)) {
		undraw(&pair->counts[page->run->interval_index]);
		undraw(&reader->list->counts);
	}
	return correct(reader, page, moved);
}

/* Frames that cannot be seen: equal bytes prove nothing, others that the page has diverged. */
static struct vmspy_error *prove(struct reader *reader, const struct vmspy_draw_page *page)
{
	static const struct vmspy_verdict proven = { .page_class = VMSPY_CLASS_DIVERGED };

	count_proven(&reader->tally->pair->counts[page->run->interval_index]);
	count_proven(&reader->list->counts);
	return correct(reader, page, proven);
}

/* One page whose bytes were read, or were to be. */
static struct vmspy_error *weigh(struct reader *reader, const struct group *group, size_t i)
{
	const struct vmspy_draw_page *page = &group->page[i];
	const struct vmspy_window *window = reader->window;
	struct vmspy_pair *pair = reader->tally->pair;
	const unsigned char *a = reader->bytes_a + i * reader->page_bytes;
	const unsigned char *b = reader->bytes_b + i * reader->page_bytes;
	struct vmspy_compared_page record = { .address = page->address };
	size_t at = in_window(reader, page);
	uint32_t changed;
	struct vmspy_error *err;

	if (window->a.first[at] != window->a.second[at] ||
	    window->b.first[at] != window->b.second[at])
		return disturbed(reader, page);
	if (!reader->is_read[i])
		return NULL;
	record.changed_bytes = changed = vmspy_contents_count_changed(a, b, reader->page_bytes);
	if (vmspy_draw_is_hidden(reader->list->sort)) {
		if (!changed)
			return NULL;
		if ((err = prove(reader, page)))
			return err;
	}
	count_compared(&pair->counts[page->run->interval_index], changed);
	count_compared(&reader->list->counts, changed);
	pair->content.step_pages[vmspy_change_step(changed)]++;
	if (!vmspy_draw_is_unnamed(reader->list->sort))
		return vmspy_contents_keep(pair, &record, a, b);
	if (pair->census)
		vmspy_census_add(pair->census, a, b, reader->page_bytes);
	return NULL;
}

/* Words, bytes, and the words again: what is compared stood still meanwhile. */
static struct vmspy_error *read_group(struct reader *reader, const struct group *group)
{
	const struct vmspy_draw_page *first = group->page, *last = first + group->count - 1;
	const struct vmspy_interval *interval =
		&reader->tally->pair->intervals.interval[first->run->interval_index];
	struct vmspy_window *window = reader->window;
	struct vmspy_error *err;

	if ((err = vmspy_window_read(window, interval, first->address,
				     (last->address - first->address) / reader->page_bytes + 1)) ||
	    (err = read_bytes(reader, group)) ||
	    (err = vmspy_words_read_side(window, &window->a, interval->a, window->a.second)) ||
	    (err = vmspy_words_read_side(window, &window->b, interval->b, window->b.second)))
		return err;
	for (size_t i = 0; i < group->count; i++)
		if (is_wanted(reader, &group->page[i]) && (err = weigh(reader, group, i)))
			return err;
	return NULL;
}

/* --- all of them --------------------------------------------------------------------------- */

static void count_drawn(struct reader *reader, const struct vmspy_cluster *cluster)
{
	reader->budget.pages += cluster->count;
	if (vmspy_draw_is_hidden(reader->list->sort))
		return;
	reader->list->counts.drawn_pages += cluster->count;
	for (size_t i = 0; i < cluster->count; i++)
		reader->tally->pair->counts[cluster->page[i].run->interval_index].drawn_pages++;
}

static bool belongs(const struct reader *reader, const struct vmspy_draw_page *last,
		    const struct vmspy_draw_page *next)
{
	return next->run->interval_index == last->run->interval_index &&
	       next->address - last->address <= GAP_PAGES * reader->page_bytes;
}

static struct vmspy_error *read_cluster(struct reader *reader, const struct vmspy_cluster *cluster)
{
	struct group group = { .page = cluster->page };
	struct vmspy_error *err;

	count_drawn(reader, cluster);
	for (size_t i = 1; i <= cluster->count; i++) {
		const struct vmspy_draw_page *next = &cluster->page[i];

		group.count = (size_t)(next - group.page);
		if (i < cluster->count && belongs(reader, next - 1, next))
			continue;
		if ((err = vmspy_hold_turn_if_over(reader->tally->hold)) ||
		    (err = read_group(reader, &group)))
			return err;
		group.page = next;
	}
	return NULL;
}

/* Whether there is more to spend of so many quarters of the budget. */
static bool may_go_on(const struct reader *reader, unsigned quarters)
{
	const struct budget *budget = &reader->budget;

	if (budget->is_unlimited)
		return true;
	if (budget->length_pages)
		return budget->pages * QUARTERS < budget->length_pages * quarters;
	if (budget->pages < ALWAYS_PAGES || reader->list->drawn_pages < ALWAYS_SORT_PAGES)
		return true;
	return (vmspy_hold_clock_ns(reader->tally->hold) - budget->start_ns) * QUARTERS <
	       budget->length_ns * quarters;
}

/*
 * Twice through all sorts: the first time what comes early leaves a quarter of the budget to what
 * comes late, so that there is an estimate of everything; then it may have what was left.
 */
static struct vmspy_error *read_all(struct reader *reader, struct vmspy_draw *draw)
{
	const struct vmspy_pair *pair = reader->tally->pair;
	struct vmspy_cluster cluster;
	struct vmspy_error *err;

	for (unsigned i = 0; i < 2 * VMSPY_DRAW_SORTS; i++) {
		bool is_early = i < VMSPY_DRAW_OTHER;

		reader->list = &draw->list[i % VMSPY_DRAW_SORTS];
		while (may_go_on(reader, is_early ? QUARTERS_FIRST : QUARTERS) &&
		       vmspy_draw_next(pair, draw, reader->list, &cluster))
			if ((err = read_cluster(reader, &cluster)))
				return err;
	}
	return NULL;
}

/* Without anything to draw all of it is known: nothing. */
static void sum_up(const struct vmspy_draw *draw, struct vmspy_content_total *ret)
{
	ret->exact = true;
	for (size_t i = 0; i < VMSPY_DRAW_SORTS; i++) {
		const struct vmspy_counts *counts = &draw->list[i].counts;
		struct vmspy_estimate estimate = vmspy_estimate_of(counts);

		ret->exact = ret->exact && counts->drawn_pages == counts->comparable_pages;
		vmspy_estimate_add(&ret->estimate, &estimate);
	}
}

/* Yama may forbid bytes where words are allowed: then none are compared, and that is told. */
static struct vmspy_error *forgive_refusal(struct vmspy_error *err)
{
	if (!err || vmspy_error_kind(err) != VMSPY_ERROR_NOT_PERMITTED)
		return err;
	vmspy_error_destroy(err);
	return NULL;
}

static struct vmspy_error *draw_and_read(struct reader *reader)
{
	struct vmspy_pair *pair = reader->tally->pair;
	VMSPY_AUTO(vmspy_draw_deinit) struct vmspy_draw draw = { 0 };
	struct vmspy_error *err = NULL;

	if (!pair->no_common_origin)
		err = vmspy_draw_init(pair, reader->budget.is_unlimited, &draw);
	if (err || (err = forgive_refusal(read_all(reader, &draw))))
		return err;
	sum_up(&draw, &pair->content);
	return vmspy_runs_override(&pair->runs, &reader->late);
}

static struct budget budget_of(const struct vmspy_tally *tally)
{
	const struct vmspy_timing *timing = &tally->pair->timing;
	uint64_t so_far_ns = timing->stop_ns + timing->words_ns + timing->siblings_ns;

	/* What is begun is ended, and letting go takes longer where more was read. */
	so_far_ns -= so_far_ns / SPARE_PART;
	return (struct budget){
		.is_unlimited = tally->options->content == VMSPY_CONTENT_ALL,
		.start_ns = vmspy_hold_clock_ns(tally->hold),
		.length_ns = so_far_ns < SAMPLE_NS_MAX ? so_far_ns : SAMPLE_NS_MAX,
		.length_pages = tally->options->sample_pages,
	};
}

struct vmspy_error *vmspy_bytes_compare(struct vmspy_tally *tally, struct vmspy_window *window)
{
	struct vmspy_pair *pair = tally->pair;
	uint64_t page_bytes = pair->runs.page_bytes;
	size_t cluster_bytes = VMSPY_CLUSTER_PAGES * page_bytes;
	VMSPY_AUTO(vmspy_guard_free) unsigned char *bytes = malloc(2 * cluster_bytes);
	struct reader reader = {
		.tally = tally,
		.window = window,
		.budget = budget_of(tally),
		.page_bytes = page_bytes,
		.bytes_a = bytes,
		.bytes_b = bytes + cluster_bytes,
		.late.page_bytes = (uint32_t)page_bytes,
	};
	struct vmspy_error *err = NULL;

	if (!bytes)
		return vmspy_error_no_memory();
	pair->content.mode = tally->options->content;
	if (pair->content.mode == VMSPY_CONTENT_NONE)
		pair->content.estimate = vmspy_estimate_unknown();
	else
		err = draw_and_read(&reader);
	vmspy_run_list_deinit(&reader.late);
	return err;
}
