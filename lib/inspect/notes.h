/* What else there is to say of mappings: whose stack, whose TLS, writable code ... */
#ifndef VMSPY_INSPECT_NOTES_H
#define VMSPY_INSPECT_NOTES_H

#include <stddef.h>

#include "base/error.h"
#include "space/space.h"

struct vmspy_notes;

/*
 * Look at the mappings of a space, and at its threads.
 * space:  loaded; held: threads are asked for their registers; if not, only those that are blocked
 *         tell where their stack is, and nobody where its TLS is. Borrowed.
 * ret:    end it with vmspy_notes_destroy().
 * Errors: NO_MEMORY. What may not be looked at is not noted.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_notes_create(struct vmspy_space *space,
						    struct vmspy_notes **ret) VMSPY_MUST_CHECK;

/* ret: "stack of 4711 (worker); w+x", escaped; NULL: nothing to say. Borrowed from the notes. */
VMSPY_PUBLIC const char *vmspy_notes_of(const struct vmspy_notes *notes, size_t mapping_index);

VMSPY_PUBLIC void vmspy_notes_destroy(struct vmspy_notes *notes);

#endif
