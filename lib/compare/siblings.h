/*
 * Which side left the common frame: the parent's other children may still have it. They are not
 * stopped, traced or written to: nothing but their mappings and page words is read. What their
 * frames prove stands in compare/witness.h.
 */
#ifndef VMSPY_COMPARE_SIBLINGS_H
#define VMSPY_COMPARE_SIBLINGS_H

#include "base/error.h"
#include "compare/tally.h"
#include "compare/window.h"

struct vmspy_siblings;

/*
 * Find and open the witnesses, before anybody is held: of the children that still run the program
 * that they were forked with, those that were started nearest to the child of the pair, older and
 * younger ones by turns: the shorter the parent had to keep a frame, the likelier it did.
 * relation: what a is to b.
 * ret:      end it with vmspy_siblings_destroy(). NULL: nobody can be asked; one that goes away or
 *           may not be read is one witness less, and never an error.
 */
struct vmspy_siblings *vmspy_siblings_find(struct vmspy_space *a, struct vmspy_space *b,
					   enum vmspy_relation relation);

/*
 * Ask them about all diverged pages, and split runs and counts by the side that left: not longer
 * than the pair has been held so far; where time is short fewer are asked. Words of all are read
 * twice: only where none changed they existed together.
 * siblings: NULL is allowed.
 * Errors:   NO_MEMORY, GONE, SYSTEM of the pair.
 */
struct vmspy_error *vmspy_siblings_ask(struct vmspy_siblings *siblings, struct vmspy_tally *tally,
				       struct vmspy_window *window) VMSPY_MUST_CHECK;

/* NULL is allowed. */
void vmspy_siblings_destroy(struct vmspy_siblings *siblings);

#endif
