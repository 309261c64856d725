#include "command.h"

#include <string.h>

#include "options.h"

#include "base/banned.h"

const struct command *const commands[] = {
	&command_maps,  &command_diff, &command_addr, &command_pages,
	&command_trace, &command_demo, &command_help, NULL,
};

const struct command *command_find(const char *name)
{
	for (const struct command *const *command = commands; *command; command++)
		if (!strcmp((*command)->name, name))
			return *command;
	return NULL;
}

const struct command_table *command_table(const struct arguments *arguments)
{
	const struct command_table *first = arguments->command->tables;

	for (const struct command_table *table = first; table->columns; table++)
		if (arguments->given & table->chosen_by)
			return table;
	return first;
}
