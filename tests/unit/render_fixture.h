/* A small report of our own, with a column of every unit, and what a renderer makes of it. */
#ifndef VMSPY_TESTS_RENDER_FIXTURE_H
#define VMSPY_TESTS_RENDER_FIXTURE_H

#include "render/render.h"
#include "report/column.h"
#include "symbol/values.h"

struct things {
	const char *text, *path, *word, *words;
	uint64_t address, frame, offset, bytes, pages, count, id, duration, device, flag;
	struct vmspy_value value;
	struct vmspy_nested rows;
};

/* What lies inside a thing. */
struct part {
	const char *name;
	struct vmspy_value value;
};

static const struct vmspy_column part_columns[] = {
	{ "NAME", "name", "help", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, offsetof(struct part, name) },
	{ "VALUE", "value", "help", VMSPY_UNIT_VALUE, VMSPY_SHOW_JSON, 0,
	  offsetof(struct part, value) },
	{ 0 },
};

static const struct part known_parts[] = {
	{ "first", { .known = true, .hex = "01", .text = "1" } },
	{ "second", { 0 } },
};

#define THING(heading, member, unit)                                                               \
	{                                                                                          \
		heading, #member, "help", unit, VMSPY_SHOW, 0, offsetof(struct things, member)     \
	}

static const struct vmspy_column thing_columns[] = {
	THING("TEXT", text, VMSPY_UNIT_TEXT),
	THING("WORD", word, VMSPY_UNIT_WORD),
	THING("WORDS", words, VMSPY_UNIT_WORDS),
	THING("ADDRESS", address, VMSPY_UNIT_ADDRESS),
	THING("FRAME", frame, VMSPY_UNIT_FRAME),
	THING("OFFSET", offset, VMSPY_UNIT_OFFSET),
	THING("BYTES", bytes, VMSPY_UNIT_BYTES),
	THING("PAGES", pages, VMSPY_UNIT_PAGES),
	THING("COUNT", count, VMSPY_UNIT_COUNT),
	THING("ID", id, VMSPY_UNIT_ID),
	THING("DURATION", duration, VMSPY_UNIT_DURATION),
	THING("DEVICE", device, VMSPY_UNIT_DEVICE),
	THING("FLAG", flag, VMSPY_UNIT_BOOL),
	THING("VALUE", value, VMSPY_UNIT_VALUE),
	THING("ROWS", rows, VMSPY_UNIT_ROWS),
	THING("PATH", path, VMSPY_UNIT_PATH),
	{ 0 },
};

static const struct things known_things = {
	.text = "a text",
	.path = "/a/path",
	.word = "word",
	.words = "rd wr",
	.address = 0x7f0000001000,
	.frame = 0x1234,
	.offset = 0,
	.bytes = 1536,
	.pages = 3,
	.count = 12345,
	.id = 42,
	.duration = 3100000,
	.device = VMSPY_DEVICE(254, 1),
	.flag = 1,
	.value = { .known = true, .hex = "64000000", .text = "100" },
	.rows = { part_columns, known_parts, 2, sizeof(struct part) },
};

static const struct things unknown_things = {
	.address = VMSPY_UNKNOWN,
	.frame = VMSPY_UNKNOWN,
	.offset = VMSPY_UNKNOWN,
	.bytes = VMSPY_UNKNOWN,
	.pages = VMSPY_UNKNOWN,
	.count = VMSPY_UNKNOWN,
	.id = VMSPY_UNKNOWN,
	.duration = VMSPY_UNKNOWN,
	.device = VMSPY_UNKNOWN,
	.flag = VMSPY_UNKNOWN,
};

static const struct vmspy_host thing_host = {
	.kernel = "6.18.0",
	.boot_id = "an-id",
	.page_bytes = 4096,
	.frames_visible = true,
};

/* What these calls print, as a string that is the caller's. */
__attribute__((noinline, unused)) static char *printed(struct render_style style,
						       void (*draw)(struct render *render))
{
	struct render *render;
	size_t length;
	char *text;

	style.out = open_memstream(&text, &length);
	assert_non_null(style.out);
	assert_ok(render_begin(&style, "test", &thing_host, &render));
	draw(render);
	assert_ok(render_end(render));
	fclose(style.out);
	return text;
}

static inline void assert_printed(struct render_style style, void (*draw)(struct render *render),
				  const char *expected)
{
	char *text = printed(style, draw);

	assert_string_equal(text, expected);
	free(text);
}

#endif
