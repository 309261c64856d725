/* One page that is looked at closely: what stands there, and its bytes, whatever it is. */
#ifndef VMSPY_COMPARE_KEPT_H
#define VMSPY_COMPARE_KEPT_H

#include <stdint.h>

#include "base/error.h"
#include "compare/verdict.h"

struct vmspy_interval;
struct vmspy_pair;
struct vmspy_window;

struct vmspy_kept_side {
	enum vmspy_standing standing;
	uint64_t frame;       /* VMSPY_FRAME_NONE: none, or it is hidden */
	unsigned char *bytes; /* NULL: not present, or they could not be read */
};

/* A zeroed struct: no page was asked for, or nothing is mapped at its address on either side. */
struct vmspy_kept_page {
	const struct vmspy_interval *interval; /* NULL: nothing is mapped */
	uint64_t address;                      /* of its first byte */
	enum vmspy_page_class page_class;
	enum vmspy_reason reason; /* of unknown ones */
	struct vmspy_kept_side a, b;
};

/*
 * Look at the page of pair->kept.address, while both stand still.
 * address: any byte of it.
 * Errors:  GONE, SYSTEM, NO_MEMORY. Bytes are read of present pages only; a page that moves
 *          meanwhile is unstable and has none.
 */
struct vmspy_error *vmspy_kept_take(struct vmspy_pair *pair, struct vmspy_window *window,
				    uint64_t address) VMSPY_MUST_CHECK;

/* Judge it as all others, once everything is counted. */
void vmspy_kept_finish(struct vmspy_pair *pair);

void vmspy_kept_deinit(struct vmspy_kept_page *kept);

#endif
