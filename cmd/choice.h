/* --range, --kind, --object: which mappings are meant. */
#ifndef VMSPY_CMD_CHOICE_H
#define VMSPY_CMD_CHOICE_H

#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "base/error.h"
#include "options.h"
#include "space/kinds.h"

/* A command that takes any of the options takes all of them. */
#define OPTIONS_CHOICE                                                                             \
	(OPTION_BIT(OPTION_RANGE) | OPTION_BIT(OPTION_KIND) | OPTION_BIT(OPTION_OBJECT))

struct choice {
	struct address_range range;
	uint64_t kinds;     /* one bit each, by number; none: any */
	const char *object; /* a pattern, borrowed from the arguments; NULL: any */
};

/* Errors: BAD_DATA (no range; no kind of this name: names the nearest; an empty list). */
struct vmspy_error *choice_parse(const struct arguments *arguments,
				 struct choice *ret) VMSPY_MUST_CHECK;

/*
 * Whether a mapping is meant: it overlaps the range, is of one of the kinds, and its object, or
 * the last part of the path that it is, matches the pattern.
 */
bool choice_takes(const struct choice *choice, const struct vmspy_mapping *mapping);

#endif
