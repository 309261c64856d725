#include "base/escape.h"

#include <stdint.h>

#include "base/utf8.h"

#include "base/banned.h"

/* One shape of a UTF-8 sequence, by its first byte. Source: RFC 3629, section 3. */
static const struct shape {
	unsigned char mask, lead; /* first & mask == lead */
	unsigned char length;
	uint32_t lowest; /* below it the form is overlong */
} shapes[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

static const struct shape *find_shape(unsigned char first)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if ((first & shapes[i].mask) == shapes[i].lead)
			return &shapes[i];
	return NULL;
}

/* ret: how many bytes the first character has; 0: they are no UTF-8. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *ret)
{
	const struct shape *shape = find_shape(text[0]);
	uint32_t character;

	if (!shape || shape->length > length)
		return 0;
	character = text[0] & (unsigned char)~shape->mask;
	for (size_t i = 1; i < shape->length; i++) {
		if (!vmspy_utf8_continues((char)text[i]))
			return 0;
		character = character << 6 | (text[i] & 0x3f);
	}
	if (character < shape->lowest || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret = character;
	return shape->length;
}

/* Characters that move the cursor, end the line, or reorder the text around them. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x00, 0x1f },     /* C0 */
	{ 0x7f, 0x9f },     /* DEL, C1 */
	{ 0x61c, 0x61c },   /* Arabic letter mark */
	{ 0x200e, 0x200f }, /* left-to-right and right-to-left mark */
	{ 0x2028, 0x2029 }, /* line and paragraph separator */
	{ 0x202a, 0x202e }, /* embeddings and overrides */
	{ 0x2066, 0x2069 }, /* isolates */
};

static bool is_unsafe(uint32_t character)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		if (character >= unsafe[i].first && character <= unsafe[i].last)
			return true;
	return false;
}

static struct vmspy_error *append_hex(struct vmspy_buf *buf, const unsigned char *bytes,
				      size_t count)
{
	struct vmspy_error *err;

	for (size_t i = 0; i < count; i++)
		if ((err = vmspy_buf_printf(buf, "\\x%02x", bytes[i])))
			return err;
	return NULL;
}

struct vmspy_error *vmspy_escape_line(struct vmspy_buf *buf, const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t plain = 0; /* begin of what may be copied as it is */
	struct vmspy_error *err;

	for (size_t at = 0, count; at < length; at += count) {
		uint32_t character;

		count = decode(bytes + at, length - at, &character);
		if (count && !is_unsafe(character))
			continue;
		count = count ? count : 1;
		if ((err = vmspy_buf_append(buf, bytes + plain, at - plain)) ||
		    (err = append_hex(buf, bytes + at, count)))
			return err;
		plain = at + count;
	}
	return length > plain ? vmspy_buf_append(buf, bytes + plain, length - plain) : NULL;
}

bool vmspy_escape_is_utf8(const char *text, size_t length)
{
	const unsigned char *bytes = (const unsigned char *)text;
	uint32_t character;

	for (size_t at = 0, count; at < length; at += count)
		if (!(count = decode(bytes + at, length - at, &character)))
			return false;
	return true;
}

struct vmspy_error *vmspy_escape_json(struct vmspy_buf *buf, const char *text, size_t length,
				      bool *escaped)
{
	const unsigned char *bytes = (const unsigned char *)text;
	struct vmspy_error *err;

	if (vmspy_escape_is_utf8(text, length))
		return vmspy_buf_append(buf, text, length);
	for (size_t at = 0; at < length; at++) {
		unsigned char pair[2] = { 0xc0 | bytes[at] >> 6, 0x80 | (bytes[at] & 0x3f) };
		bool high = bytes[at] >= 0x80;

		if ((err = vmspy_buf_append(buf, high ? pair : bytes + at, high ? 2 : 1)))
			return err;
	}
	*escaped = true;
	return NULL;
}
