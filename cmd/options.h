/* Options: one table for all commands, so that an option has one meaning everywhere. */
#ifndef VMSPY_CMD_OPTIONS_H
#define VMSPY_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct command;

/* In the order of the help. */
enum option_id {
	OPTION_LAYOUT,
	OPTION_SUMMARY,
	OPTION_GAPS,
	OPTION_LIST,
	OPTION_EACH,
	OPTION_SHARERS,
	OPTION_HUGE,
	OPTION_AGAINST,
	OPTION_TID,
	OPTION_RANGE,
	OPTION_KIND,
	OPTION_OBJECT,
	OPTION_FLAGS,
	OPTION_ALL_FLAGS,
	OPTION_FILTER,
	OPTION_RUNS,
	OPTION_SYMBOLS,
	OPTION_VALUES,
	OPTION_CLUES,
	OPTION_STACKS,
	OPTION_HEX,
	OPTION_SORT,
	OPTION_CONTENT,
	OPTION_NO_SIBLINGS,
	OPTION_ALL,
	OPTION_MAX_DIVERGED,
	OPTION_WATCH,
	OPTION_CALL_GRAPH,
	OPTION_FAULTS,
	OPTION_FOLDED,
	OPTION_DEPTH,
	OPTION_CHILDREN_ONLY,
	OPTION_DURATION,
	OPTION_UNTIL_EXIT,
	OPTION_NO_EVENTS,
	OPTION_RING,
	OPTION_WRITE,
	OPTION_LIST_COMMANDS,
	OPTION_LIST_OPTIONS,
	OPTION_LIST_KINDS,
	OPTION_OUTPUT,
	OPTION_OUTPUT_ALL,
	OPTION_LIST_COLUMNS,
	OPTION_JSON,
	OPTION_RAW,
	OPTION_NOHEADINGS,
	OPTION_BYTES,
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_HOLD,
	OPTION_NO_HOLD,
	OPTION_MAX_HOLD,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_COUNT,
};

#define OPTION_BIT(id) (UINT64_C(1) << (id))

/* Every command has these. */
#define OPTIONS_ALL (OPTION_BIT(OPTION_HELP) | OPTION_BIT(OPTION_VERSION))

/* Commands that print a table have these. */
#define OPTIONS_TABLE                                                                              \
	(OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_OUTPUT_ALL) |                               \
	 OPTION_BIT(OPTION_LIST_COLUMNS) | OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_RAW) |      \
	 OPTION_BIT(OPTION_NOHEADINGS) | OPTION_BIT(OPTION_BYTES) | OPTION_BIT(OPTION_COLOR))

struct option_spec {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* the word of the manual: "LIST"; NULL: it takes none */
	bool optional;        /* the argument may be missing; if not, it follows a `=` */
	const char *help;
};

extern const struct option_spec option_specs[OPTION_COUNT];

/* What a command was called with. Strings are borrowed from argv. */
struct arguments {
	const struct command *command;
	uint64_t given;                  /* OPTION_BIT()s */
	const char *value[OPTION_COUNT]; /* the last argument given; NULL without one */
	char **operand;
	size_t operand_count;
	size_t before_end_count; /* operands in front of `--`; all of them without one */
};

/*
 * Sort the words behind the command's name into options and operands. `--` ends the options; a
 * minus sign with a digit behind it (a bad pid) and a single minus sign are operands.
 * words:   reordered: ret->operand points into it.
 * Errors:  BAD_DATA: an option that is unknown (names the nearest), or unknown to this command,
 *          without its argument, with one that it does not take, or that excludes another one;
 *          too few or too many operands, unless help, the version or the columns are asked for.
 */
struct vmspy_error *arguments_parse(const struct command *command, char **words, size_t count,
				    struct arguments *ret) VMSPY_MUST_CHECK;

static inline bool is_given(const struct arguments *arguments, enum option_id id)
{
	return arguments->given & OPTION_BIT(id);
}

#endif
