/* Text that a target controls, made safe to print. */
#ifndef VMSPY_BASE_ESCAPE_H
#define VMSPY_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Append text for a terminal or a line of text: printable UTF-8 as it is; control characters
 * (C0, DEL, C1), invalid UTF-8, line separators and bidirectional controls as \xHH, byte by byte.
 * Note: a backslash stays as it is, so that ordinary names read as they are written.
 */
struct vmspy_error *vmspy_escape_line(struct vmspy_buf *buf, const char *text,
				      size_t length) VMSPY_MUST_CHECK;

/* Whether all of it is valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool vmspy_escape_is_utf8(const char *text, size_t length);

/*
 * Append text for JSON: valid UTF-8 as it is; otherwise every byte >= 0x80 as the character
 * U+00XX, so that the bytes can be had back.
 * escaped: set to true when that was needed, otherwise left alone.
 */
struct vmspy_error *vmspy_escape_json(struct vmspy_buf *buf, const char *text, size_t length,
				      bool *escaped) VMSPY_MUST_CHECK;

#endif
