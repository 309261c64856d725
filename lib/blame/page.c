#include "blame/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "blame/pointee.h"
#include "symbol/demangle.h"
#include "symbol/lookup.h"

#include "base/banned.h"

enum {
	WORD = 8,
	NEAR_BYTES = 256, /* a pointer further away is of another object */
};

/* A word of the page that points to the start of something with a name. */
struct pointer {
	size_t offset;
	char *name;
};

struct page {
	const struct vmspy_kept_page *kept;
	const struct vmspy_page_names *names;
	size_t page_bytes;
	struct vmspy_symbol_list symbols; /* that lie on it */
	struct pointer *pointer;          /* ascending; only where no symbol lies on it */
	size_t pointer_count;
	size_t pointer_room;
};

static void page_deinit(struct page *page)
{
	for (size_t i = 0; i < page->pointer_count; i++)
		free(page->pointer[i].name);
	free(page->pointer);
	vmspy_symbol_list_deinit(&page->symbols);
}

void vmspy_page_changes_deinit(struct vmspy_page_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->change[i].symbol);
		free(changes->change[i].clue);
	}
	free(changes->change);
	*changes = (struct vmspy_page_changes){ 0 };
}

/* --- names --------------------------------------------------------------------------------- */

static bool is_inside(uint64_t address, uint64_t start, uint64_t size_bytes)
{
	return address >= start && address - start < size_bytes;
}

/* ret: the smallest symbol around an address, NULL without one. */
static const struct vmspy_symbol *symbol_at(const struct page *page, uint64_t address)
{
	const struct vmspy_symbol *found = NULL;

	for (size_t i = 0; i < page->symbols.count; i++) {
		const struct vmspy_symbol *symbol = &page->symbols.symbol[i];

		if (is_inside(address, symbol->start, symbol->size_bytes) &&
		    (!found || symbol->size_bytes < found->size_bytes))
			found = symbol;
	}
	return found;
}

/* ret: what its type tells, NULL if nothing does. */
static const struct vmspy_typed *typed_of(const struct page *page,
					  const struct vmspy_symbol *symbol)
{
	const struct vmspy_changed_list *changed = page->names->changed;

	for (size_t i = 0; symbol->name && i < page->names->typed->count; i++)
		if (changed->changed[i].start == symbol->start && changed->changed[i].name &&
		    !strcmp(changed->changed[i].name, symbol->name))
			return &page->names->typed->typed[i];
	return NULL;
}

static const struct vmspy_member *member_at(const struct vmspy_typed *typed, uint64_t address)
{
	for (size_t i = 0; typed && i < typed->member_count; i++)
		if (is_inside(address, typed->member[i].start, typed->member[i].size_bytes))
			return &typed->member[i];
	return NULL;
}

/* What an address lies in, and where that begins. */
struct place {
	const char *name; /* NULL: nothing has a name here */
	uint64_t start;
};

static struct place place_of(const struct page *page, uint64_t address)
{
	const struct vmspy_symbol *symbol = symbol_at(page, address);
	const struct vmspy_typed *typed = symbol ? typed_of(page, symbol) : NULL;
	const struct vmspy_member *member = member_at(typed, address);

	if (member)
		return (struct place){ member->path, member->start };
	if (!symbol)
		return (struct place){ 0 };
	return (struct place){
		.name = typed && typed->name ? typed->name
			: symbol->name       ? symbol->name
					     : symbol->section,
		.start = symbol->start,
	};
}

static struct vmspy_error *name_of(const struct place *place, uint64_t address, char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err;

	if (!place->name)
		return NULL;
	err = vmspy_buf_append(&buf, place->name, strlen(place->name));
	if (!err && address > place->start)
		err = vmspy_buf_printf(&buf, "+0x%" PRIx64, address - place->start);
	if (!err)
		*ret = vmspy_buf_take(&buf);
	return err;
}

/* --- clues --------------------------------------------------------------------------------- */

static struct vmspy_error *add_pointer(struct page *page, size_t offset, const char *name)
{
	struct vmspy_error *err = vmspy_array_grow(&page->pointer, &page->pointer_room,
						   page->pointer_count, sizeof(*page->pointer));
	char *copy = err ? NULL : strdup(name);

	if (err)
		return err;
	if (!copy)
		return vmspy_error_no_memory();
	page->pointer[page->pointer_count++] = (struct pointer){ offset, copy };
	return NULL;
}

static struct vmspy_error *try_word(struct page *page, const unsigned char *bytes, size_t offset)
{
	VMSPY_AUTO(vmspy_symbol_list_deinit) struct vmspy_symbol_list found = { 0 };
	const struct vmspy_symbol *symbol;
	struct vmspy_error *err;
	uint64_t word;

	memcpy(&word, bytes + offset, sizeof(word));
	/* Small numbers and all ones are no addresses: most words end here. */
	if (word < page->page_bytes || word == UINT64_MAX)
		return NULL;
	if ((err = vmspy_symbols_in(page->names->modules, word, word + 1, &found)))
		return err;
	symbol = vmspy_pointee_of(&found, word);
	return symbol ? add_pointer(page, offset, symbol->name) : NULL;
}

static struct vmspy_error *demangle_pointers(struct page *page)
{
	VMSPY_AUTO(vmspy_guard_free)
	const char **names = calloc(page->pointer_count + 1, sizeof(*names));
	VMSPY_AUTO(vmspy_guard_free) char **plain = calloc(page->pointer_count + 1, sizeof(*plain));
	struct vmspy_error *err;

	if (!names || !plain)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < page->pointer_count; i++)
		names[i] = page->pointer[i].name;
	if ((err = vmspy_demangle(names, page->pointer_count, plain)))
		return err;
	for (size_t i = 0; i < page->pointer_count; i++)
		if (plain[i]) {
			free(page->pointer[i].name);
			page->pointer[i].name = plain[i];
		}
	return NULL;
}

static struct vmspy_error *find_pointers(struct page *page)
{
	struct vmspy_error *err = NULL;

	for (size_t at = 0; !err && at + WORD <= page->page_bytes; at += WORD)
		err = try_word(page, page->kept->a.bytes, at);
	return err ? err : demangle_pointers(page);
}

static size_t distance(size_t x, size_t y)
{
	return x > y ? x - y : y - x;
}

static struct vmspy_error *clue_of(const struct page *page, size_t offset, char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	size_t word = offset & ~((size_t)WORD - 1);
	const struct pointer *nearest = NULL;
	struct vmspy_error *err;

	for (size_t i = 0; i < page->pointer_count; i++)
		if (!nearest ||
		    distance(word, page->pointer[i].offset) < distance(word, nearest->offset))
			nearest = &page->pointer[i];
	if (!nearest || distance(word, nearest->offset) > NEAR_BYTES)
		return NULL;
	err = vmspy_buf_printf(&buf, "%+td from %s", (ptrdiff_t)word - (ptrdiff_t)nearest->offset,
			       nearest->name);
	if (!err)
		*ret = vmspy_buf_take(&buf);
	return err;
}

/* --- stretches ----------------------------------------------------------------------------- */

static bool is_same(const struct place *x, const struct place *y)
{
	return x->name == y->name && x->start == y->start;
}

/* ret: the end of the stretch of differing bytes from `at` on, all of one place. */
static size_t stretch_end(const struct page *page, size_t at, const struct place *place)
{
	const unsigned char *a = page->kept->a.bytes, *b = page->kept->b.bytes;
	size_t end = at + 1;

	while (end < page->page_bytes && a[end] != b[end]) {
		struct place next = place_of(page, page->kept->address + end);

		if (!is_same(place, &next))
			break;
		end++;
	}
	return end;
}

static struct vmspy_error *add_change(const struct page *page, size_t at, size_t *ret_end,
				      struct vmspy_page_changes *changes)
{
	uint64_t address = page->kept->address + at;
	struct place place = place_of(page, address);
	struct vmspy_page_change *change;
	struct vmspy_error *err;

	*ret_end = stretch_end(page, at, &place);
	err = vmspy_array_grow(&changes->change, &changes->room, changes->count, sizeof(*change));
	if (err)
		return err;
	change = &changes->change[changes->count++];
	*change = (struct vmspy_page_change){ .offset_bytes = at, .size_bytes = *ret_end - at };
	changes->changed_bytes += change->size_bytes;
	if ((err = name_of(&place, address, &change->symbol)))
		return err;
	return change->symbol ? NULL : clue_of(page, at, &change->clue);
}

static struct vmspy_error *find_changes(const struct page *page, struct vmspy_page_changes *changes)
{
	const unsigned char *a = page->kept->a.bytes, *b = page->kept->b.bytes;
	struct vmspy_error *err = NULL;
	size_t next;

	for (size_t at = 0; !err && at < page->page_bytes; at = next) {
		next = at + 1;
		if (a[at] != b[at])
			err = add_change(page, at, &next, changes);
	}
	return err;
}

static struct vmspy_error *find_names(struct page *page)
{
	uint64_t start = page->kept->address;
	struct vmspy_error *err = vmspy_symbols_in(page->names->modules, start,
						   start + page->page_bytes, &page->symbols);

	return err || page->symbols.count ? err : find_pointers(page);
}

struct vmspy_error *vmspy_page_changes_find(const struct vmspy_pair *pair,
					    const struct vmspy_page_names *names,
					    struct vmspy_page_changes *ret)
{
	VMSPY_AUTO(page_deinit)
	struct page page = {
		.kept = &pair->kept,
		.names = names,
		.page_bytes = pair->runs.page_bytes,
	};
	VMSPY_AUTO(vmspy_page_changes_deinit) struct vmspy_page_changes changes = { 0 };
	struct vmspy_error *err;

	if (!pair->kept.a.bytes || !pair->kept.b.bytes) {
		*ret = (struct vmspy_page_changes){ .changed_bytes = VMSPY_CHANGED_UNKNOWN };
		return NULL;
	}
	if (memcmp(pair->kept.a.bytes, pair->kept.b.bytes, page.page_bytes) != 0 &&
	    ((err = find_names(&page)) || (err = find_changes(&page, &changes))))
		return err;
	*ret = changes;
	changes = (struct vmspy_page_changes){ 0 }; /* the caller owns it now */
	return NULL;
}
