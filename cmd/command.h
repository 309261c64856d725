/* A command describes itself: dispatch, help, completion and the manual's lists come from here. */
#ifndef VMSPY_CMD_COMMAND_H
#define VMSPY_CMD_COMMAND_H

#include <stddef.h>
#include <stdint.h>

#include "report/column.h"

/* Exit status. */
enum status {
	STATUS_DONE = 0,     /* answered; of diff: nothing diverged */
	STATUS_DIVERGED = 1, /* of diff alone */
	STATUS_TROUBLE = 2,
	STATUS_PART = 3, /* answered in part */
};

struct arguments;

/* A table that a command can print: -o, --raw and --list-columns act on one of them. */
struct command_table {
	const char *key;                    /* of its array in JSON */
	const struct vmspy_column *columns; /* NULL ends a list of tables */
	uint64_t chosen_by; /* the option that makes it that one; 0: the first, without any */
};

#define OPERANDS_ANY SIZE_MAX

struct command {
	const char *name;
	const char *arguments;   /* "TARGET..." */
	const char *summary;     /* a phrase, for the list of commands */
	const char *description; /* a few lines, for `help COMMAND` */
	uint64_t options;        /* OPTION_BIT()s of those that it takes */
	size_t operands_min, operands_max;
	const struct command_table *tables;            /* NULL: none */
	int (*run)(const struct arguments *arguments); /* ret: enum status */
};

extern const struct command command_maps;  /* maps.c */
extern const struct command command_diff;  /* diff.c */
extern const struct command command_addr;  /* addr.c */
extern const struct command command_pages; /* pages.c */
extern const struct command command_trace; /* trace.c */
extern const struct command command_demo;  /* demo.c */
extern const struct command command_help;  /* help.c */

/* In the order of the help; NULL ends it. */
extern const struct command *const commands[];

/* ret: NULL if there is none of this name. */
const struct command *command_find(const char *name);

/* ret: the table that these arguments are about. The command has one. */
const struct command_table *command_table(const struct arguments *arguments);

#endif
