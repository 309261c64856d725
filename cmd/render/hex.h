/* Bytes of two sides as people read them: in hex, sixteen a line, what differs marked. Pure. */
#ifndef VMSPY_CMD_RENDER_HEX_H
#define VMSPY_CMD_RENDER_HEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

enum {
	HEX_LINE_BYTES = 16
};

struct hex_page {
	const unsigned char *a, *b; /* of equal size; NULL: that side has none */
	size_t size;                /* a multiple of HEX_LINE_BYTES */
	const char *const *note; /* of each line, NULL: nothing to say; escaped. NULL: no notes */
};

struct hex_style {
	size_t width;  /* of the terminal; 0: as wide as it gets */
	bool coloured; /* what differs is coloured; otherwise a line below marks it */
};

/*
 * Append the lines. A terminal of some 160 columns has both sides beside each other; otherwise a's
 * line stands above b's, and a line that is equal on both sides is printed once, without a
 * letter. `*` stands for lines that are as the one above.
 */
struct vmspy_error *hex_append(struct vmspy_buf *buf, const struct hex_page *page,
			       const struct hex_style *style) VMSPY_MUST_CHECK;

#endif
