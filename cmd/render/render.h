/*
 * What a command prints: the same calls for text, --raw and --json.
 *
 * Text and raw show tables; JSON shows everything below. Calls never fail: the first error is
 * kept, later calls do nothing, render_end() gives it back. Whether stdout took the bytes is
 * looked at once, when the program ends.
 * Begin only when the first answer is in hand: what is begun is printed.
 */
#ifndef VMSPY_CMD_RENDER_RENDER_H
#define VMSPY_CMD_RENDER_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "kernel/host.h"
#include "report/column.h"

enum render_format {
	RENDER_TEXT,
	RENDER_RAW,
	RENDER_JSON
};

struct render_style {
	enum render_format format;
	FILE *out;
	bool no_headings;
	bool in_bytes;         /* text: sizes as plain numbers of bytes */
	bool coloured;         /* text */
	bool one_line;         /* JSON: no line breaks in the object */
	size_t width;          /* text: columns of the terminal; 0: as wide as it gets */
	const char *raw_table; /* raw: the key of the one table that is printed; NULL: any */
};

struct render;

/*
 * Begin an answer; JSON: the envelope.
 * style:   copied; raw_table is borrowed.
 * command: its name; NULL: a part of an answer that was begun before, JSON: without envelope. An
 *          object that is then printed while nothing is open is a line of its own.
 * host:    NULL: the answer is not about this host.
 * ret:     end it with render_end().
 */
struct vmspy_error *render_begin(const struct render_style *style, const char *command,
				 const struct vmspy_host *host,
				 struct render **ret) VMSPY_MUST_CHECK;

/*
 * End the answer and free it. NULL is allowed.
 * Errors: the first one of all calls: NO_MEMORY.
 */
struct vmspy_error *render_end(struct render *render) VMSPY_MUST_CHECK;

/* JSON: open an object or an array, in an object under this key, in an array with key NULL. */
void render_open_object(struct render *render, const char *key);
void render_open_array(struct render *render, const char *key);
void render_close(struct render *render);

/* JSON: one member for each column, in the object that is open. Once for an object. */
void render_members(struct render *render, const struct vmspy_selection *columns, const void *row);

/* JSON: an object of its own; row NULL: null. */
void render_object(struct render *render, const char *key, const struct vmspy_selection *columns,
		   const void *row);

/*
 * A table: an array of one object a row in JSON.
 * key:     NULL: for people only, not in JSON.
 * columns: borrowed until the table ends.
 * Note:    raw prints the headings once, also when the table comes once for each process.
 */
void render_table_begin(struct render *render, const char *key,
			const struct vmspy_selection *columns);
void render_row(struct render *render, const void *row);

/*
 * As render_table_begin(), of a table whose rows come over a long time: text prints each as it
 * comes, with the widths of a row that is like those to come.
 */
void render_stream_begin(struct render *render, const char *key,
			 const struct vmspy_selection *columns, const void *like);

/* Hand over all that was printed to whoever reads it. */
void render_flush(struct render *render);
void render_table_end(struct render *render);

/* The last row of a table, for people: what has no total is left empty. */
void render_total(struct render *render, const void *row);

/* A row of a table that is one text, for people. Text of a target must be escaped already. */
void render_note(struct render *render, const char *format, ...) VMSPY_PRINTF(2, 3);

/* Keep an error of the caller's, as one of a call: the first one counts. */
void render_fail(struct render *render, struct vmspy_error *err);

/* A line for people. Text of a target must be escaped already (vmspy_escape_line()). */
void render_line(struct render *render, const char *format, ...) VMSPY_PRINTF(2, 3);

#endif
