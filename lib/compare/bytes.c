#include "compare/bytes.h"

#include <pthread.h>

#include "base/cleanup.h"
#include "compare/batch.h"
#include "compare/contents.h"
#include "compare/draw.h"

#include "base/banned.h"

enum {
	SPARE_PART = 8,            /* of the time that a sample may take */
	SAMPLE_NS_MAX = 100000000, /* of standing still for a sample */
	ALWAYS_PAGES = 256,        /* the variables of a small process, about half a millisecond */
	ALWAYS_SORT_PAGES = VMSPY_ESTIMATE_PAGES_MIN, /* of each sort: less gives no estimate */
	QUARTERS = 4,
	QUARTERS_FIRST = 3, /* of the time, before there is a sample of what has no names */
	/*
	 * Twice through all sorts: the first time what comes early leaves a quarter of the budget
	 * to what comes late, so that there is an estimate of everything; then it may have what was
	 * left.
	 */
	TURNS = 2 * VMSPY_DRAW_SORTS,
};

/* How long a sample may take. */
struct budget {
	bool is_unlimited;
	uint64_t start_ns, length_ns;
	uint64_t length_pages; /* instead of the time; 0: the time decides */
	uint64_t pages;        /* that were drawn */
};

/*
 * What is read, and what becomes of it. Each thread takes a batch, reads it, and hands it in; but
 * for its batch all is written under the lock.
 */
struct reader {
	struct vmspy_tally *tally;
	struct vmspy_team *team;
	struct vmspy_batch batch[VMSPY_POOL_MAX]; /* of each thread */
	pthread_mutex_t lock;
	struct vmspy_draw draw;
	unsigned turn; /* what is drawn from; TURNS: all is done */
	struct budget budget;
	struct vmspy_run_list late; /* pages that got another verdict */
	bool is_opened;             /* bytes were read: several threads may */
	bool is_shared;             /* several do */
	bool failed;
};

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
static struct vmspy_error *disturbed(struct reader *reader, struct vmspy_draw_list *list,
				     const struct vmspy_draw_page *page)
{
	static const struct vmspy_verdict moved = {
		.page_class = VMSPY_CLASS_UNSTABLE,
		.reason = VMSPY_REASON_KEPT_CHANGING,
	};
	struct vmspy_pair *pair = reader->tally->pair;

	pair->disturbed_pages++;
	if (!vmspy_draw_is_hidden(list->sort)) {
		undraw(&pair->counts[page->run->interval_index]);
		undraw(&list->counts);
	}
	return correct(reader, page, moved);
}

/* Frames that cannot be seen: equal bytes prove nothing, others that the page has diverged. */
static struct vmspy_error *prove(struct reader *reader, struct vmspy_draw_list *list,
				 const struct vmspy_draw_page *page)
{
	static const struct vmspy_verdict proven = { .page_class = VMSPY_CLASS_DIVERGED };

	count_proven(&reader->tally->pair->counts[page->run->interval_index]);
	count_proven(&list->counts);
	return correct(reader, page, proven);
}

/* A page whose bytes were read. */
static struct vmspy_error *weigh(struct reader *reader, const struct vmspy_batch *batch, size_t i)
{
	const struct vmspy_batch_page *read = &batch->page[i];
	struct vmspy_draw_list *list = batch->list;
	const struct vmspy_draw_page *page = &read->page;
	struct vmspy_pair *pair = reader->tally->pair;
	const struct vmspy_census_page bytes = vmspy_batch_bytes(batch, i);
	struct vmspy_compared_page record = {
		.address = page->address,
		.changed_bytes = read->changed_bytes,
	};
	struct vmspy_error *err;

	if (!reader->is_opened)
		reader->is_opened = true; /* not again: others read it by now */
	if (vmspy_draw_is_hidden(list->sort)) {
		if (!read->changed_bytes)
			return NULL;
		if ((err = prove(reader, list, page)))
			return err;
	}
	count_compared(&pair->counts[page->run->interval_index], read->changed_bytes);
	count_compared(&list->counts, read->changed_bytes);
	pair->content.step_pages[vmspy_change_step(read->changed_bytes)]++;
	if (!vmspy_draw_is_unnamed(list->sort))
		return vmspy_contents_keep(pair, &record, bytes.a, bytes.b);
	if (pair->census)
		vmspy_census_count(pair->census, &bytes, &read->places);
	return NULL;
}

static struct vmspy_error *weigh_all(struct reader *reader, const struct vmspy_batch *batch)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < batch->count; i++) {
		if (batch->page[i].outcome == VMSPY_OUTCOME_MOVED)
			err = disturbed(reader, batch->list, &batch->page[i].page);
		else if (batch->page[i].outcome == VMSPY_OUTCOME_READ)
			err = weigh(reader, batch, i);
	}
	return err;
}

/* --- drawing ------------------------------------------------------------------------------- */

static void count_drawn(struct reader *reader, struct vmspy_draw_list *list,
			const struct vmspy_cluster *cluster)
{
	reader->budget.pages += cluster->count;
	if (vmspy_draw_is_hidden(list->sort))
		return;
	list->counts.drawn_pages += cluster->count;
	for (size_t i = 0; i < cluster->count; i++)
		reader->tally->pair->counts[cluster->page[i].run->interval_index].drawn_pages++;
}

/* Whether there is more to spend on a list in this turn. */
static bool may_go_on(const struct reader *reader, const struct vmspy_draw_list *list)
{
	const struct budget *budget = &reader->budget;
	unsigned quarters = reader->turn < VMSPY_DRAW_OTHER ? QUARTERS_FIRST : QUARTERS;

	if (budget->is_unlimited)
		return true;
	if (budget->length_pages)
		return budget->pages * QUARTERS < budget->length_pages * quarters;
	if (budget->pages < ALWAYS_PAGES || list->drawn_pages < ALWAYS_SORT_PAGES)
		return true;
	return (vmspy_hold_clock_ns(reader->tally->hold) - budget->start_ns) * QUARTERS <
	       budget->length_ns * quarters;
}

/* Fill an empty batch from one list. It stays empty when there is no turn left. */
static void fill(struct reader *reader, struct vmspy_batch *batch)
{
	const struct vmspy_pair *pair = reader->tally->pair;
	struct vmspy_cluster cluster;

	while (reader->turn < TURNS && !reader->failed) {
		batch->list = &reader->draw.list[reader->turn % VMSPY_DRAW_SORTS];
		while (vmspy_batch_has_room(batch) && may_go_on(reader, batch->list) &&
		       vmspy_draw_next(pair, &reader->draw, batch->list, &cluster)) {
			count_drawn(reader, batch->list, &cluster);
			vmspy_batch_add(batch, &cluster);
		}
		if (batch->count)
			return;
		reader->turn++;
	}
}

/* --- all of them --------------------------------------------------------------------------- */

static void take(struct reader *reader, struct vmspy_batch *batch)
{
	pthread_mutex_lock(&reader->lock);
	fill(reader, batch);
	pthread_mutex_unlock(&reader->lock);
}

static struct vmspy_error *hand_in(struct reader *reader, struct vmspy_batch *batch,
				   struct vmspy_error *err)
{
	pthread_mutex_lock(&reader->lock);
	if (!err)
		err = weigh_all(reader, batch);
	reader->failed |= err != NULL; /* the others need not go on */
	pthread_mutex_unlock(&reader->lock);
	vmspy_batch_clear(batch);
	return err;
}

/* Until all is done, the slice is over, or others may help. */
static struct vmspy_error *work(void *context, unsigned index)
{
	struct reader *reader = context;
	struct vmspy_batch *batch = &reader->batch[index];
	struct vmspy_error *err;

	if (index >= reader->team->count)
		return NULL;
	do {
		take(reader, batch);
		if (!batch->count)
			return NULL;
		if ((err = hand_in(reader, batch, vmspy_batch_read(batch))))
			return err;
	} while (reader->is_shared == reader->is_opened &&
		 !vmspy_hold_is_over(reader->tally->hold));
	return NULL;
}

static struct vmspy_error *read_all(struct reader *reader)
{
	struct vmspy_error *err;

	while (reader->turn < TURNS) {
		if ((err = vmspy_hold_turn_if_over(reader->tally->hold)))
			return err;
		reader->is_shared = reader->is_opened;
		err = vmspy_pool_run(reader->is_shared ? reader->team->pool : NULL, work, reader);
		if (err)
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
	struct vmspy_error *err = NULL;

	if (!pair->no_common_origin)
		err = vmspy_draw_init(pair, reader->budget.is_unlimited, &reader->draw);
	if (err || (err = forgive_refusal(read_all(reader))))
		return err;
	sum_up(&reader->draw, &pair->content);
	return vmspy_runs_override(&pair->runs, &reader->late);
}

static struct vmspy_error *init_batches(struct reader *reader)
{
	const struct vmspy_pair *pair = reader->tally->pair;
	struct vmspy_error *err = NULL;

	for (unsigned i = 0; !err && i < reader->team->count; i++) {
		reader->batch[i] = (struct vmspy_batch){
			.window = reader->team->window[i],
			.intervals = pair->intervals.interval,
			.census = pair->census,
			.page_bytes = pair->runs.page_bytes,
		};
		err = vmspy_batch_init(&reader->batch[i]);
	}
	return err;
}

static void deinit(struct reader *reader)
{
	for (unsigned i = 0; i < reader->team->count; i++)
		vmspy_batch_deinit(&reader->batch[i]);
	pthread_mutex_destroy(&reader->lock);
	vmspy_draw_deinit(&reader->draw);
	vmspy_run_list_deinit(&reader->late);
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

struct vmspy_error *vmspy_bytes_compare(struct vmspy_tally *tally, struct vmspy_team *team)
{
	struct vmspy_pair *pair = tally->pair;
	struct reader reader = {
		.tally = tally,
		.team = team,
		.budget = budget_of(tally),
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.late.page_bytes = pair->runs.page_bytes,
	};
	struct vmspy_error *err;

	pair->content.mode = tally->options->content;
	if (pair->content.mode == VMSPY_CONTENT_NONE) {
		pair->content.estimate = vmspy_estimate_unknown();
		return NULL;
	}
	err = init_batches(&reader);
	if (!err)
		err = draw_and_read(&reader);
	deinit(&reader);
	return err;
}
