/* Texts that are kept together and end together. */
#ifndef VMSPY_BASE_TEXTS_H
#define VMSPY_BASE_TEXTS_H

#include <stddef.h>

#include "base/error.h"

struct vmspy_texts_chunk;

/* A zeroed struct is empty. A text never moves. */
struct vmspy_texts {
	struct vmspy_texts_chunk *chunk;
	const char *last; /* the one kept last: neighbours are often called alike */
	size_t last_length;
};

void vmspy_texts_deinit(struct vmspy_texts *texts);

/*
 * Keep a copy, with a NUL behind it.
 * ret: borrowed until the texts are ended; the same pointer for a text that follows its equal.
 */
struct vmspy_error *vmspy_texts_add(struct vmspy_texts *texts, const char *text, size_t length,
				    const char **ret) VMSPY_MUST_CHECK;

#endif
