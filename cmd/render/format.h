/* What stands behind render.h: one of these for each format. */
#ifndef VMSPY_CMD_RENDER_FORMAT_H
#define VMSPY_CMD_RENDER_FORMAT_H

#include "render/cell.h"
#include "render/render.h"

struct render;

/* A call that is NULL has nothing to print in that format. */
struct render_calls {
	struct vmspy_error *(*begin)(struct render *render, const char *command,
				     const struct vmspy_host *host);
	struct vmspy_error *(*open)(struct render *render, const char *key, bool is_array);
	struct vmspy_error *(*close)(struct render *render);
	struct vmspy_error *(*members)(struct render *render, const struct vmspy_selection *columns,
				       const void *row);
	struct vmspy_error *(*object)(struct render *render, const char *key,
				      const struct vmspy_selection *columns, const void *row);
	struct vmspy_error *(*table_begin)(struct render *render, const char *key,
					   const struct vmspy_selection *columns);
	/* NULL: as table_begin. */
	struct vmspy_error *(*stream_begin)(struct render *render, const char *key,
					    const struct vmspy_selection *columns,
					    const void *like);
	struct vmspy_error *(*row)(struct render *render, const void *row);
	struct vmspy_error *(*flush)(struct render *render); /* NULL: nothing is kept back */
	/*
	 * For a thread of its own: another render, that keeps the rows of the table that is open in
	 * memory, and its end, which prints them. NULL: this format has one thread.
	 */
	struct render *(*part_create)(const struct render *render);
	void (*part_print)(struct render *render, const struct render *part);
	struct vmspy_error *(*total)(struct render *render, const void *row);
	struct vmspy_error *(*note)(struct render *render, const char *text);
	struct vmspy_error *(*table_end)(struct render *render);
	struct vmspy_error *(*line)(struct render *render, const char *text);
	struct vmspy_error *(*end)(struct render *render);
	void (*destroy)(struct render *render);
};

/* The head of every format's own struct. */
struct render {
	const struct render_calls *calls;
	struct render_style style;
	struct cell_style cells;
	struct vmspy_error *err;
};

/* ret: zeroed but for its calls, NULL without memory. */
struct render *render_text_create(void);
struct render *render_raw_create(void);
struct render *render_json_create(void);

#endif
