#include "types/leaf_text.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/utf8.h"

#include "base/banned.h"

enum {
	QUOTED_BYTES_MAX = 128, /* of a text; what is longer would be cut anyway */
	BEFORE_CHANGE_BYTES = 16,
};

struct vmspy_error *vmspy_text_quote(struct vmspy_both_reader *reader, bool of_b, uint64_t address,
				     uint64_t size_bytes, struct vmspy_buf *ret)
{
	bool open = size_bytes == UINT64_MAX;
	size_t wanted = size_bytes < QUOTED_BYTES_MAX ? (size_t)size_bytes : QUOTED_BYTES_MAX;
	char bytes[QUOTED_BYTES_MAX];
	size_t known = address || !size_bytes
			       ? vmspy_reader_read(reader, of_b, address, bytes, wanted)
			       : 0;
	size_t length = open ? strnlen(bytes, known) : known;
	bool whole = open ? length < known : length == size_bytes;
	struct vmspy_error *err;

	if (!known && size_bytes)
		return NULL;
	if ((err = vmspy_buf_append(ret, "\"", 1)) || (err = vmspy_escape_line(ret, bytes, length)))
		return err;
	return vmspy_buf_printf(ret, whole ? "\"" : "\"...");
}

void vmspy_text_set(struct vmspy_value *value, const struct vmspy_buf *text)
{
	static const char ellipsis[] = "...";
	size_t length = text->length;

	if (length < sizeof(value->text)) {
		memcpy(value->text, vmspy_buf_text(text), length + 1);
		return;
	}
	length = vmspy_utf8_cut(text->text, sizeof(value->text) - sizeof(ellipsis));
	memcpy(value->text, text->text, length);
	memcpy(value->text + length, ellipsis, sizeof(ellipsis));
}

/* How far the text goes on both sides, if it is one that ends: the rest is what was there before. */
static uint64_t shown_bytes(const char *a, const char *b, uint64_t size)
{
	uint64_t end_a = strnlen(a, (size_t)size), end_b = strnlen(b, (size_t)size);

	if (end_a != end_b || memcmp(a, b, (size_t)end_a))
		return UINT64_MAX;
	return size;
}

/* ret: how many bytes are left without the NULs at the end. */
static uint64_t without_nuls(const char *bytes, uint64_t size)
{
	while (size && !bytes[size - 1])
		size--;
	return size;
}

/* Which part of an array of characters is shown. */
struct excerpt {
	uint64_t from, size_bytes; /* in the array */
	uint64_t array_bytes;
};

static struct vmspy_error *excerpt_text(const struct excerpt *excerpt, const char *bytes,
					uint64_t length, struct vmspy_value *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	bool ends = excerpt->from + excerpt->size_bytes == excerpt->array_bytes ||
		    length < excerpt->size_bytes;
	struct vmspy_error *err = vmspy_buf_printf(&text, excerpt->from ? "...\"" : "\"");

	if (!err)
		err = vmspy_escape_line(&text, bytes, (size_t)length);
	if (!err)
		err = vmspy_buf_printf(&text, ends ? "\"" : "\"...");
	if (!err)
		vmspy_text_set(ret, &text);
	return err;
}

/* The text of both sides, as far as both know it. */
static struct vmspy_error *excerpt_texts(struct vmspy_both_reader *reader, uint64_t address,
					 struct excerpt *excerpt, struct vmspy_value ret[2])
{
	char bytes[2][QUOTED_BYTES_MAX];
	uint64_t at = address + excerpt->from, shown, known[2];
	struct vmspy_error *err = NULL;

	for (int side = 0; side < 2; side++)
		known[side] = vmspy_reader_read(reader, side, at, bytes[side],
						(size_t)excerpt->size_bytes);
	excerpt->size_bytes = known[0] < known[1] ? known[0] : known[1];
	shown = shown_bytes(bytes[0], bytes[1], excerpt->size_bytes);
	for (int side = 0; !err && side < 2; side++) {
		uint64_t length = shown == UINT64_MAX
					  ? strnlen(bytes[side], (size_t)excerpt->size_bytes)
					  : without_nuls(bytes[side], shown);

		err = excerpt_text(excerpt, bytes[side], length, &ret[side]);
	}
	return err;
}

static void set_hex(struct vmspy_both_reader *reader, uint64_t address, uint64_t size_bytes,
		    struct vmspy_value ret[2])
{
	char bytes[VMSPY_VALUE_BYTES_MAX];
	size_t wanted = size_bytes < sizeof(bytes) ? (size_t)size_bytes : sizeof(bytes);

	for (int side = 0; side < 2; side++) {
		size_t known = vmspy_reader_read(reader, side, address, bytes, wanted);

		ret[side] = vmspy_value_format(bytes, known, size_bytes);
		ret[side].text[0] = '\0';
	}
}

/* A text is shown from its beginning if that shows the change, otherwise from shortly before it. */
struct vmspy_error *vmspy_text_of_array(struct vmspy_both_reader *reader, uint64_t address,
					uint64_t size_bytes, struct vmspy_value ret[2])
{
	uint64_t first = vmspy_reader_next_change(reader, address, address + size_bytes) - address;
	struct excerpt excerpt = { .array_bytes = size_bytes };
	uint64_t left = size_bytes - first;

	set_hex(reader, address, size_bytes, ret);
	if (first == size_bytes)
		return NULL;
	for (int side = 0; side < 2; side++) {
		char bytes[VMSPY_EXCERPT_BYTES];
		size_t wanted = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);

		if (vmspy_reader_read(reader, side, address + first, bytes, wanted) == wanted)
			vmspy_value_excerpt(&ret[side], first, bytes, size_bytes);
	}
	if (first >= QUOTED_BYTES_MAX - BEFORE_CHANGE_BYTES || !ret[0].known || !ret[1].known)
		excerpt.from = first < BEFORE_CHANGE_BYTES ? 0 : first - BEFORE_CHANGE_BYTES;
	excerpt.size_bytes = size_bytes - excerpt.from;
	if (excerpt.size_bytes > QUOTED_BYTES_MAX)
		excerpt.size_bytes = QUOTED_BYTES_MAX;
	return excerpt_texts(reader, address, &excerpt, ret);
}
