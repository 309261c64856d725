#include "lists.h"

#include <stdio.h>

#include "help.h"
#include "message.h"
#include "output.h"
#include "render/render.h"
#include "space/kinds.h"

#include "base/banned.h"

struct column_row {
	const char *table, *column, *key, *unit, *shown, *help;
};

#define AT(member) offsetof(struct column_row, member)

static const struct vmspy_column column_columns[] = {
	{ "TABLE", "table", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(table) },
	{ "COLUMN", "column", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(column) },
	{ "KEY", "key", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(key) },
	{ "UNIT", "unit", "", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(unit) },
	{ "SHOWN", "shown", "", VMSPY_UNIT_WORDS, VMSPY_SHOW, 0, AT(shown) },
	{ "HELP", "help", "", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(help) },
	{ 0 },
};

#undef AT

static const char *shown(const struct vmspy_column *column)
{
	static const char *const words[] = {
		[0] = "",
		[VMSPY_SHOW_TEXT] = "text",
		[VMSPY_SHOW_JSON] = "json",
		[VMSPY_SHOW] = "text json",
	};

	return words[column->show & VMSPY_SHOW];
}

static void list_table(const struct command_table *table, struct render *render)
{
	for (const struct vmspy_column *column = table->columns; column->heading; column++) {
		struct column_row row = {
			.table = table->key,
			.column = column->heading,
			.key = column->key,
			.unit = vmspy_unit_name(column->unit),
			.shown = shown(column),
			.help = column->help,
		};

		render_row(render, &row);
	}
}

int list_columns(const struct arguments *arguments)
{
	struct vmspy_selection columns = vmspy_selection_all(column_columns);
	const struct command_table *chosen = command_table(arguments);
	struct render_style style;
	struct vmspy_error *err;
	struct render *render;

	if ((err = output_style(arguments, &style)))
		return trouble(err);
	if ((err = render_begin(&style, arguments->command->name, NULL, &render)))
		return trouble(err);
	render_table_begin(render, "columns", &columns);
	for (const struct command_table *table = arguments->command->tables; table->columns;
	     table++)
		if (!(arguments->given & chosen->chosen_by) || table == chosen)
			list_table(table, render);
	render_table_end(render);
	err = render_end(render);
	return err ? trouble(err) : STATUS_DONE;
}

struct command_row {
	const char *name, *arguments, *summary;
};

#define AT(member) offsetof(struct command_row, member)

static const struct vmspy_column command_columns[] = {
	{ "NAME", "name", "what is typed", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(name) },
	{ "ARGUMENTS", "arguments", "what follows the options", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0,
	  AT(arguments) },
	{ "SUMMARY", "summary", "what it answers", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(summary) },
	{ 0 },
};

#undef AT

static struct vmspy_error *list_commands(const struct arguments *arguments, struct render *render)
{
	(void)arguments;
	for (const struct command *const *command = commands; *command; command++) {
		struct command_row row = { (*command)->name, (*command)->arguments,
					   (*command)->summary };

		render_row(render, &row);
	}
	return NULL;
}

struct option_row {
	char letter_text[2], argument_text[32];
	const char *letter, *name, *argument, *help;
};

#define AT(member) offsetof(struct option_row, member)

static const struct vmspy_column option_columns[] = {
	{ "LETTER", "letter", "short form", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(letter) },
	{ "OPTION", "option", "long form", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(name) },
	{ "ARGUMENT", "argument", "what follows it", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(argument) },
	{ "MEANING", "meaning", "what it does", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(help) },
	{ 0 },
};

#undef AT

static void list_option(const struct option_spec *spec, struct render *render)
{
	struct option_row row = {
		.letter_text = { spec->letter, '\0' },
		.name = spec->name,
		.help = spec->help,
	};

	row.letter = spec->letter ? row.letter_text : NULL;
	if (spec->argument) {
		snprintf(row.argument_text, sizeof(row.argument_text),
			 spec->optional ? "[=%s]" : "%s", spec->argument);
		row.argument = row.argument_text;
	}
	render_row(render, &row);
}

static struct vmspy_error *list_options(const struct arguments *arguments, struct render *render)
{
	const struct command *command;
	struct vmspy_error *err;

	if ((err = help_find_command(arguments->operand[0], &command)))
		return err;
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if ((command->options | OPTIONS_ALL) & OPTION_BIT(id))
			list_option(&option_specs[id], render);
	return NULL;
}

struct kind_row {
	const char *kind, *help;
};

#define AT(member) offsetof(struct kind_row, member)

static const struct vmspy_column kind_columns[] = {
	{ "KIND", "kind", "the word", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "RECOGNISED", "recognised", "how it is recognised", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0,
	  AT(help) },
	{ 0 },
};

#undef AT

static struct vmspy_error *list_kinds(const struct arguments *arguments, struct render *render)
{
	(void)arguments;
	for (enum vmspy_mapping_kind kind = 0; kind < VMSPY_KIND_COUNT; kind++) {
		struct kind_row row = { vmspy_mapping_kind_name(kind),
					vmspy_mapping_kind_help(kind) };

		render_row(render, &row);
	}
	return NULL;
}

static const struct list {
	enum option_id chosen_by;
	size_t operand_count;
	struct vmspy_error *(*print)(const struct arguments *arguments, struct render *render);
} lists[] = {
	{ OPTION_LIST_COMMANDS, 0, list_commands },
	{ OPTION_LIST_OPTIONS, 1, list_options },
	{ OPTION_LIST_KINDS, 0, list_kinds },
};

enum {
	LIST_COUNT = sizeof(lists) / sizeof(lists[0])
};

const struct command_table list_tables[] = {
	{ "commands", command_columns, OPTION_BIT(OPTION_LIST_COMMANDS) },
	{ "options", option_columns, OPTION_BIT(OPTION_LIST_OPTIONS) },
	{ "kinds", kind_columns, OPTION_BIT(OPTION_LIST_KINDS) },
	{ 0 },
};

static struct vmspy_error *print_list(const struct list *list, const struct arguments *arguments)
{
	struct output output;
	struct render *render;
	struct vmspy_error *err, *ended;

	if (arguments->operand_count != list->operand_count)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "option '--%s' needs %s",
					  option_specs[list->chosen_by].name,
					  list->operand_count ? "one command" : "no command");
	if ((err = output_choose(arguments, &output)))
		return err;
	if ((err = render_begin(&output.style, arguments->command->name, NULL, &render)))
		return err;
	render_table_begin(render, command_table(arguments)->key, &output.columns);
	err = list->print(arguments, render);
	render_table_end(render);
	ended = render_end(render);
	if (!err)
		return ended;
	vmspy_error_destroy(ended);
	return err;
}

bool list_is_asked(const struct arguments *arguments)
{
	for (size_t i = 0; i < LIST_COUNT; i++)
		if (is_given(arguments, lists[i].chosen_by))
			return true;
	return false;
}

int list_run(const struct arguments *arguments)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; i < LIST_COUNT; i++)
		if (is_given(arguments, lists[i].chosen_by))
			err = print_list(&lists[i], arguments);
	return err ? trouble(err) : STATUS_DONE;
}
