#include "blame/clues.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "blame/pointee.h"
#include "symbol/bias.h"
#include "symbol/demangle.h"
#include "symbol/literals.h"
#include "symbol/lookup.h"

#include "base/banned.h"

enum {
	TARGETS_MAX = 4096,    /* the most frequent ones are named, until there are so many */
	NEGLIGIBLE_PART = 1000 /* a file with less of all words than this part is not opened */
};

/* An address that was named, and the clue that it belongs to. */
struct known {
	uint64_t address;
	size_t clue_index;
};

/* A file that words point into. */
struct pointed_file {
	const struct vmspy_vma *vma; /* a mapping of it */
	uint64_t words;
};

/* All that naming needs. */
struct search {
	const struct vmspy_pair *pair;
	struct vmspy_modules *modules;
	struct vmspy_census_target_list targets;
	struct vmspy_census_change_list changes;
	struct pointed_file *file;
	size_t file_count, file_room;
	struct known *known;
	size_t known_count, known_room;
	struct vmspy_clue_list list;
};

static void end_search(struct search *search)
{
	free(search->targets.target);
	free(search->changes.change);
	free(search->file);
	free(search->known);
	vmspy_clue_list_deinit(&search->list);
}

void vmspy_clue_list_deinit(struct vmspy_clue_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->clue[i].name);
	free(list->clue);
	*list = (struct vmspy_clue_list){ 0 };
}

/* --- which files are worth opening --------------------------------------------------------- */

static int compare_interval(const void *key, const void *item)
{
	uint64_t address = *(const uint64_t *)key;
	const struct vmspy_interval *interval = item;

	if (address < interval->start)
		return -1;
	return address >= interval->end;
}

/* ret: a mapping of the file that lies there: for bss, that of the data before it. NULL: none. */
static const struct vmspy_vma *vma_at(const struct search *search, uint64_t address)
{
	const struct vmspy_interval_list *list = &search->pair->intervals;
	const struct vmspy_interval *interval = bsearch(&address, list->interval, list->count,
							sizeof(*list->interval), compare_interval);

	while (interval && interval > list->interval && interval->a && !interval->a->vma.inode)
		interval--;
	return interval && interval->a ? &interval->a->vma : NULL;
}

/* ret: NULL: none of its addresses was met so far. */
static struct pointed_file *find_file(const struct search *search, const struct vmspy_vma *vma)
{
	for (size_t i = 0; i < search->file_count; i++)
		if (vmspy_bias_same_file(search->file[i].vma, vma))
			return &search->file[i];
	return NULL;
}

static struct vmspy_error *weigh_target(struct search *search,
					const struct vmspy_census_target *target)
{
	const struct vmspy_vma *vma = vma_at(search, target->address);
	struct pointed_file *file = vma ? find_file(search, vma) : NULL;
	struct vmspy_error *err;

	search->list.pointer_words += target->words;
	if (file)
		file->words += target->words;
	if (file || !vma)
		return NULL;
	err = vmspy_array_grow(&search->file, &search->file_room, search->file_count,
			       sizeof(*search->file));
	if (!err)
		search->file[search->file_count++] = (struct pointed_file){ vma, target->words };
	return err;
}

/* A file costs up to a second to read: for what hardly anything points to it is left alone. */
static bool is_worth_naming(const struct search *search, const struct vmspy_census_target *target)
{
	const struct vmspy_vma *vma = vma_at(search, target->address);
	const struct pointed_file *file = vma ? find_file(search, vma) : NULL;

	return file && file->words >= search->list.pointer_words / NEGLIGIBLE_PART;
}

/* --- names --------------------------------------------------------------------------------- */

/* Whether this is a place for literals: read-only data that no variable covers. */
static bool may_be_literal(const struct vmspy_symbol_list *symbols)
{
	static const char section[] = ".rodata";

	return symbols->count == 1 && !symbols->symbol[0].name && symbols->symbol[0].section &&
	       !strncmp(symbols->symbol[0].section, section, sizeof(section) - 1);
}

/* ret: filled but for the counts; name NULL: nobody knows one. */
static struct vmspy_error *name_address(const struct search *search, uint64_t address,
					struct vmspy_clue *ret)
{
	VMSPY_AUTO(vmspy_symbol_list_deinit) struct vmspy_symbol_list symbols = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_clue clue = { .address = address };
	const struct vmspy_symbol *symbol;
	struct vmspy_error *err;

	if ((err = vmspy_symbols_in(search->modules, address, address + 1, &symbols)))
		return err;
	symbol = vmspy_pointee_of(&symbols, address);
	if (symbol) {
		clue.address = symbol->start;
		err = vmspy_buf_printf(&text, "%s", symbol->name);
	} else if (may_be_literal(&symbols)) {
		symbol = &symbols.symbol[0];
		err = vmspy_literal_at(search->modules, address, &text);
	}
	if (err)
		return err;
	clue.object = symbol ? symbol->object : NULL;
	clue.name = vmspy_buf_take(&text);
	*ret = clue;
	return NULL;
}

/* --- clues --------------------------------------------------------------------------------- */

/* Take over a clue, or add it to that of the same object. ret: its index. */
static struct vmspy_error *add_clue(struct vmspy_clue_list *list, struct vmspy_clue *clue,
				    size_t *ret)
{
	struct vmspy_error *err;

	for (size_t i = 0; i < list->count; i++) {
		struct vmspy_clue *same = &list->clue[i];

		if (same->address != clue->address)
			continue;
		free(clue->name);
		same->words += clue->words;
		/* A page may point to several places in it: how many do is not known. */
		same->pages = clue->pages > same->pages ? clue->pages : same->pages;
		*ret = i;
		return NULL;
	}
	err = vmspy_array_grow(&list->clue, &list->room, list->count, sizeof(*list->clue));
	if (err) {
		free(clue->name);
		return err;
	}
	*ret = list->count;
	list->clue[list->count++] = *clue;
	return NULL;
}

static struct vmspy_error *add_target(struct search *search,
				      const struct vmspy_census_target *target)
{
	struct known known = { .address = target->address };
	struct vmspy_clue clue;
	struct vmspy_error *err;

	if ((err = name_address(search, target->address, &clue)) || !clue.name)
		return err;
	clue.words = target->words;
	clue.pages = target->pages;
	if ((err = add_clue(&search->list, &clue, &known.clue_index)) ||
	    (err = vmspy_array_grow(&search->known, &search->known_room, search->known_count,
				    sizeof(*search->known))))
		return err;
	search->known[search->known_count++] = known;
	return NULL;
}

static int by_address(const void *x, const void *y)
{
	const struct known *a = x, *b = y;

	return (a->address > b->address) - (a->address < b->address);
}

/* The changes come the commonest first: the first one of a clue is what it tells. */
static void add_changes(struct search *search)
{
	if (!search->known_count)
		return;
	qsort(search->known, search->known_count, sizeof(*search->known), by_address);
	for (size_t i = 0; i < search->changes.count; i++) {
		const struct vmspy_census_change *change = &search->changes.change[i];
		const struct known key = { .address = change->address };
		const struct known *known = bsearch(&key, search->known, search->known_count,
						    sizeof(*search->known), by_address);
		struct vmspy_clue *clue = known ? &search->list.clue[known->clue_index] : NULL;

		if (!clue || clue->changed_words)
			continue;
		clue->changed_distance_bytes = change->distance_bytes;
		clue->changed_words = change->words;
	}
}

static int by_words(const void *x, const void *y)
{
	const struct vmspy_clue *a = x, *b = y;

	if (a->words != b->words)
		return a->words > b->words ? -1 : 1;
	return (a->address > b->address) - (a->address < b->address);
}

static void keep_first(struct vmspy_clue_list *list)
{
	if (list->count)
		qsort(list->clue, list->count, sizeof(*list->clue), by_words);
	while (list->count > VMSPY_CLUES_MAX)
		free(list->clue[--list->count].name);
}

static struct vmspy_error *demangle(struct vmspy_clue_list *list)
{
	const char *mangled[VMSPY_CLUES_MAX];
	char *plain[VMSPY_CLUES_MAX] = { 0 };
	struct vmspy_error *err;

	for (size_t i = 0; i < list->count; i++)
		mangled[i] = list->clue[i].name;
	if ((err = vmspy_demangle(mangled, list->count, plain)))
		return err;
	for (size_t i = 0; i < list->count; i++) {
		if (!plain[i])
			continue;
		free(list->clue[i].name);
		list->clue[i].name = plain[i];
	}
	return NULL;
}

static struct vmspy_error *name_all(struct search *search)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < search->targets.count; i++)
		err = weigh_target(search, &search->targets.target[i]);
	for (size_t i = 0; !err && i < search->targets.count && i < TARGETS_MAX; i++)
		if (is_worth_naming(search, &search->targets.target[i]))
			err = add_target(search, &search->targets.target[i]);
	if (err)
		return err;
	add_changes(search);
	keep_first(&search->list);
	return demangle(&search->list);
}

struct vmspy_error *vmspy_clues_find(const struct vmspy_pair *pair, struct vmspy_modules *modules,
				     struct vmspy_clue_list *ret)
{
	VMSPY_AUTO(end_search) struct search search = { .pair = pair, .modules = modules };
	struct vmspy_error *err = NULL;

	if (pair->census) {
		if ((err = vmspy_census_targets(pair->census, &search.targets)) ||
		    (err = vmspy_census_changes(pair->census, &search.changes)))
			return err;
		search.list.counted_pages = vmspy_census_pages(pair->census);
		search.list.left_out_words = vmspy_census_left_out(pair->census);
		err = name_all(&search);
	}
	if (err)
		return err;
	*ret = search.list;
	search.list = (struct vmspy_clue_list){ 0 }; /* the caller owns it now */
	return NULL;
}
