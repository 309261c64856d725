/* Findings that have a name: variables, kinds of objects, threads. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/human.h"
#include "blame/finders.h"

#include "base/banned.h"

enum {
	NEAR_COUNT_MIN = 16,      /* changed words beside like pointers that are no accident */
	SMALL_CHANGE_BYTES = 256, /* "diverged for 12 bytes" is a surprise up to here */
};

/* --- variables ----------------------------------------------------------------------------- */

/* ret: NULL: its type is not known. */
static const struct vmspy_typed *typed_of(const struct vmspy_findings_maker *maker,
					  const struct vmspy_changed *changed)
{
	const struct vmspy_typed_list *list = maker->evidence->typed;
	size_t index = (size_t)(changed - maker->evidence->changed->changed);

	return list && index < list->count ? &list->typed[index] : NULL;
}

/* As people write it. Borrowed. */
static const char *variable_name(const struct vmspy_findings_maker *maker,
				 const struct vmspy_changed *changed)
{
	const struct vmspy_typed *typed = typed_of(maker, changed);

	return typed && typed->name ? typed->name : changed->name;
}

/* What all changed variables of one file have in common. */
struct file_change {
	const char *object;
	const struct vmspy_changed *largest; /* variable */
	uint64_t bytes;
	size_t variable_count;
};

static void add_to_file(const struct vmspy_changed *changed, struct file_change *file)
{
	if (!file->largest || changed->changed_bytes > file->largest->changed_bytes)
		file->largest = changed;
	file->bytes += changed->changed_bytes;
	file->variable_count++;
}

struct file_changes {
	struct file_change *file;
	size_t count, room;
};

static void end_file_changes(struct file_changes *files)
{
	free(files->file);
}

static struct vmspy_error *find_file(struct file_changes *files, const char *object,
				     struct file_change **ret)
{
	struct vmspy_error *err;
	size_t i = 0;

	while (i < files->count && strcmp(files->file[i].object, object) != 0)
		i++;
	if (i == files->count) {
		err = vmspy_array_grow(&files->file, &files->room, i, sizeof(*files->file));
		if (err)
			return err;
		files->file[files->count++] = (struct file_change){ .object = object };
	}
	*ret = &files->file[i];
	return NULL;
}

static struct vmspy_error *add_up_files(const struct vmspy_changed_list *list,
					struct file_changes *files)
{
	struct file_change *file;
	struct vmspy_error *err;

	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_changed *changed = &list->changed[i];

		if (!changed->name || !changed->object ||
		    changed->changed_bytes == VMSPY_CHANGED_UNKNOWN)
			continue;
		if ((err = find_file(files, changed->object, &file)))
			return err;
		add_to_file(changed, file);
	}
	return NULL;
}

/* What is known of a file's diverged pages, whether variables lie there or not. */
struct file_pages {
	uint64_t diverged, compared, changed_bytes;
};

/* Of a file, and of the bss behind it, which has no name of its own. */
static struct file_pages pages_of(const struct vmspy_findings_maker *maker, const char *object)
{
	const struct vmspy_pair *pair = maker->pair;
	struct file_pages pages = { 0 };
	const char *name = NULL;

	for (size_t i = 0; i < pair->intervals.count; i++) {
		const struct vmspy_mapping *mapping = pair->intervals.interval[i].a;

		if (mapping && (mapping->vma.name || mapping->kind != VMSPY_KIND_BSS))
			name = mapping->vma.name;
		if (!mapping || !name || strcmp(name, object) != 0)
			continue;
		pages.diverged += pair->counts[i].state_pages[VMSPY_STATE_DIVERGED];
		pages.compared += pair->counts[i].compared_pages;
		pages.changed_bytes += pair->counts[i].changed_bytes;
	}
	return pages;
}

/* Few bytes of variables are no reason yet: what has no symbol may have changed more. */
static bool is_small_change(const struct file_pages *pages)
{
	return pages->diverged && pages->compared == pages->diverged &&
	       pages->changed_bytes <= SMALL_CHANGE_BYTES;
}

/* A few bytes of one library that cost it a page: stdio buffers, a lock, a counter. */
static struct vmspy_error *tell_small_change(struct vmspy_findings_maker *maker,
					     const struct file_change *file,
					     const struct file_pages *pages)
{
	struct vmspy_finding_name object = vmspy_finding_short_name_of(file->object),
				  variable = vmspy_finding_name_of(
					  variable_name(maker, file->largest));
	const struct vmspy_finding_draft draft = { pages->diverged, file->object };
	char size[VMSPY_HUMAN_MAX], copied[VMSPY_HUMAN_MAX];

	vmspy_human_size(pages->changed_bytes, size);
	vmspy_human_size(vmspy_finding_bytes(maker, pages->diverged), copied);
	if (file->bytes != pages->changed_bytes)
		return vmspy_finding_add(maker, &draft, "%s of %s diverged for %s, %s among them",
					 copied, object.text, size, variable.text);
	if (file->variable_count == 1)
		return vmspy_finding_add(maker, &draft, "%s of %s diverged for %s in %s", copied,
					 object.text, size, variable.text);
	return vmspy_finding_add(maker, &draft,
				 "%s of %s diverged for %s in %zu variables, most in %s", copied,
				 object.text, size, file->variable_count, variable.text);
}

struct vmspy_error *vmspy_find_small_change(struct vmspy_findings_maker *maker)
{
	VMSPY_AUTO(end_file_changes) struct file_changes files = { 0 };
	struct vmspy_error *err = add_up_files(maker->evidence->changed, &files);
	const struct file_change *most = NULL;
	struct file_pages of_most = { 0 };

	for (size_t i = 0; !err && i < files.count; i++) {
		struct file_pages pages = pages_of(maker, files.file[i].object);

		if (!is_small_change(&pages) || pages.diverged <= of_most.diverged)
			continue;
		most = &files.file[i];
		of_most = pages;
	}
	return err || !most ? err : tell_small_change(maker, most, &of_most);
}

/* In terms of its type, if that is known. */
static const char *value_text(const struct vmspy_value *typed, const struct vmspy_value *plain)
{
	return typed->text[0] ? typed->text : plain->text;
}

static struct vmspy_error *tell_members(struct vmspy_findings_maker *maker,
					const struct vmspy_finding_draft *draft,
					const struct vmspy_typed *typed)
{
	struct vmspy_finding_name name = vmspy_finding_name_of(draft->subject);
	const struct vmspy_member *first = typed->member;
	struct vmspy_finding_name path = vmspy_finding_name_of(first->path);

	if (typed->member_count + typed->left_out_count == 1)
		return vmspy_finding_add(maker, draft, "%s is %s in a and %s in b", path.text,
					 first->value_a.text, first->value_b.text);
	return vmspy_finding_add(maker, draft,
				 "%zu members of %s differ, such as %s: %s in a and %s in b",
				 typed->member_count + typed->left_out_count, name.text, path.text,
				 first->value_a.text, first->value_b.text);
}

/* The first variable of the list is the one that a reader asks for first. */
struct vmspy_error *vmspy_find_variable(struct vmspy_findings_maker *maker)
{
	const struct vmspy_changed *changed = maker->evidence->changed->changed;
	const struct vmspy_typed none = { 0 }, *typed;
	struct vmspy_finding_draft draft = { 0, NULL };
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_finding_name name;
	const char *a, *b;

	if (!maker->evidence->changed->count || !changed->name)
		return NULL;
	typed = typed_of(maker, changed);
	typed = typed ? typed : &none;
	draft.subject = variable_name(maker, changed);
	name = vmspy_finding_name_of(draft.subject);
	draft.pages = changed->diverged_pages;
	if (typed->member_count && typed->member->value_a.text[0])
		return tell_members(maker, &draft, typed);
	a = value_text(&typed->value_a, &changed->value_a);
	b = value_text(&typed->value_b, &changed->value_b);
	if (*a && *b)
		return vmspy_finding_add(maker, &draft, "%s is %s in a and %s in b", name.text, a,
					 b);
	if (changed->changed_bytes == VMSPY_CHANGED_UNKNOWN)
		return NULL;
	vmspy_human_size(changed->changed_bytes, size);
	return vmspy_finding_add(maker, &draft, "%s differs in %s", name.text, size);
}

/* Clues rest on the pages that were compared: how many there may be among all. */
static uint64_t of_all(const struct vmspy_pair *pair, uint64_t pages)
{
	const struct vmspy_counts *totals = &pair->totals;

	if (pair->content.exact || !totals->compared_pages)
		return pages;
	return (uint64_t)((double)pages / (double)totals->compared_pages *
			  (double)totals->state_pages[VMSPY_STATE_DIVERGED]);
}

struct vmspy_error *vmspy_find_clue(struct vmspy_findings_maker *maker)
{
	const struct vmspy_clue_list *clues = maker->evidence->clues;
	const struct vmspy_clue *first = clues->clue, *second = first + 1;
	struct vmspy_finding_draft draft = { 0, NULL };
	char pages[VMSPY_HUMAN_MAX], words[VMSPY_HUMAN_MAX], more[VMSPY_HUMAN_MAX];
	struct vmspy_finding_name name, other;

	if (!clues->count)
		return NULL;
	name = vmspy_finding_name_of(first->name);
	draft.subject = first->name;
	draft.pages = of_all(maker->pair, first->pages);
	vmspy_human_count(clues->counted_pages, pages);
	vmspy_human_count(first->words, words);
	if (clues->count == 1)
		return vmspy_finding_add(
			maker, &draft,
			"%s diverged pages without symbols hold %s pointers to %s (evidence, "
			"not proof)",
			pages, words, name.text);
	other = vmspy_finding_name_of(second->name);
	vmspy_human_count(second->words, more);
	return vmspy_finding_add(
		maker, &draft,
		"%s diverged pages without symbols hold %s pointers to %s, %s to %s (evidence, "
		"not proof)",
		pages, words, name.text, more, other.text);
}

/* Equal distances from like pointers, again and again: one field of one kind of object. */
struct vmspy_error *vmspy_find_field(struct vmspy_findings_maker *maker)
{
	const struct vmspy_clue_list *clues = maker->evidence->clues;
	const struct vmspy_clue *most = NULL;
	struct vmspy_finding_draft draft = { 0, NULL };
	char words[VMSPY_HUMAN_MAX];
	struct vmspy_finding_name name;

	for (size_t i = 0; i < clues->count; i++)
		if (!most || clues->clue[i].changed_words > most->changed_words)
			most = &clues->clue[i];
	if (!most || most->changed_words < NEAR_COUNT_MIN)
		return NULL;
	name = vmspy_finding_name_of(most->name);
	draft.subject = most->name;
	draft.pages = of_all(maker->pair,
			     most->changed_words < most->pages ? most->changed_words : most->pages);
	vmspy_human_count(most->changed_words, words);
	return vmspy_finding_add(
		maker, &draft, "changed word at %+" PRId64 " from a pointer to %s: %s times%s",
		most->changed_distance_bytes, name.text, words,
		most->changed_distance_bytes < 0 ? ", as a reference count would be" : "");
}

struct vmspy_error *vmspy_find_stack(struct vmspy_findings_maker *maker)
{
	const struct vmspy_stacks *stacks = maker->evidence->stacks;
	const struct vmspy_stack *first = stacks->stack;
	const struct vmspy_thread *thread;
	struct vmspy_finding_draft draft = { 0, NULL };
	char size[VMSPY_HUMAN_MAX];
	struct vmspy_finding_name name;

	if (!stacks->count)
		return NULL;
	thread = first->thread_a ? first->thread_a : first->thread_b;
	if (!thread)
		return NULL;
	name = vmspy_finding_name_of(thread->comm[0] ? thread->comm : "?");
	draft.subject = thread->comm[0] ? thread->comm : NULL;
	draft.pages = first->diverged_pages;
	vmspy_human_size(vmspy_finding_bytes(maker, first->diverged_pages), size);
	return vmspy_finding_add(maker, &draft, "%s of the stack of thread %d (%s) diverged", size,
				 (int)thread->tid, name.text);
}
