#include "base/texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
	CHUNK_BYTES = 16 * 1024
}; /* of text; a longer one gets a chunk of its own */

struct vmspy_texts_chunk {
	struct vmspy_texts_chunk *before;
	size_t used, room;
	char text[];
};

void vmspy_texts_deinit(struct vmspy_texts *texts)
{
	for (struct vmspy_texts_chunk *chunk = texts->chunk, *before; chunk; chunk = before) {
		before = chunk->before;
		free(chunk);
	}
	*texts = (struct vmspy_texts){ 0 };
}

/* Make room for so many bytes in the newest chunk. */
static struct vmspy_error *make_room(struct vmspy_texts *texts, size_t bytes)
{
	size_t room = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
	struct vmspy_texts_chunk *chunk = texts->chunk;

	if (chunk && chunk->room - chunk->used >= bytes)
		return NULL;
	chunk = malloc(sizeof(*chunk) + room);
	if (!chunk)
		return vmspy_error_no_memory();
	*chunk = (struct vmspy_texts_chunk){ .before = texts->chunk, .room = room };
	texts->chunk = chunk;
	return NULL;
}

struct vmspy_error *vmspy_texts_add(struct vmspy_texts *texts, const char *text, size_t length,
				    const char **ret)
{
	struct vmspy_error *err;
	char *kept;

	if (texts->last && texts->last_length == length && !memcmp(texts->last, text, length)) {
		*ret = texts->last;
		return NULL;
	}
	if ((err = make_room(texts, length + 1)))
		return err;
	kept = texts->chunk->text + texts->chunk->used;
	memcpy(kept, text, length);
	kept[length] = '\0';
	texts->chunk->used += length + 1;
	texts->last = kept;
	texts->last_length = length;
	*ret = kept;
	return NULL;
}
