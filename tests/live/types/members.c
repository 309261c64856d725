/*
 * What the library says of the members that differ between two processes, in lines for a shell.
 *
 *   members A B [MAX]
 *
 * variable NAME | TYPE | VALUE-A | VALUE-B | members left out
 * member PATH | TYPE | VALUE-A | VALUE-B | bytes, "union" where it is in one
 * note TEXT
 */
#include <stdio.h>
#include <stdlib.h>

#include "vmspy.h"

enum {
	MEMBERS_MAX = 64
};

static void check(struct vmspy_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "members: %s\n", vmspy_error_message(err));
	exit(2);
}

static const char *text_of(const struct vmspy_value *value)
{
	return value->text[0] ? value->text : "-";
}

static void print_typed(const struct vmspy_changed *changed, const struct vmspy_typed *typed)
{
	printf("variable %s | %s | %s | %s | %zu\n", typed->name ? typed->name : changed->name,
	       typed->type ? typed->type : "-", text_of(&typed->value_a), text_of(&typed->value_b),
	       typed->left_out_count);
	for (size_t i = 0; i < typed->member_count; i++) {
		const struct vmspy_member *member = &typed->member[i];

		printf("member %s | %s | %s | %s | %ju%s\n", member->path, member->type,
		       text_of(&member->value_a), text_of(&member->value_b),
		       (uintmax_t)member->size_bytes, member->in_union ? " union" : "");
	}
}

int main(int argc, char **argv)
{
	struct vmspy_pair_options options = { .content = VMSPY_CONTENT_ALL };
	struct vmspy_changed_list changed = { 0 };
	struct vmspy_typed_list typed = { 0 };
	struct vmspy_modules *modules = NULL;
	struct vmspy_space *a, *b;
	struct vmspy_pair pair;
	struct vmspy_host host;

	if (argc < 3)
		return 2;
	check(vmspy_host_probe(&host));
	check(vmspy_space_open((pid_t)strtol(argv[1], NULL, 10), &host, &a));
	check(vmspy_space_open((pid_t)strtol(argv[2], NULL, 10), &host, &b));
	check(vmspy_pair_compare(a, b, &options, &pair));
	check(vmspy_modules_create(a, &modules));
	check(vmspy_changed_find(&pair, modules, &changed));
	check(vmspy_typed_find(&pair, modules, &changed,
			       argc > 3 ? strtoul(argv[3], NULL, 10) : MEMBERS_MAX, &typed));
	for (size_t i = 0; i < changed.count; i++)
		if (changed.changed[i].name)
			print_typed(&changed.changed[i], &typed.typed[i]);
	for (size_t i = 0; i < typed.note_count; i++)
		printf("note %s\n", typed.note[i]);
	vmspy_typed_list_deinit(&typed);
	vmspy_changed_list_deinit(&changed);
	vmspy_modules_destroy(modules);
	vmspy_pair_deinit(&pair);
	vmspy_space_close(b);
	vmspy_space_close(a);
	return 0;
}
