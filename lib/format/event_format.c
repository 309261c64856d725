#include "format/event_format.h"

#include <string.h>

#include "base/banned.h"

/* A line of the format. */
struct field_line {
	struct vmspy_scan name;
	uint64_t offset_bytes, size_bytes;
};

/* The last word of a declaration: "unsigned long address". */
static struct vmspy_scan last_word(struct vmspy_scan declaration)
{
	struct vmspy_scan word = declaration;

	for (const char *at = declaration.at; at < declaration.end; at++)
		if (*at == ' ')
			word.at = at + 1;
	return word;
}

/* "offset:8;" and what follows it. */
static bool take_number(struct vmspy_scan *line, const char *key, uint64_t *ret)
{
	struct vmspy_scan scan = *line;

	vmspy_scan_skip(&scan, '\t');
	if (!vmspy_scan_text(&scan, key) || !vmspy_scan_decimal(&scan, ret) ||
	    !vmspy_scan_char(&scan, ';'))
		return false;
	*line = scan;
	return true;
}

/* "	field:unsigned long address;	offset:8;	size:8;	signed:0;" */
static bool take_field(struct vmspy_scan line, struct field_line *ret)
{
	struct vmspy_scan declaration;

	vmspy_scan_skip(&line, '\t');
	if (!vmspy_scan_text(&line, "field:") || !vmspy_scan_until(&line, ';', &declaration))
		return false;
	ret->name = last_word(declaration);
	return take_number(&line, "offset:", &ret->offset_bytes) &&
	       take_number(&line, "size:", &ret->size_bytes);
}

static bool is_number(const struct field_line *line)
{
	switch (line->size_bytes) {
	case 1:
	case 2:
	case 4:
	case 8:
		return line->offset_bytes <= UINT16_MAX; /* of records: perf_event_header.size */
	default:
		return false;
	}
}

static bool is_named(const struct field_line *line, const char *name)
{
	size_t length = strlen(name);

	return (size_t)(line->name.end - line->name.at) == length &&
	       !memcmp(line->name.at, name, length);
}

/* ret: whether the format has it, as a number. The first of a name counts. */
static bool find_field(struct vmspy_scan text, const char *name, struct vmspy_event_field *ret)
{
	struct field_line field;
	struct vmspy_scan line;

	while (vmspy_scan_until(&text, '\n', &line)) {
		if (!take_field(line, &field) || !is_named(&field, name))
			continue;
		*ret = (struct vmspy_event_field){
			.name = name,
			.offset_bytes = (uint32_t)field.offset_bytes,
			.size_bytes = (uint32_t)field.size_bytes,
		};
		return is_number(&field);
	}
	return false;
}

static bool find_id(struct vmspy_scan text, uint64_t *ret)
{
	struct vmspy_scan line;

	while (vmspy_scan_until(&text, '\n', &line))
		if (vmspy_scan_text(&line, "ID: ") && vmspy_scan_decimal(&line, ret) &&
		    line.at == line.end)
			return true;
	return false;
}

struct vmspy_error *vmspy_event_format_parse(struct vmspy_scan text,
					     struct vmspy_event_field *fields, size_t count,
					     uint64_t *ret_id)
{
	struct vmspy_event_field found;
	uint64_t id;

	if (!find_id(text, &id))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "the tracepoint has no number");
	for (size_t i = 0; i < count; i++)
		if (!find_field(text, fields[i].name, &found))
			return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
						  "the tracepoint has no number '%s'",
						  fields[i].name);
	/* All are there. */
	for (size_t i = 0; i < count; i++)
		find_field(text, fields[i].name, &fields[i]);
	*ret_id = id;
	return NULL;
}

bool vmspy_event_field_read(const struct vmspy_event_field *field, const unsigned char *bytes,
			    size_t length, uint64_t *ret)
{
	union {
		uint8_t byte;
		uint16_t half;
		uint32_t word;
		uint64_t number;
	} value;

	if (field->offset_bytes > length || field->size_bytes > length - field->offset_bytes)
		return false;
	memcpy(&value, bytes + field->offset_bytes, field->size_bytes);
	switch (field->size_bytes) {
	case sizeof(value.byte):
		*ret = value.byte;
		return true;
	case sizeof(value.half):
		*ret = value.half;
		return true;
	case sizeof(value.word):
		*ret = value.word;
		return true;
	case sizeof(value.number):
		*ret = value.number;
		return true;
	default:
		return false;
	}
}
