#include "trace/snapshot.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "trace/walk.h"

#include "base/banned.h"

/* Adjacent pages: their words lie behind each other. */
struct span {
	uint64_t start; /* byte address */
	size_t count;
	size_t first; /* of the words */
};

struct vmspy_snapshot {
	unsigned references;
	uint64_t page_bytes;
	struct span *span; /* ascending, disjoint */
	size_t count, room;
	size_t last; /* that was looked into: the next page is mostly there too */
	uint64_t *word;
	size_t word_count, word_room;
};

static struct vmspy_error *reserve_words(struct vmspy_snapshot *snapshot, size_t count)
{
	size_t wanted = snapshot->word_count + count, room = 2 * snapshot->word_room;
	uint64_t *word;

	if (wanted <= snapshot->word_room)
		return NULL;
	if (room < wanted)
		room = wanted;
	word = realloc(snapshot->word, room * sizeof(*word));
	if (!word)
		return vmspy_error_no_memory();
	snapshot->word = word;
	snapshot->word_room = room;
	return NULL;
}

/* Longer stretches come in windows: they are one span again. */
static struct vmspy_error *add_span(struct vmspy_snapshot *snapshot,
				    const struct vmspy_walked *walked)
{
	struct span *last = snapshot->count ? &snapshot->span[snapshot->count - 1] : NULL;
	struct vmspy_error *err;

	if (last && last->start + last->count * snapshot->page_bytes == walked->start) {
		last->count += walked->count;
		return NULL;
	}
	err = vmspy_array_grow(&snapshot->span, &snapshot->room, snapshot->count,
			       sizeof(*snapshot->span));
	if (!err)
		snapshot->span[snapshot->count++] =
			(struct span){ walked->start, walked->count, snapshot->word_count };
	return err;
}

static struct vmspy_error *add(void *context, const struct vmspy_walked *walked)
{
	struct vmspy_snapshot *snapshot = context;
	struct vmspy_error *err;

	if ((err = reserve_words(snapshot, walked->count)) || (err = add_span(snapshot, walked)))
		return err;
	memcpy(snapshot->word + snapshot->word_count, walked->words,
	       walked->count * sizeof(*walked->words));
	snapshot->word_count += walked->count;
	return NULL;
}

struct vmspy_error *vmspy_snapshot_create(struct vmspy_space *space, struct vmspy_snapshot **ret)
{
	struct vmspy_snapshot *snapshot = calloc(1, sizeof(*snapshot));
	struct vmspy_walker walker = { add, snapshot };
	struct vmspy_error *err;

	if (!snapshot)
		return vmspy_error_no_memory();
	snapshot->references = 1;
	snapshot->page_bytes = vmspy_space_host(space)->page_bytes;
	if ((err = vmspy_walk_private(space, &walker))) {
		vmspy_snapshot_drop(snapshot);
		return err;
	}
	*ret = snapshot;
	return NULL;
}

struct vmspy_snapshot *vmspy_snapshot_keep(struct vmspy_snapshot *snapshot)
{
	snapshot->references++;
	return snapshot;
}

void vmspy_snapshot_drop(struct vmspy_snapshot *snapshot)
{
	if (!snapshot || --snapshot->references)
		return;
	free(snapshot->span);
	free(snapshot->word);
	free(snapshot);
}

static bool covers(const struct vmspy_snapshot *snapshot, const struct span *span, uint64_t address)
{
	return address >= span->start &&
	       (address - span->start) / snapshot->page_bytes < span->count;
}

/* ret: the span of an address, NULL if there is none. */
static const struct span *find(struct vmspy_snapshot *snapshot, uint64_t address)
{
	size_t low = 0, high = snapshot->count;

	if (snapshot->count && covers(snapshot, &snapshot->span[snapshot->last], address))
		return &snapshot->span[snapshot->last];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (snapshot->span[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !covers(snapshot, &snapshot->span[low - 1], address))
		return NULL;
	snapshot->last = low - 1;
	return &snapshot->span[low - 1];
}

uint64_t vmspy_snapshot_word(struct vmspy_snapshot *snapshot, uint64_t address)
{
	const struct span *span = snapshot ? find(snapshot, address) : NULL;

	if (!span)
		return 0;
	return snapshot->word[span->first + (address - span->start) / snapshot->page_bytes];
}

struct vmspy_error *vmspy_snapshot_read(const struct vmspy_snapshot *snapshot,
					const struct vmspy_snapshot_reader *reader)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct span *span = &snapshot->span[i];

		for (size_t j = 0; !err && j < span->count; j++)
			if (snapshot->word[span->first + j])
				err = reader->take(reader->context,
						   span->start + j * snapshot->page_bytes,
						   snapshot->word[span->first + j]);
	}
	return err;
}
