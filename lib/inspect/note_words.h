/*
 * What the kernel's own words on a mapping say, made plain: its name, its permissions, its
 * flags. Pure.
 */
#ifndef VMSPY_INSPECT_NOTE_WORDS_H
#define VMSPY_INSPECT_NOTE_WORDS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "format/smaps.h"
#include "space/kinds.h"

/*
 * Begin one more remark of a note: "; " between two. All of a note is written through it.
 * note:   appended to.
 */
struct vmspy_error *vmspy_note_add(struct vmspy_buf *note, const char *format, ...)
	VMSPY_PRINTF(2, 3) VMSPY_MUST_CHECK;

/*
 * "memfd NAME", "named NAME", the key and id of a SysV segment, the ring of an io_uring, the size
 * of huge pages.
 */
struct vmspy_error *vmspy_note_origin(struct vmspy_buf *note,
				      const struct vmspy_mapping *mapping) VMSPY_MUST_CHECK;

/* "userfaultfd missing, write-protected". flags: as smaps has them, "rd uw um"; NULL: not known. */
struct vmspy_error *vmspy_note_userfaultfd(struct vmspy_buf *note,
					   const char *flags) VMSPY_MUST_CHECK;

/*
 * Whether the kernel prints its name as that of a file that was deleted. A name may really end so:
 * only the file itself knows.
 */
bool vmspy_note_may_be_deleted(const struct vmspy_mapping *mapping);

#endif
