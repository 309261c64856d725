#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"

#include "base/banned.h"

static enum render_format format_of(const struct arguments *arguments)
{
	if (is_given(arguments, OPTION_JSON))
		return RENDER_JSON;
	return is_given(arguments, OPTION_RAW) ? RENDER_RAW : RENDER_TEXT;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

/* Source: https://no-color.org; TERM=dumb is what Emacs and others set. */
static bool terminal_wants_colour(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !is_set("NO_COLOR") && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

static struct vmspy_error *choose_colour(const struct arguments *arguments, bool *ret)
{
	const char *when = arguments->value[OPTION_COLOR];

	if (!is_given(arguments, OPTION_COLOR) || (when && !strcmp(when, "auto")))
		*ret = terminal_wants_colour();
	else if (!when || !strcmp(when, "always"))
		*ret = true;
	else if (!strcmp(when, "never"))
		*ret = false;
	else
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "cannot colour '%s' (auto, always or never)", when);
	return NULL;
}

/* A file or a pipe gets lines as wide as they are. */
static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

struct vmspy_error *output_style(const struct arguments *arguments, struct render_style *ret)
{
	struct render_style style = {
		.format = format_of(arguments),
		.out = stdout,
		.no_headings = is_given(arguments, OPTION_NOHEADINGS),
		.in_bytes = is_given(arguments, OPTION_BYTES),
		.width = terminal_width(),
	};
	struct vmspy_error *err = choose_colour(arguments, &style.coloured);

	if (!err)
		*ret = style;
	return err;
}

struct vmspy_selection output_columns(const struct output *output,
				      const struct vmspy_column *columns)
{
	return vmspy_selection_default(
		columns, output->style.format == RENDER_JSON ? VMSPY_SHOW_JSON : VMSPY_SHOW_TEXT);
}

static struct vmspy_error *choose_columns(const struct arguments *arguments,
					  const struct vmspy_column *columns, struct output *output)
{
	output->columns = is_given(arguments, OPTION_OUTPUT_ALL) ? vmspy_selection_all(columns)
								 : output_columns(output, columns);
	if (!is_given(arguments, OPTION_OUTPUT))
		return NULL;
	return vmspy_selection_parse(columns, arguments->value[OPTION_OUTPUT], &output->columns);
}

/* What is sorted by a column has to be read, also where the column is not shown. */
static struct vmspy_error *choose_order(const struct arguments *arguments,
					const struct vmspy_column *columns, struct output *output)
{
	struct vmspy_error *err;

	if (!is_given(arguments, OPTION_SORT))
		return NULL;
	if ((err = vmspy_sort_parse(columns, arguments->value[OPTION_SORT], &output->sort)))
		return err;
	output->columns.needs |= output->sort.column->needs;
	return NULL;
}

struct vmspy_error *output_choose(const struct arguments *arguments, struct output *ret)
{
	const struct command_table *table = command_table(arguments);
	struct output output = { 0 };
	struct vmspy_error *err;

	if ((err = output_style(arguments, &output.style)))
		return err;
	output.style.raw_table = table->key;
	if ((err = choose_columns(arguments, table->columns, &output)) ||
	    (err = choose_order(arguments, table->columns, &output)))
		return err;
	*ret = output;
	return NULL;
}
