/* Lists of what there is: for completion, for the checks of the manual, and for the curious. */
#ifndef VMSPY_CMD_LISTS_H
#define VMSPY_CMD_LISTS_H

#include <stdbool.h>

#include "command.h"
#include "options.h"

/* --list-columns: the tables of a command, or the one that its arguments choose. */
int list_columns(const struct arguments *arguments);

/* The lists of `vmspy help`: commands, options, kinds. */
extern const struct command_table list_tables[];
bool list_is_asked(const struct arguments *arguments);
int list_run(const struct arguments *arguments);

#endif
