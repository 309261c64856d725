/* Help, made from what commands say of themselves. */
#ifndef VMSPY_CMD_HELP_H
#define VMSPY_CMD_HELP_H

#include <stdio.h>

#include "base/error.h"
#include "command.h"

/* The program: its commands. */
void help_print(FILE *out);

/* One command: usage, description, options, columns. */
void help_print_command(const struct command *command, FILE *out);

/* Find a command by a name that a person typed. Errors: BAD_DATA (names the nearest). */
struct vmspy_error *help_find_command(const char *name,
				      const struct command **ret) VMSPY_MUST_CHECK;

#endif
