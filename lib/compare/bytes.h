/* The bytes of diverged pages, read on both sides while both stand still. */
#ifndef VMSPY_COMPARE_BYTES_H
#define VMSPY_COMPARE_BYTES_H

#include <stdbool.h>

#include "base/error.h"
#include "compare/tally.h"
#include "compare/team.h"

/*
 * Compare the bytes of diverged pages: of all, of an even sample, or of none, as the options say.
 * Where frames are hidden and both are held, also of the pages that could not be judged: different
 * bytes prove two frames. Only present pages are read, and the words are read again afterwards.
 * Errors: GONE, SYSTEM, NO_MEMORY. A page that cannot be read, or may not be, is not compared: no
 *         error.
 * Note:   a sample takes nearly as long as the hold took so far, at most 100 ms; but 256 pages, and
 *         64 of each sort (see compare/draw.h), are always read: about half a millisecond.
 */
struct vmspy_error *vmspy_bytes_compare(struct vmspy_tally *tally,
					struct vmspy_team *team) VMSPY_MUST_CHECK;

#endif
