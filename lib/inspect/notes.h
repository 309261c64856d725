/* What else there is to say of mappings: whose stack, whose TLS, writable code ... */
#ifndef VMSPY_INSPECT_NOTES_H
#define VMSPY_INSPECT_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "format/smaps.h"
#include "space/space.h"

struct vmspy_notes;

/*
 * Look at the threads of a space and at the pages of their stacks: all that has to be read while
 * it stands still.
 * space:  loaded; held: threads are asked for their registers; if not, only those that are blocked
 *         tell where their stack is, and nobody where its TLS is. Borrowed, and not to be loaded
 *         again before the notes are ended.
 * ret:    end it with vmspy_notes_destroy(). Nothing is noted before vmspy_notes_write().
 * Errors: NO_MEMORY. What may not be looked at is not noted.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_notes_create(struct vmspy_space *space,
						    struct vmspy_notes **ret) VMSPY_MUST_CHECK;

/*
 * Write the notes: with the names of threads, and a look at deleted files and at the names of code
 * that is made at run time. To be called once, when nothing is held any more.
 * smaps:  of the same mappings; NULL: not read. Only their flags tell of userfaultfd.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_notes_write(
	struct vmspy_notes *notes, const struct vmspy_smaps_list *smaps) VMSPY_MUST_CHECK;

/* ret: "stack of 4711 (worker); w+x", escaped; NULL: nothing to say. Borrowed from the notes. */
VMSPY_PUBLIC const char *vmspy_notes_of(const struct vmspy_notes *notes, size_t mapping_index);

/* Whether threads may not be looked at, so that their stacks are not noted. */
VMSPY_PUBLIC bool vmspy_notes_are_refused(const struct vmspy_notes *notes);

VMSPY_PUBLIC void vmspy_notes_destroy(struct vmspy_notes *notes);

#endif
