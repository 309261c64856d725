#include "base/escape.h"

#include "fuzz.h"

static void check_line(const char *text, size_t size)
{
	struct vmspy_buf line = { 0 }, again = { 0 };

	promise_ok(vmspy_escape_line(&line, text, size));
	promise(line.length <= 4 * size);
	promise(vmspy_escape_is_utf8(vmspy_buf_text(&line), line.length));
	for (size_t i = 0; i < line.length; i++) {
		unsigned char byte = (unsigned char)line.text[i];

		promise(byte >= 0x20 && byte != 0x7f);
		promise(byte != 0xc2 || (unsigned char)line.text[i + 1] >= 0xa0); /* C1 */
	}
	promise_ok(vmspy_escape_line(&again, vmspy_buf_text(&line), line.length));
	promise(again.length == line.length);
	promise(!line.length || memcmp(again.text, line.text, line.length) == 0);
	vmspy_buf_deinit(&line);
	vmspy_buf_deinit(&again);
}

/* The way back: U+0080 to U+00FF are one byte each. */
static void check_bytes(const struct vmspy_buf *json, const char *text, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)json->text[at++];

		if (byte >= 0x80)
			byte = (unsigned char)(byte << 6 |
					       ((unsigned char)json->text[at++] & 0x3f));
		promise(byte == (unsigned char)text[i]);
	}
	promise(at == json->length);
}

static void check_json(const char *text, size_t size)
{
	struct vmspy_buf json = { 0 };
	bool escaped = false;

	promise_ok(vmspy_escape_json(&json, text, size, &escaped));
	promise(escaped == !vmspy_escape_is_utf8(text, size));
	promise(vmspy_escape_is_utf8(vmspy_buf_text(&json), json.length));
	if (escaped)
		check_bytes(&json, text, size);
	else
		promise(json.length == size && (!size || memcmp(json.text, text, size) == 0));
	vmspy_buf_deinit(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size ? (const char *)data : "";

	check_line(text, size);
	check_json(text, size);
	return 0;
}
