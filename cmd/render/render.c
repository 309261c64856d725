#include "render/render.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "render/format.h"

#include "base/banned.h"

static struct render *(*const create[])(void) = {
	[RENDER_TEXT] = render_text_create,
	[RENDER_RAW] = render_raw_create,
	[RENDER_JSON] = render_json_create,
};

/* Make one call of the format, unless it has none or something went wrong before. */
#define CALL(render, call, ...)                                                                    \
	do {                                                                                       \
		if (!(render)->err && (render)->calls->call)                                       \
			(render)->err = (render)->calls->call(render, ##__VA_ARGS__);              \
	} while (0)

struct vmspy_error *render_begin(const struct render_style *style, const char *command,
				 const struct vmspy_host *host, struct render **ret)
{
	struct render *render = create[style->format]();

	if (!render)
		return vmspy_error_no_memory();
	render->style = *style;
	render->cells = (struct cell_style){
		.in_bytes = style->in_bytes || style->format == RENDER_RAW,
		.raw = style->format == RENDER_RAW,
		.page_bytes = host ? host->page_bytes : 1,
	};
	CALL(render, begin, command, host);
	*ret = render;
	return NULL;
}

struct vmspy_error *render_end(struct render *render)
{
	struct vmspy_error *err;

	if (!render)
		return NULL;
	CALL(render, end);
	err = render->err;
	render->calls->destroy(render);
	return err;
}

void render_open_object(struct render *render, const char *key)
{
	CALL(render, open, key, false);
}

void render_open_array(struct render *render, const char *key)
{
	CALL(render, open, key, true);
}

void render_close(struct render *render)
{
	CALL(render, close);
}

void render_members(struct render *render, const struct vmspy_selection *columns, const void *row)
{
	CALL(render, members, columns, row);
}

void render_object(struct render *render, const char *key, const struct vmspy_selection *columns,
		   const void *row)
{
	CALL(render, object, key, columns, row);
}

void render_table_begin(struct render *render, const char *key,
			const struct vmspy_selection *columns)
{
	CALL(render, table_begin, key, columns);
}

void render_stream_begin(struct render *render, const char *key,
			 const struct vmspy_selection *columns, const void *like)
{
	if (render->calls->stream_begin)
		CALL(render, stream_begin, key, columns, like);
	else
		CALL(render, table_begin, key, columns);
}

void render_row(struct render *render, const void *row)
{
	CALL(render, row, row);
}

void render_flush(struct render *render)
{
	CALL(render, flush);
	fflush(render->style.out);
}

void render_table_end(struct render *render)
{
	CALL(render, table_end);
}

void render_total(struct render *render, const void *row)
{
	CALL(render, total, row);
}

void render_fail(struct render *render, struct vmspy_error *err)
{
	if (render->err)
		vmspy_error_destroy(err);
	else
		render->err = err;
}

/* ret: NULL if there is no memory, or something went wrong before. */
static char *formatted(struct render *render, const char *format, va_list args) VMSPY_PRINTF(2, 0);

static char *formatted(struct render *render, const char *format, va_list args)
{
	char *text;

	if (render->err)
		return NULL;
	if (vasprintf(&text, format, args) >= 0)
		return text;
	render->err = vmspy_error_no_memory();
	return NULL;
}

void render_note(struct render *render, const char *format, ...)
{
	VMSPY_AUTO(vmspy_guard_free) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = formatted(render, format, args);
	va_end(args);
	CALL(render, note, text);
}

void render_line(struct render *render, const char *format, ...)
{
	VMSPY_AUTO(vmspy_guard_free) char *text = NULL;
	va_list args;

	va_start(args, format);
	text = formatted(render, format, args);
	va_end(args);
	CALL(render, line, text);
}
