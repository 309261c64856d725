/*
 * One JSON object, printed as it comes: what is open is only a list of brackets, and a row of a
 * table lives no longer than its line.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "render/format.h"
#include "symbol/values.h"

#include "base/banned.h"

enum {
	SCHEMA = 1,
	DEPTH_MAX = 8,
	INDENT = 2,
	DIGITS = 15, /* that a double keeps: 1.2 stays 1.2 */
	THOUSANDTHS = 1000
};

struct level {
	bool is_array;
	bool has_items;
};

struct json {
	struct render render;
	struct level level[DEPTH_MAX];
	size_t depth;
	const struct vmspy_selection *columns; /* of the table that is open, NULL: not printed */
};

static void guard_json(json_t **value)
{
	json_decref(*value);
}

/* ---- values ---- */

/* Owners of a value that cannot be made have run out of memory: the text was made UTF-8. */
static struct vmspy_error *put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) ? vmspy_error_no_memory() : NULL;
}

static json_t *hex(uint64_t number)
{
	return json_sprintf("0x%" PRIx64, number);
}

static json_t *text_value(const char *text, bool *escaped)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	VMSPY_AUTO(vmspy_guard_error)
	struct vmspy_error *err = vmspy_escape_json(&buf, text, strlen(text), escaped);

	return err ? NULL : json_string(vmspy_buf_text(&buf));
}

static json_t *words_value(const char *words)
{
	json_t *array = json_array();

	while (array && *words) {
		size_t length = strcspn(words, " ");

		if (json_array_append_new(array, json_stringn(words, length))) {
			json_decref(array);
			return NULL;
		}
		words += length + (words[length] == ' ');
	}
	return array;
}

static json_t *value_value(const struct vmspy_value *value, bool *escaped)
{
	json_t *text = value->text[0] ? text_value(value->text, escaped) : json_null();
	json_t *object = json_pack("{s:s, s:o}", "hex", value->hex, "text", text);

	if (object && value->truncated && json_object_set_new(object, "truncated", json_true())) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *number_value(enum vmspy_unit unit, uint64_t number)
{
	switch ((int)unit) {
	case VMSPY_UNIT_ADDRESS:
	case VMSPY_UNIT_FRAME:
	case VMSPY_UNIT_OFFSET:
		return hex(number);
	case VMSPY_UNIT_DEVICE:
		return json_sprintf("%" PRIu64 ":%" PRIu64, number >> 32, number & UINT32_MAX);
	case VMSPY_UNIT_BOOL:
		return json_boolean(number);
	case VMSPY_UNIT_RATIO:
		return json_real((double)number / THOUSANDTHS);
	case VMSPY_UNIT_DISTANCE:
		return json_integer((json_int_t)number);
	case VMSPY_UNIT_PAGES_CHANGE:
	case VMSPY_UNIT_BYTES_CHANGE:
		return json_integer(vmspy_change_signed(number));
	default:
		/* An integer has 63 bits here; beyond lies only what is no address of a process. */
		return number > INT64_MAX ? json_real((double)number)
					  : json_integer((json_int_t)number);
	}
}

static struct vmspy_error *row_value(const struct vmspy_selection *columns, const void *row,
				     json_t **ret);

/* The rows of a cell are told with the columns that JSON shows unasked. */
static json_t *rows_value(const struct vmspy_nested *nested)
{
	struct vmspy_selection columns = vmspy_selection_default(nested->columns, VMSPY_SHOW_JSON);
	VMSPY_AUTO(guard_json) json_t *array = json_array();

	for (size_t i = 0; array && i < nested->count; i++) {
		json_t *object = NULL;
		VMSPY_AUTO(vmspy_guard_error)
		struct vmspy_error *err = row_value(&columns, vmspy_nested_row(nested, i), &object);

		if (nested->is_one)
			return object;
		if (err || json_array_append_new(array, object))
			return NULL;
	}
	return json_incref(array);
}

/* ret: NULL without memory. */
static json_t *cell_value(const struct vmspy_column *column, const void *row, bool *escaped)
{
	if (vmspy_column_is_unknown(column, row))
		return json_null();
	switch ((int)column->unit) {
	case VMSPY_UNIT_TEXT:
	case VMSPY_UNIT_PATH:
		return text_value(vmspy_column_text(column, row), escaped);
	case VMSPY_UNIT_WORD:
		return json_string(vmspy_column_text(column, row));
	case VMSPY_UNIT_WORDS:
		return words_value(vmspy_column_text(column, row));
	case VMSPY_UNIT_VALUE:
		return value_value(vmspy_column_value(column, row), escaped);
	case VMSPY_UNIT_ROWS:
		return rows_value(vmspy_column_nested(column, row));
	default:
		return number_value(column->unit, vmspy_column_number(column, row));
	}
}

/* A row as an object; the keys whose text is not UTF-8 are listed under "escaped". */
static struct vmspy_error *row_value(const struct vmspy_selection *columns, const void *row,
				     json_t **ret)
{
	VMSPY_AUTO(guard_json) json_t *object = json_object();
	VMSPY_AUTO(guard_json) json_t *escaped_keys = json_array();
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < columns->count; i++) {
		const struct vmspy_column *column = columns->column[i];
		bool escaped = false;

		err = put(object, column->key, cell_value(column, row, &escaped));
		if (escaped && json_array_append_new(escaped_keys, json_string(column->key)))
			err = vmspy_error_no_memory();
	}
	if (!err && json_array_size(escaped_keys))
		err = put(object, "escaped", json_incref(escaped_keys));
	if (!err)
		*ret = json_incref(object);
	return err;
}

/* ---- printing ---- */

static void new_line(struct json *json)
{
	if (json->render.style.one_line)
		return;
	fprintf(json->render.style.out, "\n%*s", (int)(json->depth * INDENT), "");
}

/*
 * Begin an item of what is open: its comma, its line, and its key in an object. Where nothing is
 * open it is a line of its own.
 */
static void item(struct json *json, const char *key)
{
	struct level *level = &json->level[json->depth - 1];

	if (!json->depth)
		return;
	if (level->has_items)
		fputc(',', json->render.style.out);
	level->has_items = true;
	new_line(json);
	if (!level->is_array)
		fprintf(json->render.style.out, "\"%s\": ", key);
}

/* What is complete, and lies in nothing else. */
static void end_line(const struct json *json)
{
	if (!json->depth)
		fputc('\n', json->render.style.out);
}

static struct vmspy_error *print_value(struct json *json, const char *key, const json_t *value)
{
	VMSPY_AUTO(vmspy_guard_free)
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_PRESERVE_ORDER |
					       JSON_REAL_PRECISION(DIGITS));

	if (!text)
		return vmspy_error_no_memory();
	item(json, key);
	fputs(text, json->render.style.out);
	end_line(json);
	return NULL;
}

static struct vmspy_error *push(struct json *json, bool is_array)
{
	if (json->depth == DEPTH_MAX)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "cannot nest JSON so deep");
	fputc(is_array ? '[' : '{', json->render.style.out);
	json->level[json->depth++] = (struct level){ .is_array = is_array };
	return NULL;
}

static struct vmspy_error *open_item(struct render *render, const char *key, bool is_array)
{
	struct json *json = (struct json *)render;

	item(json, key);
	return push(json, is_array);
}

static struct vmspy_error *close_item(struct render *render)
{
	struct json *json = (struct json *)render;
	struct level level = json->level[--json->depth];

	if (level.has_items)
		new_line(json);
	fputc(level.is_array ? ']' : '}', render->style.out);
	end_line(json);
	return NULL;
}

static struct vmspy_error *print_members(struct json *json, const json_t *object)
{
	struct vmspy_error *err = NULL;
	const char *key;
	json_t *value;

	/* The macro wants an object that it may change. */
	json_object_foreach((json_t *)(uintptr_t)object, key, value) if (!err) err =
		print_value(json, key, value);
	return err;
}

/* ---- the calls ---- */

static json_t *time_now(void)
{
	char text[sizeof("2000-01-01T00:00:00Z")];
	time_t now = time(NULL);
	struct tm utc;

	if (!gmtime_r(&now, &utc) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc))
		return json_null();
	return json_string(text);
}

static json_t *host_value(const struct vmspy_host *host)
{
	if (!host)
		return json_null();
	return json_pack("{s:s, s:s?, s:i, s:s}", "kernel", host->kernel, "boot_id",
			 host->boot_id[0] ? host->boot_id : NULL, "page_bytes",
			 (int)host->page_bytes, "frames",
			 host->frames_visible ? "visible" : "hidden");
}

static struct vmspy_error *begin(struct render *render, const char *command,
				 const struct vmspy_host *host)
{
	struct json *json = (struct json *)render;
	VMSPY_AUTO(guard_json)
	json_t *envelope =
		json_pack("{s:s, s:i, s:s?, s:o, s:o}", "vmspy", VMSPY_VERSION, "schema", SCHEMA,
			  "command", command, "time", time_now(), "host", host_value(host));
	struct vmspy_error *err;

	if (!command)
		return NULL;
	if (!envelope)
		return vmspy_error_no_memory();
	if ((err = push(json, false)))
		return err;
	return print_members(json, envelope);
}

static struct vmspy_error *end(struct render *render)
{
	return ((struct json *)render)->depth ? close_item(render) : NULL;
}

static struct vmspy_error *members(struct render *render, const struct vmspy_selection *columns,
				   const void *row)
{
	VMSPY_AUTO(guard_json) json_t *object = NULL;
	struct vmspy_error *err = row_value(columns, row, &object);

	return err ? err : print_members((struct json *)render, object);
}

static struct vmspy_error *print_object(struct render *render, const char *key,
					const struct vmspy_selection *columns, const void *row)
{
	VMSPY_AUTO(guard_json) json_t *object = NULL;
	struct vmspy_error *err = row ? row_value(columns, row, &object) : NULL;

	if (err)
		return err;
	return print_value((struct json *)render, key, object ? object : json_null());
}

static struct vmspy_error *table_begin(struct render *render, const char *key,
				       const struct vmspy_selection *columns)
{
	if (!key)
		return NULL;
	((struct json *)render)->columns = columns;
	return open_item(render, key, true);
}

static struct vmspy_error *add_row(struct render *render, const void *row)
{
	struct json *json = (struct json *)render;

	return json->columns ? print_object(render, NULL, json->columns, row) : NULL;
}

static struct vmspy_error *table_end(struct render *render)
{
	struct json *json = (struct json *)render;

	if (!json->columns)
		return NULL;
	json->columns = NULL;
	return close_item(render);
}

static void destroy(struct render *render)
{
	free(render);
}

static const struct render_calls calls = {
	.begin = begin,
	.open = open_item,
	.close = close_item,
	.members = members,
	.object = print_object,
	.table_begin = table_begin,
	.row = add_row,
	.table_end = table_end,
	.end = end,
	.destroy = destroy,
};

struct render *render_json_create(void)
{
	struct json *json = calloc(1, sizeof(*json));

	if (!json)
		return NULL;
	json->render.calls = &calls;
	return &json->render;
}
