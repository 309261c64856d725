#include "compare/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

enum {
	CHUNK_PAGES = 16,            /* read at a time: 64 KiB of each side */
	READ_PAGES_MAX = 65536,      /* about 100 ms of standing still; the rest is not compared */
	CONTENT_BYTES_MAX = 8 << 20, /* kept after the hold */
	EQUAL_BYTES_MAX = 2 << 20,   /* of them, before equal pages are no longer kept */
};

/* What both sides have at a chunk. */
struct chunk {
	struct vmspy_tally *tally;
	struct vmspy_window *window;
	const struct vmspy_run *run; /* what was said of these pages before */
	uint64_t page_bytes;
	unsigned char *bytes_a, *bytes_b;
	size_t readable_a, readable_b; /* bytes read from the start of the stretch */
	struct vmspy_run_list *late;
};

/* Whether page i may be read: still what it was said to be, and present on both sides. */
static bool is_wanted(const struct chunk *chunk, size_t i)
{
	const struct vmspy_window *window = chunk->window;

	return window->page_class[i] == chunk->run->page_class &&
	       vmspy_standing_is_present(window->a.standing[i]) &&
	       vmspy_standing_is_present(window->b.standing[i]);
}

static uint32_t count_changed(const unsigned char *a, const unsigned char *b, size_t size)
{
	uint32_t changed = 0;

	for (size_t i = 0; i < size; i++)
		changed += a[i] != b[i];
	return changed;
}

static struct vmspy_error *keep_content(struct vmspy_compared_list *list, const unsigned char *a,
					const unsigned char *b, size_t page_bytes)
{
	size_t pair_bytes = 2 * page_bytes;
	struct vmspy_error *err;

	err = vmspy_array_grow(&list->contents, &list->content_room, list->content_count,
			       pair_bytes);
	if (err)
		return err;
	memcpy(list->contents + list->content_count * pair_bytes, a, page_bytes);
	memcpy(list->contents + list->content_count * pair_bytes + page_bytes, b, page_bytes);
	list->content_count++;
	return NULL;
}

static struct vmspy_error *record(const struct chunk *chunk, uint64_t address,
				  const unsigned char *a, const unsigned char *b)
{
	struct vmspy_pair *pair = chunk->tally->pair;
	struct vmspy_compared_list *list = &pair->compared;
	struct vmspy_counts *counts = &pair->counts[chunk->run->interval_index];
	uint32_t changed = count_changed(a, b, chunk->page_bytes);
	uint32_t content = VMSPY_NO_CONTENT;
	struct vmspy_error *err;

	if ((list->content_count + 1) * 2 * chunk->page_bytes <=
	    (changed ? CONTENT_BYTES_MAX : EQUAL_BYTES_MAX)) {
		content = (uint32_t)list->content_count;
		if ((err = keep_content(list, a, b, chunk->page_bytes)))
			return err;
	}
	if ((err = vmspy_array_grow(&list->page, &list->room, list->count, sizeof(*list->page))))
		return err;
	list->page[list->count++] = (struct vmspy_compared_page){
		.address = address,
		.changed_bytes = changed,
		.content_index = content,
	};
	counts->compared_pages++;
	counts->identical_pages += !changed;
	counts->changed_bytes += changed;
	return NULL;
}

/* Give one page another verdict than its run has. */
static struct vmspy_error *correct(const struct chunk *chunk, uint64_t address,
				   struct vmspy_verdict verdict)
{
	struct vmspy_run page = *chunk->run;

	page.start = address;
	page.page_count = 1;
	vmspy_tally_move(chunk->tally, &page, verdict);
	page.page_class = (uint8_t)verdict.page_class;
	page.reason = (uint8_t)verdict.reason;
	page.frame_a = page.frame_b = VMSPY_FRAME_NONE;
	return vmspy_runs_add(chunk->late, &page);
}

/* One page whose bytes were read; `at` is its place in the stretch that was read. */
static struct vmspy_error *weigh(const struct chunk *chunk, size_t i, size_t at)
{
	static const struct vmspy_verdict moved = {
		.page_class = VMSPY_CLASS_UNSTABLE,
		.reason = VMSPY_REASON_KEPT_CHANGING,
	};
	static const struct vmspy_verdict proven = { .page_class = VMSPY_CLASS_DIVERGED };
	const struct vmspy_window *window = chunk->window;
	uint64_t address = window->start + i * chunk->page_bytes;
	const unsigned char *a = chunk->bytes_a + at * chunk->page_bytes;
	const unsigned char *b = chunk->bytes_b + at * chunk->page_bytes;
	struct vmspy_error *err;

	if (window->a.first[i] != window->a.second[i] ||
	    window->b.first[i] != window->b.second[i]) {
		chunk->tally->pair->disturbed_pages++;
		return correct(chunk, address, moved);
	}
	if ((at + 1) * chunk->page_bytes > chunk->readable_a ||
	    (at + 1) * chunk->page_bytes > chunk->readable_b)
		return NULL;
	if (chunk->run->reason == VMSPY_REASON_FRAMES_HIDDEN) {
		if (!memcmp(a, b, chunk->page_bytes))
			return NULL; /* equal bytes prove nothing */
		if ((err = correct(chunk, address, proven)))
			return err;
	}
	return record(chunk, address, a, b);
}

/* Read the bytes of pages [from, to) of the window, and the words again behind them. */
static struct vmspy_error *read_stretch(struct chunk *chunk, size_t from, size_t to)
{
	struct vmspy_window *window = chunk->window;
	uint64_t address = window->start + from * chunk->page_bytes;
	size_t size = (to - from) * chunk->page_bytes;
	struct vmspy_space *a = window->a.space, *b = window->b.space;
	struct vmspy_error *err;

	if ((err = vmspy_space_bytes(a, address, chunk->bytes_a, size, &chunk->readable_a)) ||
	    (err = vmspy_space_bytes(b, address, chunk->bytes_b, size, &chunk->readable_b)) ||
	    (err = vmspy_space_words(a, address, to - from, window->a.second + from)) ||
	    (err = vmspy_space_words(b, address, to - from, window->b.second + from)))
		return err;
	for (size_t i = from; i < to; i++)
		if ((err = weigh(chunk, i, i - from)))
			return err;
	return NULL;
}

static struct vmspy_error *read_chunk(struct chunk *chunk, uint64_t start, size_t count)
{
	const struct vmspy_interval *interval =
		&chunk->tally->pair->intervals.interval[chunk->run->interval_index];
	struct vmspy_error *err = vmspy_window_read(chunk->window, interval, start, count);
	size_t from = 0;

	for (size_t i = 0; !err && i <= count; i++) {
		if (i < count && is_wanted(chunk, i))
			continue;
		if (i > from)
			err = read_stretch(chunk, from, i);
		from = i + 1;
	}
	return err;
}

/* Whether reading the bytes of these pages can tell something. */
static bool is_candidate(const struct vmspy_tally *tally, const struct vmspy_run *run)
{
	const struct vmspy_pair *pair = tally->pair;

	if (run->reason == VMSPY_REASON_FRAMES_HIDDEN)
		return pair->a.held && pair->b.held;
	return vmspy_class_state(run->page_class) == VMSPY_STATE_DIVERGED &&
	       vmspy_interval_is_named(&pair->intervals.interval[run->interval_index]);
}

/* Read the chunk's run, but not more than *left pages. */
static struct vmspy_error *read_run(struct chunk *chunk, size_t *left)
{
	uint64_t at = chunk->run->start, end = vmspy_run_end(&chunk->tally->pair->runs, chunk->run);
	struct vmspy_error *err;

	while (at < end && *left) {
		size_t pages = (end - at) / chunk->page_bytes;

		pages = pages > CHUNK_PAGES ? CHUNK_PAGES : pages;
		pages = pages > *left ? *left : pages;
		if ((err = read_chunk(chunk, at, pages)))
			return err;
		*left -= pages;
		at += pages * chunk->page_bytes;
	}
	return NULL;
}

/* Read the candidates that can have names, or those that cannot. */
static struct vmspy_error *read_runs(struct chunk *chunk, bool named, size_t *left)
{
	const struct vmspy_pair *pair = chunk->tally->pair;
	struct vmspy_error *err;

	for (size_t i = 0; i < pair->runs.count && *left; i++) {
		const struct vmspy_run *run = &pair->runs.run[i];

		if (!is_candidate(chunk->tally, run) ||
		    vmspy_interval_is_named(&pair->intervals.interval[run->interval_index]) !=
			    named)
			continue;
		chunk->run = run;
		if ((err = read_run(chunk, left)))
			return err;
	}
	return NULL;
}

static int by_address(const void *x, const void *y)
{
	const struct vmspy_compared_page *a = x, *b = y;

	return (a->address > b->address) - (a->address < b->address);
}

/* Variables first: hidden pages are many, and most of them are equal and prove nothing. */
static struct vmspy_error *read_all(struct chunk *chunk)
{
	struct vmspy_compared_list *list = &chunk->tally->pair->compared;
	size_t left = READ_PAGES_MAX;
	struct vmspy_error *err;

	if ((err = read_runs(chunk, true, &left)) || (err = read_runs(chunk, false, &left)))
		return err;
	if (list->count)
		qsort(list->page, list->count, sizeof(*list->page), by_address);
	return NULL;
}

struct vmspy_error *vmspy_bytes_compare(struct vmspy_tally *tally, struct vmspy_window *window)
{
	uint64_t page_bytes = tally->pair->runs.page_bytes;
	VMSPY_AUTO(vmspy_guard_free) unsigned char *bytes = malloc(2 * CHUNK_PAGES * page_bytes);
	VMSPY_AUTO(vmspy_run_list_deinit)
	struct vmspy_run_list late = { .page_bytes = (uint32_t)page_bytes };
	struct chunk chunk = {
		.tally = tally,
		.window = window,
		.page_bytes = page_bytes,
		.bytes_a = bytes,
		.bytes_b = bytes + CHUNK_PAGES * page_bytes,
		.late = &late,
	};
	struct vmspy_error *err;

	if (!bytes)
		return vmspy_error_no_memory();
	err = read_all(&chunk);
	/* Yama may forbid bytes where words are allowed: then none are compared, and that is told. */
	if (err && vmspy_error_kind(err) == VMSPY_ERROR_NOT_PERMITTED) {
		vmspy_error_destroy(err);
		err = NULL;
	}
	return err ? err : vmspy_runs_override(&tally->pair->runs, &late);
}
