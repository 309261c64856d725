#include "compare/batch.h"

#include <stdlib.h>

#include "compare/contents.h"

#include "base/banned.h"

enum {
	GAP_PAGES = 32,    /* the words of a smaller gap are cheaper to read than to skip */
	SHARED_PAGES = 16, /* fewer are read sooner than threads are woken */
	SIDES = 2,
	LISTS = 2, /* of places */
};

struct vmspy_error *vmspy_batch_init(struct vmspy_batch *batch)
{
	batch->bytes = malloc(SIDES * VMSPY_BATCH_PAGES * batch->page_bytes);
	if (!batch->bytes)
		return vmspy_error_no_memory();
	if (!batch->census)
		return NULL;
	batch->room = vmspy_census_room(batch->census, batch->page_bytes);
	batch->places = calloc(LISTS * VMSPY_BATCH_PAGES * batch->room, sizeof(*batch->places));
	return batch->places ? NULL : vmspy_error_no_memory();
}

void vmspy_batch_deinit(struct vmspy_batch *batch)
{
	free(batch->bytes);
	free(batch->places);
	batch->bytes = NULL;
	batch->places = NULL;
}

void vmspy_batch_clear(struct vmspy_batch *batch)
{
	batch->count = 0;
	batch->group_count = 0;
}

bool vmspy_batch_has_room(const struct vmspy_batch *batch)
{
	return batch->count + VMSPY_CLUSTER_PAGES <= VMSPY_BATCH_PAGES;
}

static unsigned char *bytes_of(const struct vmspy_batch *batch, size_t i, bool of_b)
{
	return batch->bytes + (i + (of_b ? VMSPY_BATCH_PAGES : 0)) * batch->page_bytes;
}

struct vmspy_census_page vmspy_batch_bytes(const struct vmspy_batch *batch, size_t i)
{
	return (struct vmspy_census_page){
		.a = bytes_of(batch, i, false),
		.b = bytes_of(batch, i, true),
		.page_bytes = batch->page_bytes,
	};
}

/* --- groups -------------------------------------------------------------------------------- */

static bool belongs(const struct vmspy_batch *batch, const struct vmspy_draw_page *last,
		    const struct vmspy_draw_page *next)
{
	return next->run->interval_index == last->run->interval_index &&
	       next->address > last->address &&
	       next->address - last->address <= GAP_PAGES * batch->page_bytes;
}

void vmspy_batch_add(struct vmspy_batch *batch, const struct vmspy_cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		const struct vmspy_draw_page *page = &cluster->page[i];

		if (!i || !belongs(batch, page - 1, page))
			batch->group[batch->group_count++] = batch->count;
		batch->page[batch->count++] = (struct vmspy_batch_page){ .page = *page };
	}
	batch->group[batch->group_count] = batch->count;
}

/* --- reading ------------------------------------------------------------------------------- */

/* A group, and the window that is open over it. */
struct reader {
	struct vmspy_batch *batch;
	struct vmspy_window *window;
	size_t from, to;
};

static size_t in_window(const struct reader *reader, size_t i)
{
	const struct vmspy_batch *batch = reader->batch;

	return (batch->page[i].page.address - reader->window->start) / batch->page_bytes;
}

/* Read adjacent pages. ret_count: how many; the one behind them cannot be read if it is not all. */
static struct vmspy_error *read_pages(const struct reader *reader, size_t from, size_t *ret_count)
{
	const struct vmspy_batch *batch = reader->batch;
	const struct vmspy_window *window = reader->window;
	uint64_t address = batch->page[from].page.address;
	size_t size = 0, got_a, got_b;
	struct vmspy_error *err;

	for (size_t i = from; i < reader->to && batch->page[i].page.address == address + size &&
			      vmspy_window_is_present(reader->window, in_window(reader, i));
	     i++)
		size += batch->page_bytes;
	if ((err = vmspy_space_bytes(window->a.space, address, bytes_of(batch, from, false), size,
				     &got_a)) ||
	    (err = vmspy_space_bytes(window->b.space, address, bytes_of(batch, from, true), got_a,
				     &got_b)))
		return err;
	*ret_count = got_b / batch->page_bytes;
	return NULL;
}

static struct vmspy_error *read_bytes(const struct reader *reader)
{
	struct vmspy_batch_page *page = reader->batch->page;
	struct vmspy_error *err;
	size_t count;

	for (size_t i = reader->from; i < reader->to; i += count ? count : 1) {
		count = 0;
		page[i].outcome = VMSPY_OUTCOME_UNREAD;
		if (vmspy_window_is_present(reader->window, in_window(reader, i)) &&
		    (err = read_pages(reader, i, &count)))
			return err;
		for (size_t j = i; j < i + count; j++)
			page[j].outcome = VMSPY_OUTCOME_READ;
	}
	return NULL;
}

/* What can be found of a page while its bytes are in the cache of who read them. */
static void look_at_bytes(struct vmspy_batch *batch, size_t i)
{
	const struct vmspy_census_page bytes = vmspy_batch_bytes(batch, i);
	struct vmspy_batch_page *page = &batch->page[i];

	page->changed_bytes = vmspy_contents_count_changed(bytes.a, bytes.b, bytes.page_bytes);
	if (!batch->census)
		return;
	page->places.near = batch->places + LISTS * i * batch->room;
	page->places.changed = page->places.near + batch->room;
	vmspy_census_look(batch->census, &bytes, &page->places);
}

static void judge_page(const struct reader *reader, size_t i)
{
	struct vmspy_batch_page *page = &reader->batch->page[i];
	size_t at = in_window(reader, i);

	if (!vmspy_window_stood_still(reader->window, at)) {
		page->outcome = VMSPY_OUTCOME_MOVED;
		return;
	}
	if (reader->window->page_class[at] != page->page.run->page_class) {
		page->outcome = VMSPY_OUTCOME_OTHER;
		return;
	}
	if (page->outcome == VMSPY_OUTCOME_READ)
		look_at_bytes(reader->batch, i);
}

static struct vmspy_error *read_group(const struct reader *reader)
{
	const struct vmspy_batch *batch = reader->batch;
	const struct vmspy_draw_page *first = &batch->page[reader->from].page;
	const struct vmspy_draw_page *last = &batch->page[reader->to - 1].page;
	struct vmspy_error *err;

	if ((err = vmspy_window_open(reader->window, &batch->intervals[first->run->interval_index],
				     first->address,
				     (last->address - first->address) / batch->page_bytes + 1)) ||
	    (err = read_bytes(reader)) || (err = vmspy_window_close(reader->window)))
		return err;
	for (size_t i = reader->from; i < reader->to; i++)
		judge_page(reader, i);
	return NULL;
}

static struct vmspy_error *read_groups(void *context, unsigned index)
{
	struct vmspy_batch *batch = context;
	struct reader reader = { .batch = batch };
	struct vmspy_error *err = NULL;
	size_t group;

	if (index >= batch->team->count)
		return NULL;
	reader.window = batch->team->window[index];
	while (!err && (group = atomic_fetch_add(&batch->next, 1)) < batch->group_count) {
		reader.from = batch->group[group];
		reader.to = batch->group[group + 1];
		err = read_group(&reader);
	}
	return err;
}

struct vmspy_error *vmspy_batch_read(struct vmspy_batch *batch)
{
	bool is_shared = batch->is_opened && batch->count >= SHARED_PAGES;
	struct vmspy_error *err;

	atomic_store(&batch->next, 0);
	err = vmspy_pool_run(is_shared ? batch->team->pool : NULL, read_groups, batch);
	for (size_t i = 0; !err && i < batch->count; i++)
		batch->is_opened |= batch->page[i].outcome == VMSPY_OUTCOME_READ;
	return err;
}
