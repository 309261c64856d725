#include "symbol/literals.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/utf8.h"
#include "symbol/place.h"

#include "base/banned.h"

enum {
	TEXT_BYTES_MIN = 4,
	TEXT_BYTES_MAX = 60, /* shown; what is longer is cut */
	DELETE = 0x7f,
};

/* Characters that have a short form in C. */
static const struct {
	char character;
	const char *written;
} short_forms[] = {
	{ '\n', "\\n" }, { '\t', "\\t" }, { '\r', "\\r" }, { '"', "\\\"" }, { '\\', "\\\\" },
};

static const char *short_form(char character)
{
	for (size_t i = 0; i < sizeof(short_forms) / sizeof(short_forms[0]); i++)
		if (short_forms[i].character == character)
			return short_forms[i].written;
	return NULL;
}

static bool is_printable(char character)
{
	unsigned char byte = (unsigned char)character;

	return (byte >= ' ' && byte != DELETE) || short_form(character);
}

static struct vmspy_error *append_quoted(struct vmspy_buf *buf, const char *text, size_t length)
{
	struct vmspy_error *err = NULL;
	size_t plain;

	for (size_t at = 0; !err && at < length; at += plain + 1) {
		plain = strcspn(text + at, "\n\t\r\"\\");
		if (plain > length - at)
			plain = length - at;
		err = vmspy_escape_line(buf, text + at, plain);
		if (!err && at + plain < length)
			err = vmspy_buf_printf(buf, "%s", short_form(text[at + plain]));
	}
	return err;
}

struct vmspy_error *vmspy_literal_quote(const char *bytes, size_t count, struct vmspy_buf *ret)
{
	char text[TEXT_BYTES_MAX + 1] = "";
	size_t length = 0;
	struct vmspy_error *err;
	bool is_cut;

	if (!count || bytes[0])
		return NULL;
	bytes++;
	count--;
	while (length < count && length < TEXT_BYTES_MAX && is_printable(bytes[length]))
		length++;
	if (length < TEXT_BYTES_MIN || length == count)
		return NULL;
	is_cut = bytes[length];
	if (is_cut && length < TEXT_BYTES_MAX)
		return NULL;
	if (is_cut)
		length = vmspy_utf8_cut(bytes, length);
	memcpy(text, bytes, length);
	if (!vmspy_escape_is_utf8(text, length))
		return NULL;
	if ((err = vmspy_buf_printf(ret, "\"")) || (err = append_quoted(ret, text, length)))
		return err;
	return vmspy_buf_printf(ret, "%s\"", is_cut ? "..." : "");
}

struct vmspy_error *vmspy_literal_at(const struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_buf *ret)
{
	char bytes[1 + TEXT_BYTES_MAX + 1]; /* the NUL before it, the text, the NUL behind it */
	struct vmspy_place_file file = { .fd = -1 };
	struct vmspy_error *err;
	ssize_t count;

	/* The first byte of a mapping has none before it that could be a NUL. */
	if ((err = vmspy_place_open_at(modules, address - 1, &file)))
		return vmspy_error_unless_no_memory(err);
	count = pread(file.fd, bytes,
		      file.left_bytes < sizeof(bytes) ? file.left_bytes : sizeof(bytes),
		      (off_t)file.offset_bytes);
	close(file.fd);
	return count > 0 ? vmspy_literal_quote(bytes, (size_t)count, ret) : NULL;
}
