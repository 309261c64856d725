/* vmspy: find the command, run it, and see that stdout took what was said. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "command.h"
#include "help.h"
#include "lists.h"
#include "message.h"
#include "options.h"

#include "base/banned.h"

static int run(const struct arguments *arguments)
{
	if (is_given(arguments, OPTION_HELP)) {
		help_print_command(arguments->command, stdout);
		return STATUS_DONE;
	}
	if (is_given(arguments, OPTION_VERSION)) {
		printf("vmspy %s\n", VMSPY_VERSION);
		return STATUS_DONE;
	}
	if (is_given(arguments, OPTION_LIST_COLUMNS))
		return list_columns(arguments);
	return arguments->command->run(arguments);
}

static bool is_option(const char *word, char letter, const char *name)
{
	if (word[0] == '-' && word[1] == letter && !word[2])
		return true;
	return word[0] == '-' && word[1] == '-' && !strcmp(word + 2, name);
}

/* `vmspy --help` and `vmspy --version` are commands that look like options. */
static int run_option(const char *word)
{
	if (is_option(word, 'h', "help")) {
		help_print(stdout);
		return STATUS_DONE;
	}
	if (is_option(word, 'V', "version")) {
		printf("vmspy %s\n", VMSPY_VERSION);
		return STATUS_DONE;
	}
	say("unknown option '%s' before the command ('vmspy help' lists the commands)", word);
	return STATUS_TROUBLE;
}

static int run_words(char **words, size_t count)
{
	const struct command *command;
	struct arguments arguments;
	struct vmspy_error *err;

	if (!count) {
		help_print(stderr);
		return STATUS_TROUBLE;
	}
	if (words[0][0] == '-')
		return run_option(words[0]);
	if ((err = help_find_command(words[0], &command)))
		return trouble(err);
	if ((err = arguments_parse(command, words + 1, count - 1, &arguments)))
		return trouble(err);
	return run(&arguments);
}

/*
 * Results that did not arrive are trouble, whatever the command thought. A stdout that was closed
 * all along is not missed by those who said nothing (diff --quiet).
 */
static int close_stdout(int status)
{
	bool failed = ferror(stdout), was_silent = !failed && !__fpending(stdout);

	/* Why is known to the last write alone. They are broken: one more byte does no harm. */
	if (failed && !__fpending(stdout))
		putchar('\n');
	errno = 0;
	if (!fclose(stdout) && !failed)
		return status;
	if (was_silent && errno == EBADF)
		return status;
	say("cannot write the results: %s", errno ? strerror(errno) : "stdout did not take them");
	return STATUS_TROUBLE;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	/* A reader that went away had enough, also where the signal was ignored. */
	signal(SIGPIPE, SIG_DFL);
	return close_stdout(run_words(argv + 1, argc > 0 ? (size_t)argc - 1 : 0));
}
