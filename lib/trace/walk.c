#include "trace/walk.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "space/standing.h"

#include "base/banned.h"

enum {
	WINDOW_PAGES = 8192,       /* as many words stay in the cache */
	REGIONS_MAX = 512,         /* with more, PAGEMAP_SCAN of Linux <= 6.18 loses its place */
	SMALL_MAPPING_PAGES = 512, /* not worth a scan */
};

struct walk {
	struct vmspy_space *space;
	const struct vmspy_walker *walker;
	const struct vmspy_mapping *mapping;
	uint64_t page_bytes;
	uint64_t words[WINDOW_PAGES];
	struct vmspy_page_region region[REGIONS_MAX];
};

/* Read the words of [start, end), and hand them over without the holes at both ends. */
static struct vmspy_error *take_window(struct walk *walk, uint64_t start, uint64_t end)
{
	size_t count = (size_t)((end - start) / walk->page_bytes), first = 0;
	struct vmspy_error *err = vmspy_space_words(walk->space, start, count, walk->words);
	struct vmspy_walked walked;

	if (err)
		return err;
	while (count && !walk->words[count - 1])
		count--;
	while (first < count && !walk->words[first])
		first++;
	if (first == count)
		return NULL;
	walked = (struct vmspy_walked){
		.mapping = walk->mapping,
		.start = start + first * walk->page_bytes,
		.words = walk->words + first,
		.count = count - first,
	};
	return walk->walker->take(walk->walker->context, &walked);
}

static struct vmspy_error *take_range(struct walk *walk, uint64_t start, uint64_t end)
{
	uint64_t window_bytes = WINDOW_PAGES * walk->page_bytes;
	struct vmspy_error *err = NULL;

	for (; !err && start < end; start += window_bytes)
		err = take_window(walk, start,
				  end - start > window_bytes ? start + window_bytes : end);
	return err;
}

/* Only what is populated: a reservation of terabytes has no words worth reading. */
static struct vmspy_error *take_populated(struct walk *walk)
{
	const struct vmspy_vma *vma = &walk->mapping->vma;
	struct vmspy_populated populated = { .region = walk->region, .room = REGIONS_MAX };
	struct vmspy_error *err = NULL;

	for (uint64_t start = vma->start; !err && start < vma->end; start = populated.next) {
		err = vmspy_space_populated(walk->space, start, vma->end, &populated);
		for (size_t i = 0; !err && i < populated.count; i++)
			err = take_range(walk, populated.region[i].start, populated.region[i].end);
	}
	return err;
}

static struct vmspy_error *take_mapping(struct walk *walk)
{
	const struct vmspy_vma *vma = &walk->mapping->vma;
	bool can_scan = vmspy_space_host(walk->space)->scan_categories;

	if (!can_scan || vma->end - vma->start <= SMALL_MAPPING_PAGES * walk->page_bytes)
		return take_range(walk, vma->start, vma->end);
	return take_populated(walk);
}

struct vmspy_error *vmspy_walk_private(struct vmspy_space *space, const struct vmspy_walker *walker)
{
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	VMSPY_AUTO(vmspy_guard_free) struct walk *walk = malloc(sizeof(*walk));
	struct vmspy_error *err = NULL;

	if (!walk)
		return vmspy_error_no_memory();
	walk->space = space;
	walk->walker = walker;
	walk->page_bytes = vmspy_space_host(space)->page_bytes;
	for (size_t i = 0; !err && i < layout->count; i++) {
		walk->mapping = &layout->mapping[i];
		if (!walk->mapping->vma.shared && !vmspy_mapping_is_untracked(walk->mapping))
			err = take_mapping(walk);
	}
	return err;
}
