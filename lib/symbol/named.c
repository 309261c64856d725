#include "symbol/named.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "symbol/demangle.h"
#include "symbol/loaded.h"
#include "symbol/place.h"

#include "base/banned.h"

enum {
	CANDIDATES_MAX = 65536, /* mangled names of a file that may mean what is looked for */
	PLACES_MAX = 1024,      /* of one name; nobody reads more */
	COMPONENT_MAX = 4096,
};

void vmspy_named_list_deinit(struct vmspy_named_list *list)
{
	free(list->named);
	*list = (struct vmspy_named_list){ 0 };
}

/* --- what is looked for -------------------------------------------------------------------- */

/* "libc.so.6:environ" -> the file, and the name in it. */
struct wanted {
	const char *object; /* NULL: any file */
	size_t object_bytes;
	const char *name;
	size_t name_bytes;
	/*
	 * What the mangled name of it must hold: its last part, behind the number of its letters
	 * ("7counter"). Empty: nothing that can be mangled.
	 */
	char part[COMPONENT_MAX];
};

/* The first colon that is not one of two. ret: NULL: there is none. */
static const char *find_colon(const char *word)
{
	for (; (word = strchr(word, ':')); word += 2)
		if (word[1] != ':')
			return word;
	return NULL;
}

static bool is_of_identifier(char letter)
{
	return letter == '_' || (letter >= '0' && letter <= '9') ||
	       ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z') || letter & 0x80;
}

/* ret: where the parameters of a function, or of a template, begin. */
static const char *end_of_name(const char *name)
{
	static const char anonymous[] = "(anonymous namespace)";

	while (*name && *name != '<' && *name != '(')
		name++;
	if (strncmp(name, anonymous, sizeof(anonymous) - 1))
		return name;
	return end_of_name(name + sizeof(anonymous) - 1);
}

static void set_part(struct wanted *wanted)
{
	const char *end = end_of_name(wanted->name), *start = end;

	while (start > wanted->name && is_of_identifier(start[-1]))
		start--;
	if (start < end && end - start < COMPONENT_MAX / 2)
		snprintf(wanted->part, sizeof(wanted->part), "%zu%.*s", (size_t)(end - start),
			 (int)(end - start), start);
}

static void set_wanted(const char *word, struct wanted *ret)
{
	const char *colon = find_colon(word);

	*ret = (struct wanted){ .name = word };
	if (colon) {
		ret->object = word;
		ret->object_bytes = (size_t)(colon - word);
		ret->name = colon + 1;
	}
	ret->name_bytes = strlen(ret->name);
	set_part(ret);
}

/* Linkers write the version of a symbol behind it: "stdout@GLIBC_2.2.5". */
static bool is_this(const struct wanted *wanted, const char *name)
{
	return !strncmp(name, wanted->name, wanted->name_bytes) &&
	       (!name[wanted->name_bytes] || name[wanted->name_bytes] == '@');
}

/* What people write may leave out the parameters. */
static bool means_this(const struct wanted *wanted, const char *demangled)
{
	return demangled && !strncmp(demangled, wanted->name, wanted->name_bytes) &&
	       (!demangled[wanted->name_bytes] || demangled[wanted->name_bytes] == '(');
}

/* --- one file ------------------------------------------------------------------------------ */

struct candidate {
	struct vmspy_named named;
	enum vmspy_table_rank rank;
	size_t order; /* of its file */
};

struct candidates {
	struct candidate *candidate;
	char **name; /* of each */
	size_t count, room, name_room;
};

struct search {
	const struct wanted *wanted;
	struct vmspy_place place; /* the file that is searched */
	size_t order;
	struct candidates found;   /* has no names */
	struct candidates mangled; /* that may mean it */
};

static void forget_names(struct candidates *list)
{
	for (size_t i = 0; i < list->count && list->name; i++)
		free(list->name[i]);
	list->count = 0;
}

static void end_search(struct search *search)
{
	forget_names(&search->mangled);
	free(search->mangled.candidate);
	free(search->mangled.name);
	free(search->found.candidate);
}

static struct vmspy_error *add(struct candidates *list, const struct candidate *candidate)
{
	struct vmspy_error *err = vmspy_array_grow(&list->candidate, &list->room, list->count,
						   sizeof(*list->candidate));

	if (!err)
		list->candidate[list->count++] = *candidate;
	return err;
}

static struct vmspy_error *add_found(struct search *search, const struct candidate *candidate)
{
	return search->found.count == PLACES_MAX ? NULL : add(&search->found, candidate);
}

static struct vmspy_error *add_mangled(struct candidates *list, const struct candidate *candidate,
				       const char *name)
{
	struct vmspy_error *err;

	if (list->count == CANDIDATES_MAX)
		return NULL;
	err = vmspy_array_grow(&list->name, &list->name_room, list->count, sizeof(*list->name));
	if (err)
		return err;
	if (!(list->name[list->count] = strdup(name)))
		return vmspy_error_no_memory();
	if ((err = add(list, candidate)))
		free(list->name[list->count]);
	return err;
}

static struct vmspy_error *visit(const struct vmspy_image_symbol *symbol, void *context)
{
	struct search *search = context;
	const struct wanted *wanted = search->wanted;
	const struct candidate candidate = {
		.named = {
			.start = symbol->start + search->place.bias,
			.size_bytes = symbol->size_bytes,
			.object = search->place.object,
			.is_function = symbol->is_function,
		},
		.rank = symbol->rank,
		.order = search->order,
	};

	if (is_this(wanted, symbol->name))
		return add_found(search, &candidate);
	if (*wanted->part && vmspy_demangle_is_mangled(symbol->name) &&
	    strstr(symbol->name, wanted->part))
		return add_mangled(&search->mangled, &candidate, symbol->name);
	return NULL;
}

static struct vmspy_error *judge_mangled(struct search *search)
{
	struct candidates *list = &search->mangled;
	VMSPY_AUTO(vmspy_guard_free) char **plain = calloc(list->count + 1, sizeof(*plain));
	struct vmspy_error *err;

	if (!plain)
		return vmspy_error_no_memory();
	err = vmspy_demangle((const char *const *)list->name, list->count, plain);
	for (size_t i = 0; i < list->count; i++) {
		if (!err && means_this(search->wanted, plain[i]))
			err = add_found(search, &list->candidate[i]);
		free(plain[i]);
	}
	forget_names(list);
	return err;
}

/* A file that cannot be read has been counted: its place was found before. */
static struct vmspy_error *search_file(struct vmspy_modules *modules, struct search *search)
{
	const struct vmspy_image_visit all = { .visit = visit, .context = search };
	struct vmspy_error *err;
	int fd;

	if (!(err = vmspy_place_open(modules, &search->place, &fd)))
		err = vmspy_image_visit(fd, search->place.object, &all);
	err = vmspy_error_unless_no_memory(err);
	return err || !search->mangled.count ? err : judge_mangled(search);
}

/* --- all files ----------------------------------------------------------------------------- */

struct searching {
	struct vmspy_modules *modules;
	struct search search;
	uint64_t main_code; /* an address in the main program; 0: not known */
	size_t files;
};

static struct vmspy_error *search_place(const struct vmspy_place *place, void *context)
{
	struct searching *searching = context;
	struct search *search = &searching->search;
	const struct wanted *wanted = search->wanted;
	struct vmspy_place main_place = { 0 };
	struct vmspy_error *err = NULL;

	searching->files++;
	if (wanted->object &&
	    !vmspy_loaded_is_called(place->object, wanted->object, wanted->object_bytes))
		return NULL;
	if (searching->main_code)
		err = vmspy_place_find(searching->modules, searching->main_code, &main_place);
	if (err)
		return err;
	search->place = *place;
	search->order = main_place.image == place->image ? 0 : searching->files;
	return search_file(searching->modules, search);
}

static int compare(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->named.start > b->named.start) - (a->named.start < b->named.start);
}

/* Names in .symtab and .dynsym, or with two versions, lead to one place. */
static struct vmspy_error *take_places(struct candidates *found, struct vmspy_named_list *ret)
{
	struct vmspy_error *err;

	if (found->count)
		qsort(found->candidate, found->count, sizeof(*found->candidate), compare);
	for (size_t i = 0; i < found->count; i++) {
		bool is_known = false;

		for (size_t j = 0; j < ret->count; j++)
			is_known |= ret->named[j].start == found->candidate[i].named.start;
		if (is_known)
			continue;
		err = vmspy_array_grow(&ret->named, &ret->room, ret->count, sizeof(*ret->named));
		if (err)
			return err;
		ret->named[ret->count++] = found->candidate[i].named;
	}
	return NULL;
}

static void end_searching(struct searching *searching)
{
	end_search(&searching->search);
}

struct vmspy_error *vmspy_named_find(struct vmspy_modules *modules, const char *name,
				     struct vmspy_named_list *ret)
{
	const struct vmspy_layout *layout = vmspy_space_layout(vmspy_modules_space(modules));
	VMSPY_AUTO(vmspy_named_list_deinit) struct vmspy_named_list list = { 0 };
	VMSPY_AUTO(end_searching)
	struct searching searching = {
		.modules = modules,
		.main_code = layout->bounds.known ? layout->bounds.start_code : 0,
	};
	const struct vmspy_loaded_visit files = { .visit = search_place, .context = &searching };
	struct wanted wanted;
	struct vmspy_error *err;

	set_wanted(name, &wanted);
	searching.search.wanted = &wanted;
	if ((err = vmspy_loaded_visit_all(modules, &files)) ||
	    (err = take_places(&searching.search.found, &list)))
		return err;
	*ret = list;
	list = (struct vmspy_named_list){ 0 }; /* the caller's now */
	return NULL;
}
