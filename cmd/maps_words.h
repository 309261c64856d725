/* The words in the picture of an address space. Text of a target is escaped. */
#ifndef VMSPY_CMD_MAPS_WORDS_H
#define VMSPY_CMD_MAPS_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "maps_layout.h"

struct words_style {
	size_t columns;        /* that there are for them */
	const char *up, *down; /* arrows */
	bool with_parts;       /* what it is made of has no line of its own */
};

/* Tell what a block is, by its word in the manual if there is no room for more. ret: empty. */
struct vmspy_error *words_of_block(const struct vmspy_block *block,
				   const struct vmspy_address_shape *shape,
				   const struct words_style *style,
				   struct vmspy_buf *ret) VMSPY_MUST_CHECK;

/* Append what a block of several mappings is made of, as far as there is room; may be nothing. */
struct vmspy_error *words_of_parts(const struct vmspy_block *block, size_t columns,
				   struct vmspy_buf *ret) VMSPY_MUST_CHECK;

/* Append what the area is called whose highest block this is. */
struct vmspy_error *words_of_area(const struct vmspy_block *block, const struct picture *picture,
				  bool is_user_end, struct vmspy_buf *ret) VMSPY_MUST_CHECK;

/* ret: columns of the terminal that the first bytes of a text take. */
size_t words_width(const char *text, size_t bytes);

#endif
