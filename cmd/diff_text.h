/* What `vmspy diff` tells people before the tables. */
#ifndef VMSPY_CMD_DIFF_TEXT_H
#define VMSPY_CMD_DIFF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/pair.h"
#include "output.h"
#include "render/render.h"

/* An empty line before a table; nothing in --raw. */
void diff_text_gap(const struct output *output, struct render *render);

/* Text in lines that are as wide as the terminal: the first behind `lead`, the others below its text. */
void diff_text_paragraph(const struct output *output, struct render *render, const char *lead,
			 const char *text);

/* ret: how many bytes of text fit on a line of this width: whole words, at least one. */
size_t diff_text_line_length(const char *text, size_t width);

/* Who they are, how long they were held, and the totals. */
void diff_text_headline(const struct output *output, struct render *render,
			const struct vmspy_pair *pair, const struct vmspy_space *a,
			const struct vmspy_space *b);

#endif
