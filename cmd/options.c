#include "options.h"

#include <ctype.h>
#include <string.h>

#include "command.h"
#include "report/nearest.h"

#include "base/banned.h"

const struct option_spec option_specs[OPTION_COUNT] = {
	[OPTION_LAYOUT] = { 0, "layout", NULL, false,
			    "draw the address space, with what is where in it" },
	[OPTION_SUMMARY] = { 0, "summary", "BY", true,
			     "only the sums; of mappings: by kind or by object" },
	[OPTION_GAPS] = { 0, "gaps", NULL, false, "show also what is not mapped between them" },
	[OPTION_LIST] = { 0, "list", NULL, false, "list ranges of pages that are alike" },
	[OPTION_EACH] = { 0, "each", NULL, false, "list every page" },
	[OPTION_SHARERS] = { 0, "sharers", NULL, false,
			     "count the pages by how often they are mapped" },
	[OPTION_HUGE] = { 0, "huge", NULL, false, "show how huge pages are used, by mapping" },
	[OPTION_AGAINST] = { 0, "against", "TARGET", false,
			     "show the same address of this process beside it" },
	[OPTION_TID] = { 0, "tid", "TID", false, "the thread that registers are read of" },
	[OPTION_RANGE] = { 0, "range", "START-END", false, "only what overlaps these addresses" },
	[OPTION_KIND] = { 0, "kind", "LIST", false, "only mappings of these kinds" },
	[OPTION_OBJECT] = { 0, "object", "PATTERN", false,
			    "only mappings of this object: name or path, * and ?" },
	[OPTION_FLAGS] = { 0, "flags", "LIST", false,
			   "only pages with these flags; !FLAG: without it" },
	[OPTION_ALL_FLAGS] = { 0, "all-flags", NULL, false,
			       "tell pages apart by all flags, not the well known" },
	[OPTION_FILTER] = { 0, "filter", "LIST", false,
			    "only rows of which this is true: RSS>1M,KIND=anon" },
	[OPTION_RUNS] = { 0, "runs", NULL, false,
			  "list the runs of alike pages, with both frames" },
	[OPTION_SYMBOLS] = { 0, "symbols", "N", true,
			     "list the variables: N on most diverged pages, or all" },
	[OPTION_VALUES] = { 0, "values", NULL, false,
			    "list all changed members, with their values in full" },
	[OPTION_CLUES] = { 0, "clues", NULL, false,
			   "list all that diverged pages without symbols point to" },
	[OPTION_STACKS] = { 0, "stacks", NULL, false,
			    "name the functions that have diverged stack pages" },
	[OPTION_HEX] = { 0, "hex", "ADDRESS", false,
			 "show the page of this address, with both sides" },
	[OPTION_SORT] = { 0, "sort", "COLUMN", false,
			  "sort by it, largest first; +COLUMN: smallest first" },
	[OPTION_CONTENT] = { 0, "content", "HOW", true,
			     "compare bytes of diverged pages: all, sample, none" },
	[OPTION_NO_SIBLINGS] = { 0, "no-siblings", NULL, false,
				 "do not ask the parent's other children who wrote" },
	[OPTION_ALL] = { 'a', "all", NULL, false,
			 "show also the mappings in which nothing diverged" },
	[OPTION_MAX_DIVERGED] = { 0, "max-diverged", "LIMIT", false,
				  "exit 1 only above this: 200 (pages), 4M or 2.5%" },
	[OPTION_WATCH] = { 0, "watch", "SECONDS", true,
			   "compare every 2 seconds, and print what changed" },
	[OPTION_CALL_GRAPH] = { 0, "call-graph", "HOW", true,
				"show who called: fp (the usual way), dwarf, none" },
	[OPTION_FAULTS] = { 0, "faults", NULL, false, "show also faults that copied nothing" },
	[OPTION_FOLDED] = { 0, "folded", NULL, false,
			    "print the stacks of copies, for flame graphs" },
	[OPTION_DEPTH] = { 0, "depth", "N", false,
			   "follow children down to the Nth generation; 0: none" },
	[OPTION_CHILDREN_ONLY] = { 0, "children-only", NULL, false,
				   "only what descendants of the target copy" },
	[OPTION_DURATION] = { 0, "duration", "TIME", false, "end after 5, 1.5s, 500ms or 2m" },
	[OPTION_UNTIL_EXIT] = { 0, "until-exit", NULL, false,
				"end with the target, not with its last descendant" },
	[OPTION_NO_EVENTS] = { 0, "no-events", NULL, false,
			       "ask the page words alone: nobody tells who wrote" },
	[OPTION_RING] = { 0, "ring", "SIZE", false, "room for events of each CPU: a power of two" },
	[OPTION_WRITE] = { 'w', "write", "FILE", false, "write the events to FILE" },
	[OPTION_LIST_COMMANDS] = { 0, "list-commands", NULL, false, "list the commands" },
	[OPTION_LIST_OPTIONS] = { 0, "list-options", NULL, false, "list the options of COMMAND" },
	[OPTION_LIST_KINDS] = { 0, "list-kinds", NULL, false,
				"list the kinds of mappings and how each is recognised" },
	[OPTION_OUTPUT] = { 'o', "output", "LIST", false,
			    "show these columns; +LIST: behind the usual ones" },
	[OPTION_OUTPUT_ALL] = { 0, "output-all", NULL, false, "show all columns" },
	[OPTION_LIST_COLUMNS] = { 'H', "list-columns", NULL, false, "list the columns and exit" },
	[OPTION_JSON] = { 'J', "json", NULL, false, "print one JSON object" },
	[OPTION_RAW] = { 'r', "raw", NULL, false,
			 "print one table for scripts: in bytes, no padding" },
	[OPTION_NOHEADINGS] = { 'n', "noheadings", NULL, false, "do not print headings" },
	[OPTION_BYTES] = { 'b', "bytes", NULL, false, "print sizes in bytes" },
	[OPTION_COLOR] = { 0, "color", "WHEN", true, "colour the text: auto, always or never" },
	[OPTION_QUIET] = { 'q', "quiet", NULL, false, "print nothing: the exit status answers" },
	[OPTION_HOLD] = { 0, "hold", NULL, false, "stop the process while it is read" },
	[OPTION_NO_HOLD] = { 0, "no-hold", NULL, false, "never stop a process" },
	[OPTION_MAX_HOLD] = { 0, "max-hold", "MS", false,
			      "hold both in slices, none longer than MS ms" },
	[OPTION_HELP] = { 'h', "help", NULL, false, "print this help and exit" },
	[OPTION_VERSION] = { 'V', "version", NULL, false, "print the version and exit" },
};

/* Of each of these sets one option can be given. */
static const uint64_t exclusive[] = {
	OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_RAW),
	OPTION_BIT(OPTION_HOLD) | OPTION_BIT(OPTION_NO_HOLD),
	OPTION_BIT(OPTION_MAX_HOLD) | OPTION_BIT(OPTION_NO_HOLD),
	OPTION_BIT(OPTION_HOLD) | OPTION_BIT(OPTION_EACH),
	OPTION_BIT(OPTION_SORT) | OPTION_BIT(OPTION_EACH),
	OPTION_BIT(OPTION_SUMMARY) | OPTION_BIT(OPTION_GAPS),
	OPTION_BIT(OPTION_HEX) | OPTION_BIT(OPTION_RAW),
	OPTION_BIT(OPTION_HEX) | OPTION_BIT(OPTION_QUIET),
	OPTION_BIT(OPTION_FOLDED) | OPTION_BIT(OPTION_JSON),
	OPTION_BIT(OPTION_FOLDED) | OPTION_BIT(OPTION_RAW),
	OPTION_BIT(OPTION_FOLDED) | OPTION_BIT(OPTION_SUMMARY),
	OPTION_BIT(OPTION_WRITE) | OPTION_BIT(OPTION_RAW),
	OPTION_BIT(OPTION_CALL_GRAPH) | OPTION_BIT(OPTION_NO_EVENTS),
	/* It goes on until it is told to end: its exit status answers nothing. */
	OPTION_BIT(OPTION_WATCH) | OPTION_BIT(OPTION_QUIET),
	OPTION_BIT(OPTION_WATCH) | OPTION_BIT(OPTION_MAX_DIVERGED),
	OPTION_BIT(OPTION_WATCH) | OPTION_BIT(OPTION_HEX),
	OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_OUTPUT_ALL),
	/* The layout is that of all mappings, in the order of their addresses. */
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_SUMMARY),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_GAPS),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_RANGE),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_KIND),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_OBJECT),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_FILTER),
	OPTION_BIT(OPTION_LAYOUT) | OPTION_BIT(OPTION_SORT),
	OPTION_BIT(OPTION_LIST_COMMANDS) | OPTION_BIT(OPTION_LIST_OPTIONS) |
		OPTION_BIT(OPTION_LIST_KINDS),
};

enum {
	EXCLUSIVE_COUNT = sizeof(exclusive) / sizeof(exclusive[0])
};

/* The words that are left to read. */
struct words {
	char **at, **end;
};

static bool takes(const struct command *command, enum option_id id)
{
	return (command->options | OPTIONS_ALL) & OPTION_BIT(id);
}

static struct vmspy_error *unknown_long(const struct command *command, const char *name,
					size_t length)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(name, length);

	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (takes(command, id))
			vmspy_nearest_try(&nearest, option_specs[id].name);
	if (nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "unknown option '--%.*s' (did you mean '--%s'?)",
					  (int)length, name, nearest.name);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "unknown option '--%.*s' ('vmspy help %s' lists them)",
				  (int)length, name, command->name);
}

static struct vmspy_error *find_long(const struct command *command, const char *name, size_t length,
				     enum option_id *ret)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (takes(command, id) && strlen(option_specs[id].name) == length &&
		    !memcmp(option_specs[id].name, name, length)) {
			*ret = id;
			return NULL;
		}
	return unknown_long(command, name, length);
}

static struct vmspy_error *find_letter(const struct command *command, char letter,
				       enum option_id *ret)
{
	for (enum option_id id = 0; id < OPTION_COUNT; id++)
		if (takes(command, id) && option_specs[id].letter == letter) {
			*ret = id;
			return NULL;
		}
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "unknown option '-%c' ('vmspy help %s' lists them)", letter,
				  command->name);
}

static void keep(struct arguments *arguments, enum option_id id, const char *value)
{
	arguments->given |= OPTION_BIT(id);
	arguments->value[id] = value;
}

/* The argument is `inner` (behind a `=` or the letter) or, if that is NULL, the next word. */
static struct vmspy_error *keep_argument(struct arguments *arguments, enum option_id id,
					 const char *inner, struct words *words)
{
	const struct option_spec *spec = &option_specs[id];

	if (!inner && !spec->optional) {
		if (words->at == words->end)
			return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
						  "option '--%s' needs an argument: %s", spec->name,
						  spec->argument);
		inner = *words->at++;
	}
	keep(arguments, id, inner);
	return NULL;
}

static struct vmspy_error *parse_long(struct arguments *arguments, const char *name,
				      struct words *words)
{
	size_t length = strcspn(name, "=");
	const char *inner = name[length] ? name + length + 1 : NULL;
	struct vmspy_error *err;
	enum option_id id;

	if ((err = find_long(arguments->command, name, length, &id)))
		return err;
	if (option_specs[id].argument)
		return keep_argument(arguments, id, inner, words);
	if (inner)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "option '--%s' takes no argument",
					  option_specs[id].name);
	keep(arguments, id, NULL);
	return NULL;
}

/* One word may hold several letters, the last of them with its argument: -no LIST, -noLIST. */
static struct vmspy_error *parse_letters(struct arguments *arguments, const char *letters,
					 struct words *words)
{
	struct vmspy_error *err;
	enum option_id id;

	for (; *letters; letters++) {
		if ((err = find_letter(arguments->command, *letters, &id)))
			return err;
		if (option_specs[id].argument)
			return keep_argument(arguments, id, letters[1] ? letters + 1 : NULL, words);
		keep(arguments, id, NULL);
	}
	return NULL;
}

static bool is_operand(const char *word)
{
	return word[0] != '-' || !word[1] || isdigit((unsigned char)word[1]);
}

static struct vmspy_error *parse_words(struct arguments *arguments, struct words *words)
{
	bool options_end = false;
	struct vmspy_error *err;

	while (words->at < words->end) {
		char *word = *words->at++;

		err = NULL;
		if (options_end || is_operand(word)) {
			arguments->operand[arguments->operand_count++] = word;
		} else if (!strcmp(word, "--")) {
			options_end = true;
			arguments->before_end_count = arguments->operand_count;
		} else if (word[1] == '-') {
			err = parse_long(arguments, word + 2, words);
		} else {
			err = parse_letters(arguments, word + 1, words);
		}
		if (err)
			return err;
	}
	if (!options_end)
		arguments->before_end_count = arguments->operand_count;
	return NULL;
}

static enum option_id lowest(uint64_t options)
{
	return (enum option_id)__builtin_ctzll(options);
}

static struct vmspy_error *check_exclusive(const struct arguments *arguments)
{
	for (size_t i = 0; i < EXCLUSIVE_COUNT; i++) {
		uint64_t both = arguments->given & exclusive[i], others = both & (both - 1);

		if (others)
			return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
						  "options '--%s' and '--%s' exclude each other",
						  option_specs[lowest(both)].name,
						  option_specs[lowest(others)].name);
	}
	return NULL;
}

static struct vmspy_error *wrong_count(const struct command *command, const char *how_many)
{
	return vmspy_error_create(
		VMSPY_ERROR_BAD_DATA, "%s arguments (usage: vmspy %s [OPTION...]%s%s)", how_many,
		command->name, *command->arguments ? " " : "", command->arguments);
}

static struct vmspy_error *check_operands(const struct arguments *arguments)
{
	const struct command *command = arguments->command;

	if (arguments->given & (OPTIONS_ALL | OPTION_BIT(OPTION_LIST_COLUMNS)))
		return NULL;
	if (arguments->operand_count < command->operands_min)
		return wrong_count(command, "too few");
	if (arguments->operand_count > command->operands_max)
		return wrong_count(command, "too many");
	return NULL;
}

struct vmspy_error *arguments_parse(const struct command *command, char **words, size_t count,
				    struct arguments *ret)
{
	struct arguments arguments = { .command = command, .operand = words };
	struct words left = { words, words + count };
	struct vmspy_error *err;

	if ((err = parse_words(&arguments, &left)))
		return err;
	if ((err = check_exclusive(&arguments)))
		return err;
	if ((err = check_operands(&arguments)))
		return err;
	*ret = arguments;
	return NULL;
}
