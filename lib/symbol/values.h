/* The value of a variable, in words. Pure. */
#ifndef VMSPY_SYMBOL_VALUES_H
#define VMSPY_SYMBOL_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	VMSPY_VALUE_BYTES_MAX = 64, /* bytes of a value that are kept */
	VMSPY_EXCERPT_BYTES = 4,    /* bytes of an excerpt */
	VMSPY_VALUE_TEXT_MAX = 160, /* bytes of a text, with its end */
};

/* A zeroed struct is no value: known is false. */
struct vmspy_value {
	bool known;
	bool truncated;                          /* the variable has more bytes than were kept */
	char hex[2 * VMSPY_VALUE_BYTES_MAX + 1]; /* in memory order */
	/*
	 * In terms of its type; without one, signed decimal for sizes 1, 2, 4, 8. Escaped by
	 * vmspy_escape_line() where a target chose it. Empty: no text.
	 */
	char text[VMSPY_VALUE_TEXT_MAX];
	char excerpt[40]; /* "+8:28fd8403...": see vmspy_value_excerpt(); empty: none */
};

/*
 * bytes:      the first `available` bytes of the variable.
 * size_bytes: of the whole variable.
 * ret:        known if available covers min(size_bytes, VMSPY_VALUE_BYTES_MAX) and size_bytes > 0.
 * Note:       the byte order is this machine's: target and reader share it.
 */
VMSPY_PUBLIC struct vmspy_value vmspy_value_format(const void *bytes, size_t available,
						   uint64_t size_bytes);

/*
 * Note some bytes from the middle of a value, behind their offset: two long values that differ
 * often begin alike.
 * offset: of the first byte, in bytes from the start of the variable.
 * bytes:  min(VMSPY_EXCERPT_BYTES, size_bytes - offset) of them.
 */
VMSPY_PUBLIC void vmspy_value_excerpt(struct vmspy_value *value, uint64_t offset, const void *bytes,
				      uint64_t size_bytes);

#endif
