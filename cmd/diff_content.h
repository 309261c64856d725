/* --content: which bytes `vmspy diff` compares, and what it tells of them. */
#ifndef VMSPY_CMD_DIFF_CONTENT_H
#define VMSPY_CMD_DIFF_CONTENT_H

#include "base/error.h"
#include "compare/pair.h"
#include "options.h"
#include "output.h"
#include "render/render.h"

/*
 * What was asked for: a sample unless the option is given, all if it is given without a word.
 * Errors: BAD_DATA (another word).
 */
struct vmspy_error *diff_content_parse(const struct arguments *arguments,
				       enum vmspy_content *ret) VMSPY_MUST_CHECK;

/* For people: how much is identical and how much changed, and what that rests on. */
void diff_content_headline(const struct output *output, struct render *render,
			   const struct vmspy_pair *pair);

#endif
