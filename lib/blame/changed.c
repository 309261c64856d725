#include "blame/changed.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "symbol/lookup.h"

#include "base/banned.h"

static uint64_t later(uint64_t x, uint64_t y)
{
	return x > y ? x : y;
}

static uint64_t earlier(uint64_t x, uint64_t y)
{
	return x < y ? x : y;
}

static uint64_t page_of(const struct vmspy_pair *pair, uint64_t address)
{
	return address & ~((uint64_t)pair->runs.page_bytes - 1);
}

/* Bytes in [start, end) that differ; all of it lies on one page. */
static uint64_t changed_on_page(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	uint64_t page_start = page_of(pair, start);
	const struct vmspy_compared_page *page = vmspy_compared_find(&pair->compared, page_start);
	const unsigned char *a, *b;
	uint64_t changed = 0;

	if (!page)
		return VMSPY_CHANGED_UNKNOWN;
	if (!page->changed_bytes)
		return 0;
	a = vmspy_compared_bytes(pair, page, false);
	b = vmspy_compared_bytes(pair, page, true);
	if (!a || !b)
		return VMSPY_CHANGED_UNKNOWN;
	for (uint64_t at = start - page_start; at < end - page_start; at++)
		changed += a[at] != b[at];
	return changed;
}

static uint64_t add_or_unknown(uint64_t sum, uint64_t more)
{
	if (sum == VMSPY_CHANGED_UNKNOWN || more == VMSPY_CHANGED_UNKNOWN)
		return VMSPY_CHANGED_UNKNOWN;
	return sum + more;
}

uint64_t vmspy_changed_between(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	uint64_t sum = 0, next;

	for (uint64_t at = start; at < end && sum != VMSPY_CHANGED_UNKNOWN; at = next) {
		next = earlier(page_of(pair, at) + pair->runs.page_bytes, end);
		sum = add_or_unknown(sum, changed_on_page(pair, at, next));
	}
	return sum;
}

/* Bytes of one side, without a gap. */
struct kept_bytes {
	unsigned char byte[VMSPY_VALUE_BYTES_MAX];
	uint64_t count;
};

/* The bytes from start on, as far as their pages were kept and there is room. */
static struct kept_bytes kept_bytes_of(const struct vmspy_pair *pair, bool of_b, uint64_t start,
				       uint64_t end)
{
	struct kept_bytes kept = { 0 };
	uint64_t wanted = earlier(end - start, sizeof(kept.byte));

	while (kept.count < wanted) {
		uint64_t at = start + kept.count, page_start = page_of(pair, at);
		const struct vmspy_compared_page *page =
			vmspy_compared_find(&pair->compared, page_start);
		const unsigned char *bytes = page ? vmspy_compared_bytes(pair, page, of_b) : NULL;
		uint64_t part =
			earlier(page_start + pair->runs.page_bytes - at, wanted - kept.count);

		if (!bytes)
			break;
		memcpy(kept.byte + kept.count, bytes + (at - page_start), part);
		kept.count += part;
	}
	return kept;
}

/* ret: the address of the first byte in [start, end) that is known to differ; end: none is. */
static uint64_t first_change(const struct vmspy_pair *pair, uint64_t start, uint64_t end)
{
	uint64_t at = start;

	while (at < end) {
		uint64_t page_start = page_of(pair, at);
		uint64_t next = earlier(page_start + pair->runs.page_bytes, end);
		const struct vmspy_compared_page *page =
			vmspy_compared_find(&pair->compared, page_start);
		const unsigned char *a = page ? vmspy_compared_bytes(pair, page, false) : NULL;
		const unsigned char *b = page ? vmspy_compared_bytes(pair, page, true) : NULL;

		for (; a && b && at < next; at++)
			if (a[at - page_start] != b[at - page_start])
				return at;
		at = next;
	}
	return end;
}

static struct vmspy_value value_of(const struct vmspy_pair *pair,
				   const struct vmspy_changed *changed, bool of_b, uint64_t first)
{
	uint64_t end = changed->start + changed->size_bytes;
	struct kept_bytes kept = kept_bytes_of(pair, of_b, changed->start, end);
	struct vmspy_value value = vmspy_value_format(kept.byte, kept.count, changed->size_bytes);

	kept = kept_bytes_of(pair, of_b, first, end);
	if (kept.count && kept.count >= earlier(end - first, VMSPY_EXCERPT_BYTES))
		vmspy_value_excerpt(&value, first - changed->start, kept.byte, changed->size_bytes);
	return value;
}

static void add_values(const struct vmspy_pair *pair, struct vmspy_changed *changed)
{
	uint64_t first = first_change(pair, changed->start, changed->start + changed->size_bytes);

	changed->value_a = value_of(pair, changed, false, first);
	changed->value_b = value_of(pair, changed, true, first);
}

static struct vmspy_error *add_symbol(const struct vmspy_pair *pair, const struct vmspy_run *run,
				      const struct vmspy_symbol *symbol,
				      struct vmspy_changed_list *list)
{
	uint64_t page_bytes = pair->runs.page_bytes;
	uint64_t start = later(symbol->start, run->start);
	uint64_t end = earlier(symbol->start + symbol->size_bytes, vmspy_run_end(&pair->runs, run));
	uint64_t last_page = page_of(pair, end - 1);
	struct vmspy_error *err;

	if (start >= end)
		return NULL;
	err = vmspy_array_grow(&list->changed, &list->room, list->count, sizeof(*list->changed));
	if (err)
		return err;
	list->changed[list->count++] = (struct vmspy_changed){
		.name = symbol->name,
		.section = symbol->section,
		.object = symbol->object,
		.start = symbol->start,
		.size_bytes = symbol->size_bytes,
		.diverged_pages = (last_page - page_of(pair, start)) / page_bytes + 1,
		.changed_bytes = vmspy_changed_between(pair, start, end),
		.of_program =
			pair->program && symbol->object && !strcmp(pair->program, symbol->object),
	};
	return NULL;
}

static struct vmspy_error *add_run(const struct vmspy_pair *pair, const struct vmspy_run *run,
				   struct vmspy_modules *modules, struct vmspy_changed_list *list)
{
	VMSPY_AUTO(vmspy_symbol_list_deinit) struct vmspy_symbol_list symbols = { 0 };
	struct vmspy_error *err =
		vmspy_symbols_in(modules, run->start, vmspy_run_end(&pair->runs, run), &symbols);

	for (size_t i = 0; !err && i < symbols.count; i++)
		err = add_symbol(pair, run, &symbols.symbol[i], list);
	return err;
}

static int compare_text(const char *x, const char *y)
{
	return !x || !y ? !!x - !!y : strcmp(x, y);
}

static int by_place(const void *x, const void *y)
{
	const struct vmspy_changed *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->size_bytes != b->size_bytes)
		return a->size_bytes < b->size_bytes ? -1 : 1;
	return compare_text(a->name, b->name);
}

/* What a reader asks for first. Unknown is the largest number: 1 more, and it is the smallest. */
static int by_interest(const void *x, const void *y)
{
	const struct vmspy_changed *a = x, *b = y;

	if (!a->name != !b->name)
		return a->name ? -1 : 1;
	if (a->of_program != b->of_program)
		return a->of_program ? -1 : 1;
	if (a->changed_bytes != b->changed_bytes)
		return a->changed_bytes + 1 > b->changed_bytes + 1 ? -1 : 1;
	return by_place(x, y);
}

/* A variable that lies in several runs was added once for each: make it one. */
static void merge_parts(struct vmspy_changed_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct vmspy_changed *last = kept ? &list->changed[kept - 1] : NULL;
		const struct vmspy_changed *part = &list->changed[i];

		if (last && !by_place(last, part)) {
			last->diverged_pages += part->diverged_pages;
			last->changed_bytes =
				add_or_unknown(last->changed_bytes, part->changed_bytes);
		} else {
			list->changed[kept++] = *part;
		}
	}
	list->count = kept;
}

static void drop_unchanged(struct vmspy_changed_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->changed[i].changed_bytes)
			list->changed[kept++] = list->changed[i];
	list->count = kept;
}

static bool is_nameable(const struct vmspy_pair *pair, const struct vmspy_run *run)
{
	return vmspy_class_state(run->page_class) == VMSPY_STATE_DIVERGED &&
	       vmspy_interval_is_named(&pair->intervals.interval[run->interval_index]);
}

struct vmspy_error *vmspy_changed_find(const struct vmspy_pair *pair, struct vmspy_modules *modules,
				       struct vmspy_changed_list *ret)
{
	VMSPY_AUTO(vmspy_changed_list_deinit) struct vmspy_changed_list list = { 0 };
	struct vmspy_error *err;

	for (size_t i = 0; i < pair->runs.count; i++)
		if (is_nameable(pair, &pair->runs.run[i]) &&
		    (err = add_run(pair, &pair->runs.run[i], modules, &list)))
			return err;
	if (list.count)
		qsort(list.changed, list.count, sizeof(*list.changed), by_place);
	merge_parts(&list);
	drop_unchanged(&list);
	if (list.count)
		qsort(list.changed, list.count, sizeof(*list.changed), by_interest);
	for (size_t i = 0; i < list.count; i++)
		if (list.changed[i].name)
			add_values(pair, &list.changed[i]);
	*ret = list;
	list = (struct vmspy_changed_list){ 0 }; /* the caller owns it now */
	return NULL;
}

void vmspy_changed_list_deinit(struct vmspy_changed_list *list)
{
	free(list->changed);
	*list = (struct vmspy_changed_list){ 0 };
}
