#include "blame/typed.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

/* The variables that have names, and where they stand among all. */
struct named {
	struct vmspy_symbol *symbol;
	const struct vmspy_symbol **query;
	size_t *index;
	size_t count;
};

static void end_named(struct named *named)
{
	free(named->symbol);
	free(named->query);
	free(named->index);
}

/* See struct vmspy_both_bytes: copies from the pages that were kept. */
static bool read_kept(void *context, bool of_b, uint64_t address, void *bytes, size_t size)
{
	const struct vmspy_pair *pair = context;
	uint64_t page_bytes = pair->runs.page_bytes;
	size_t done = 0;

	if (address + size < address)
		return false;
	while (done < size) {
		uint64_t at = address + done, page_start = at & -page_bytes;
		size_t part = (size_t)(page_start + page_bytes - at);
		const struct vmspy_compared_page *page =
			vmspy_compared_find(&pair->compared, page_start);
		const unsigned char *kept = page ? vmspy_compared_bytes(pair, page, of_b) : NULL;

		if (!kept)
			return false;
		if (part > size - done)
			part = size - done;
		memcpy((char *)bytes + done, kept + (at - page_start), part);
		done += part;
	}
	return true;
}

static struct vmspy_error *list_named(const struct vmspy_changed_list *changed, struct named *named)
{
	named->symbol = calloc(changed->count + 1, sizeof(*named->symbol));
	named->query = calloc(changed->count + 1, sizeof(*named->query));
	named->index = calloc(changed->count + 1, sizeof(*named->index));
	if (!named->symbol || !named->query || !named->index)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < changed->count; i++) {
		const struct vmspy_changed *variable = &changed->changed[i];

		if (!variable->name)
			continue;
		named->symbol[named->count] = (struct vmspy_symbol){
			.name = variable->name,
			.section = variable->section,
			.object = variable->object,
			.start = variable->start,
			.size_bytes = variable->size_bytes,
		};
		named->query[named->count] = &named->symbol[named->count];
		named->index[named->count++] = i;
	}
	return NULL;
}

/* Move what was found to where it belongs: typed[i] of all, not of the named ones. */
static struct vmspy_error *spread(struct vmspy_typed_list *found, const struct named *named,
				  size_t count)
{
	struct vmspy_typed *typed = calloc(count + 1, sizeof(*typed));

	if (!typed)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < found->count; i++)
		typed[named->index[i]] = found->typed[i];
	free(found->typed);
	found->typed = typed;
	found->count = count;
	return NULL;
}

struct vmspy_error *vmspy_typed_find(const struct vmspy_pair *pair, struct vmspy_modules *modules,
				     const struct vmspy_changed_list *changed, size_t members_max,
				     struct vmspy_typed_list *ret)
{
	VMSPY_AUTO(vmspy_typed_list_deinit) struct vmspy_typed_list found = { 0 };
	VMSPY_AUTO(end_named) struct named named = { 0 };
	struct vmspy_members_query query = {
		.bytes = { .read = read_kept, .context = (void *)(uintptr_t)pair },
		.members_max = members_max,
	};
	struct vmspy_error *err = list_named(changed, &named);

	if (err)
		return err;
	query.symbol = named.query;
	query.count = named.count;
	if ((err = vmspy_members_find(modules, &query, &found)) ||
	    (err = spread(&found, &named, changed->count)))
		return err;
	*ret = found;
	found = (struct vmspy_typed_list){ 0 }; /* the caller owns it now */
	return NULL;
}
