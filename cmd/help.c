#include "help.h"

#include <string.h>

#include "lists.h"
#include "message.h"
#include "report/nearest.h"

#include "base/banned.h"

void help_print(FILE *out)
{
	fprintf(out,
		"usage: vmspy COMMAND [OPTION...] [ARGUMENT...]\n\n"
		"Shows what is in the memory of running processes, and what parent and child no\n"
		"longer share after copy-on-write.\n\ncommands:\n");
	for (const struct command *const *command = commands; *command; command++)
		fprintf(out, "  %-6s %-17s %s\n", (*command)->name, (*command)->arguments,
			(*command)->summary);
	fprintf(out, "\n'vmspy help COMMAND' explains one of them; 'vmspy --version' tells the "
		     "version.\n");
}

static void print_option(const struct option_spec *spec, FILE *out)
{
	char left[32];
	const char *argument = spec->argument ? spec->argument : "";
	const char *open = spec->optional ? "[=" : *argument ? " " : "";

	snprintf(left, sizeof(left), "--%s%s%s%s", spec->name, open, argument,
		 spec->optional ? "]" : "");
	if (spec->letter)
		fprintf(out, "  -%c, %-20s %s\n", spec->letter, left, spec->help);
	else
		fprintf(out, "      %-20s %s\n", left, spec->help);
}

static int widest_heading(const struct vmspy_column *columns)
{
	size_t widest = 0;

	for (; columns->heading; columns++)
		if (strlen(columns->heading) > widest)
			widest = strlen(columns->heading);
	return (int)widest;
}

static void print_table_columns(const struct command_table *table, FILE *out)
{
	int width = widest_heading(table->columns);

	fprintf(out, "\ncolumns of %s (* shown unless others are chosen):\n", table->key);
	for (const struct vmspy_column *column = table->columns; column->heading; column++)
		fprintf(out, "%c %-*s %s\n", column->show & VMSPY_SHOW_TEXT ? '*' : ' ', width,
			column->heading, column->help);
}

void help_print_command(const struct command *command, FILE *out)
{
	fprintf(out, "usage: vmspy %s [OPTION...]%s%s\n\n%s\noptions:\n", command->name,
		*command->arguments ? " " : "", command->arguments, command->description);
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if ((command->options | OPTIONS_ALL) & OPTION_BIT(id))
			print_option(&option_specs[id], out);
	for (const struct command_table *table = command->tables; table && table->columns; table++)
		print_table_columns(table, out);
	fprintf(out, "\nMore is in the manual: man vmspy-%s\n", command->name);
}

struct vmspy_error *help_find_command(const char *name, const struct command **ret)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(name, strlen(name));

	*ret = command_find(name);
	if (*ret)
		return NULL;
	for (const struct command *const *command = commands; *command; command++)
		vmspy_nearest_try(&nearest, (*command)->name);
	if (nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "unknown command '%s' (did you mean '%s'?)", name,
					  nearest.name);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "unknown command '%s' ('vmspy help' lists them)", name);
}

static int explain(const struct arguments *arguments)
{
	const struct command *command;
	struct vmspy_error *err;

	if (!arguments->operand_count) {
		help_print(stdout);
		return STATUS_DONE;
	}
	if ((err = help_find_command(arguments->operand[0], &command)))
		return trouble(err);
	help_print_command(command, stdout);
	return STATUS_DONE;
}

static int run_help(const struct arguments *arguments)
{
	return list_is_asked(arguments) ? list_run(arguments) : explain(arguments);
}

const struct command command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "explain vmspy or one of its commands",
	.description = "Explains a command: its arguments, options and columns. The lists are for\n"
		       "completion, for the checks of the manual, and for the curious.\n",
	.options = OPTIONS_TABLE | OPTION_BIT(OPTION_LIST_COMMANDS) |
		   OPTION_BIT(OPTION_LIST_OPTIONS) | OPTION_BIT(OPTION_LIST_KINDS),
	.operands_min = 0,
	.operands_max = 1,
	.tables = list_tables,
	.run = run_help,
};
