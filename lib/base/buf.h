/* A growing run of bytes that is also a C string. */
#ifndef VMSPY_BASE_BUF_H
#define VMSPY_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

/*
 * Invariant: text is NULL, or text[length] == '\0'. A zeroed struct is an empty buffer.
 * The bytes may contain NULs; length counts them.
 */
struct vmspy_buf {
	char *text;
	size_t length;
	size_t room;
};

void vmspy_buf_deinit(struct vmspy_buf *buf);

/* Make room for `extra` more bytes and the NUL behind them. */
struct vmspy_error *vmspy_buf_reserve(struct vmspy_buf *buf, size_t extra) VMSPY_MUST_CHECK;

/* vmspy_buf_append() where there may be no room yet. */
struct vmspy_error *vmspy_buf_append_more(struct vmspy_buf *buf, const void *bytes,
					  size_t count) VMSPY_MUST_CHECK;

/* Inline: lines are made of millions of small pieces. */
VMSPY_MUST_CHECK static inline struct vmspy_error *vmspy_buf_append(struct vmspy_buf *buf,
								    const void *bytes, size_t count)
{
	if (!count || count >= buf->room - buf->length)
		return vmspy_buf_append_more(buf, bytes, count);
	memcpy(buf->text + buf->length, bytes, count);
	buf->length += count;
	buf->text[buf->length] = '\0';
	return NULL;
}

/* Numbers as %u and %x print them, of 64 bits: much quicker, for tables have millions. */
struct vmspy_error *vmspy_buf_decimal(struct vmspy_buf *buf, uint64_t number) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_buf_hex(struct vmspy_buf *buf, uint64_t number) VMSPY_MUST_CHECK;

/* Append so many of one byte. */
struct vmspy_error *vmspy_buf_fill(struct vmspy_buf *buf, char byte, size_t count) VMSPY_MUST_CHECK;

struct vmspy_error *vmspy_buf_printf(struct vmspy_buf *buf, const char *format, ...)
	VMSPY_PRINTF(2, 3) VMSPY_MUST_CHECK;

/* ret: the text, never NULL; borrowed until the buffer changes. */
const char *vmspy_buf_text(const struct vmspy_buf *buf);

/* ret: the text, now the caller's to free; the buffer is empty again. NULL if nothing was added. */
char *vmspy_buf_take(struct vmspy_buf *buf);

#endif
