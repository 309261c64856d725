#include "compare/batch.h"

#include <stdlib.h>

#include "compare/contents.h"

#include "base/banned.h"

enum {
	GAP_PAGES = 32, /* the words of a smaller gap are cheaper to read than to skip */
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
	batch->place_count = 0;
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

/* --- places -------------------------------------------------------------------------------- */

static bool belongs(const struct vmspy_batch *batch, const struct vmspy_draw_page *last,
		    const struct vmspy_draw_page *next)
{
	return next->run->interval_index == last->run->interval_index &&
	       next->address > last->address &&
	       next->address - last->address <= GAP_PAGES * batch->page_bytes;
}

static void add_place(struct vmspy_batch *batch, const struct vmspy_draw_page *first)
{
	const struct vmspy_place *last =
		batch->place_count ? &batch->place[batch->place_count - 1] : NULL;

	batch->place[batch->place_count++] = (struct vmspy_place){
		.interval = &batch->intervals[first->run->interval_index],
		.start = first->address,
		.base = last ? last->base + last->count : 0,
	};
}

void vmspy_batch_add(struct vmspy_batch *batch, const struct vmspy_cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		const struct vmspy_draw_page *page = &cluster->page[i];
		struct vmspy_place *place;

		if (!i || !belongs(batch, page - 1, page))
			add_place(batch, page);
		place = &batch->place[batch->place_count - 1];
		place->count = (page->address - place->start) / batch->page_bytes + 1;
		batch->page[batch->count++] = (struct vmspy_batch_page){
			.page = *page,
			.place = batch->place_count - 1,
		};
	}
}

/* ret: the index of page i in the arrays of the window. */
static size_t in_window(const struct vmspy_batch *batch, size_t i)
{
	const struct vmspy_batch_page *page = &batch->page[i];
	const struct vmspy_place *place = &batch->place[page->place];

	return place->base + (page->page.address - place->start) / batch->page_bytes;
}

/* --- reading ------------------------------------------------------------------------------- */

/* ret: how many pages from i on lie side by side, and are to be read. */
static size_t count_adjacent(const struct vmspy_batch *batch, size_t i)
{
	const struct vmspy_batch_page *page = &batch->page[i];
	size_t count = 0;

	while (i + count < batch->count && page[count].outcome == VMSPY_OUTCOME_READ &&
	       page[count].page.address == page->page.address + count * batch->page_bytes)
		count++;
	return count;
}

/* A page that cannot be read ends what is read at once. */
static struct vmspy_error *read_side(struct vmspy_batch *batch, bool of_b)
{
	const struct vmspy_window *window = batch->window;
	struct vmspy_space *space = of_b ? window->b.space : window->a.space;
	size_t adjacent, got_bytes, got;
	struct vmspy_error *err;

	for (size_t i = 0; i < batch->count; i += got) {
		got = 1;
		if (!(adjacent = count_adjacent(batch, i)))
			continue;
		err = vmspy_space_bytes(space, batch->page[i].page.address,
					bytes_of(batch, i, of_b), adjacent * batch->page_bytes,
					&got_bytes);
		if (err)
			return err;
		got = got_bytes / batch->page_bytes;
		if (got < adjacent)
			batch->page[i + got++].outcome = VMSPY_OUTCOME_UNREAD;
	}
	return NULL;
}

/* Only where both are present. */
static struct vmspy_error *read_bytes(struct vmspy_batch *batch)
{
	struct vmspy_window *window = batch->window;
	struct vmspy_error *err;

	for (size_t i = 0; i < batch->count; i++) {
		struct vmspy_batch_page *page = &batch->page[i];
		bool is_present = vmspy_window_is_present(window, &batch->place[page->place],
							  in_window(batch, i));

		page->outcome = is_present ? VMSPY_OUTCOME_READ : VMSPY_OUTCOME_UNREAD;
	}
	err = read_side(batch, false);
	return err ? err : read_side(batch, true);
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

static void judge_page(struct vmspy_batch *batch, size_t i)
{
	const struct vmspy_window *window = batch->window;
	struct vmspy_batch_page *page = &batch->page[i];
	size_t at = in_window(batch, i);

	if (!vmspy_window_stood_still(window, at))
		page->outcome = VMSPY_OUTCOME_MOVED;
	else if (window->page_class[at] != page->page.run->page_class)
		page->outcome = VMSPY_OUTCOME_OTHER;
	else if (page->outcome == VMSPY_OUTCOME_READ)
		look_at_bytes(batch, i);
}

struct vmspy_error *vmspy_batch_read(struct vmspy_batch *batch)
{
	struct vmspy_window *window = batch->window;
	struct vmspy_error *err;

	if ((err = vmspy_window_open(window, batch->place, batch->place_count)) ||
	    (err = read_bytes(batch)) ||
	    (err = vmspy_window_close(window, batch->place, batch->place_count)))
		return err;
	for (size_t i = 0; i < batch->count; i++)
		judge_page(batch, i);
	return NULL;
}
