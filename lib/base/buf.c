#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
	FIRST_ROOM = 256
};

void vmspy_buf_deinit(struct vmspy_buf *buf)
{
	free(buf->text);
	*buf = (struct vmspy_buf){ 0 };
}

struct vmspy_error *vmspy_buf_reserve(struct vmspy_buf *buf, size_t extra)
{
	size_t room = buf->room ? buf->room : FIRST_ROOM;
	char *moved;

	if (extra < buf->room && buf->length < buf->room - extra)
		return NULL;
	if (extra > SIZE_MAX / 4 - buf->length)
		return vmspy_error_no_memory();
	while (room < buf->length + extra + 1)
		room *= 2;
	moved = realloc(buf->text, room);
	if (!moved)
		return vmspy_error_no_memory();
	buf->text = moved;
	buf->room = room;
	buf->text[buf->length] = '\0';
	return NULL;
}

struct vmspy_error *vmspy_buf_append_more(struct vmspy_buf *buf, const void *bytes, size_t count)
{
	struct vmspy_error *err = vmspy_buf_reserve(buf, count);

	if (err)
		return err;
	if (count)
		memcpy(buf->text + buf->length, bytes, count);
	buf->length += count;
	buf->text[buf->length] = '\0';
	return NULL;
}

/* Digits are made from the last to the first. count: how many. */
static inline __attribute__((always_inline)) struct vmspy_error *append_number(
	struct vmspy_buf *buf, uint64_t number, unsigned base, unsigned count)
{
	struct vmspy_error *err = vmspy_buf_reserve(buf, count);
	char *at;

	if (err)
		return err;
	buf->length += count;
	at = buf->text + buf->length;
	*at = '\0';
	do
		*--at = "0123456789abcdef"[number % base];
	while (number /= base);
	return NULL;
}

struct vmspy_error *vmspy_buf_fill(struct vmspy_buf *buf, char byte, size_t count)
{
	struct vmspy_error *err = vmspy_buf_reserve(buf, count);

	if (err)
		return err;
	memset(buf->text + buf->length, byte, count);
	buf->length += count;
	buf->text[buf->length] = '\0';
	return NULL;
}

struct vmspy_error *vmspy_buf_decimal(struct vmspy_buf *buf, uint64_t number)
{
	unsigned count = 1;

	for (uint64_t left = number; left >= 10; left /= 10)
		count++;
	return append_number(buf, number, 10, count);
}

struct vmspy_error *vmspy_buf_hex(struct vmspy_buf *buf, uint64_t number)
{
	unsigned bits = number ? 64 - (unsigned)__builtin_clzll(number) : 1;

	return append_number(buf, number, 16, (bits + 3) / 4);
}

struct vmspy_error *vmspy_buf_printf(struct vmspy_buf *buf, const char *format, ...)
{
	struct vmspy_error *err;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		return vmspy_error_no_memory();
	if ((err = vmspy_buf_reserve(buf, (size_t)length)))
		return err;
	va_start(args, format);
	vsnprintf(buf->text + buf->length, (size_t)length + 1, format, args);
	va_end(args);
	buf->length += (size_t)length;
	return NULL;
}

const char *vmspy_buf_text(const struct vmspy_buf *buf)
{
	return buf->text ? buf->text : "";
}

char *vmspy_buf_take(struct vmspy_buf *buf)
{
	char *text = buf->text;

	*buf = (struct vmspy_buf){ 0 };
	return text;
}
