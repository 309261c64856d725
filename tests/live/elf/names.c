/*
 * What the library says of addresses and names of a process, in lines for a shell.
 *
 *   names PID <QUESTIONS
 *
 * NAME             NAME | link address | size | object, for each place; NAME | none
 * OBJECT+0xLINK    OBJECT+0xLINK | symbol | offset in it | size | section | file:line
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmspy.h"

enum {
	WORD_MAX = 4096
};

static void check(struct vmspy_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "names: %s\n", vmspy_error_message(err));
	exit(2);
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static void print_places(struct vmspy_modules *modules, const char *name)
{
	struct vmspy_named_list list = { 0 };

	check(vmspy_named_find(modules, name, &list));
	if (!list.count)
		printf("%s | none\n", name);
	for (size_t i = 0; i < list.count; i++) {
		struct vmspy_spot spot = { 0 };

		check(vmspy_spot_find(modules, list.named[i].start, &spot));
		printf("%s | %016" PRIx64 " | %" PRIu64 " | %s\n", name, spot.link_address,
		       list.named[i].size_bytes, list.named[i].object);
		vmspy_spot_deinit(&spot);
	}
	vmspy_named_list_deinit(&list);
}

static void print_spot(struct vmspy_modules *modules, char *word, char *plus)
{
	struct vmspy_source_line line = { 0 };
	struct vmspy_spot spot = { 0 };
	uint64_t address;

	*plus = '\0';
	check(vmspy_object_address(modules, word, strtoull(plus + 1, NULL, 16), &address));
	check(vmspy_spot_find(modules, address, &spot));
	check(vmspy_source_lines_find(modules, &address, 1, &line));
	printf("%s+%s | %s | %" PRIu64 " | %" PRIu64 " | %s | %s:%u\n", word, plus + 1,
	       or_dash(spot.symbol), spot.symbol ? address - spot.symbol_start : 0,
	       spot.symbol_bytes, or_dash(spot.section), or_dash(line.file), line.line);
	vmspy_source_line_deinit(&line);
	vmspy_spot_deinit(&spot);
}

int main(int argc, char **argv)
{
	struct vmspy_modules *modules = NULL;
	struct vmspy_space *space;
	struct vmspy_host host;
	char word[WORD_MAX];

	if (argc != 2)
		return 2;
	check(vmspy_host_probe(&host));
	check(vmspy_space_open((pid_t)strtol(argv[1], NULL, 10), &host, &space));
	check(vmspy_space_load(space));
	check(vmspy_modules_create(space, &modules));
	while (fgets(word, sizeof(word), stdin)) {
		char *plus;

		word[strcspn(word, "\n")] = '\0';
		plus = strstr(word, "+0x");
		if (plus)
			print_spot(modules, word, plus);
		else
			print_places(modules, word);
	}
	vmspy_modules_destroy(modules);
	vmspy_space_close(space);
	return 0;
}
