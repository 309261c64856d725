/* A growing run of bytes that is also a C string. */
#ifndef VMSPY_BASE_BUF_H
#define VMSPY_BASE_BUF_H

#include <stddef.h>

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

struct vmspy_error *vmspy_buf_append(struct vmspy_buf *buf, const void *bytes,
				     size_t count) VMSPY_MUST_CHECK;

struct vmspy_error *vmspy_buf_printf(struct vmspy_buf *buf, const char *format, ...)
	VMSPY_PRINTF(2, 3) VMSPY_MUST_CHECK;

/* ret: the text, never NULL; borrowed until the buffer changes. */
const char *vmspy_buf_text(const struct vmspy_buf *buf);

/* ret: the text, now the caller's to free; the buffer is empty again. NULL if nothing was added. */
char *vmspy_buf_take(struct vmspy_buf *buf);

#endif
