#include "blame/written_members.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/lookup.h"
#include "types/members.h"

#include "base/banned.h"

struct written {
	const uint64_t *address;
	size_t count;
	struct vmspy_symbol_list list[VMSPY_WRITTEN_MAX];     /* what lies at each */
	const struct vmspy_symbol *symbol[VMSPY_WRITTEN_MAX]; /* one for each variable */
	size_t symbol_count;
	size_t symbol_of[VMSPY_WRITTEN_MAX]; /* of each address; symbol_count or above: none */
};

static void written_destroy(struct written **written)
{
	for (size_t i = 0; *written && i < (*written)->count; i++)
		vmspy_symbol_list_deinit(&(*written)->list[i]);
	free(*written);
}

/* As if only the bytes that were written were different on both sides: then so are the members. */
static bool read_as_if(void *context, bool of_b, uint64_t address, void *bytes, size_t size)
{
	const struct written *written = context;

	memset(bytes, 0, size);
	for (size_t i = 0; of_b && i < written->count; i++)
		if (written->address[i] >= address && written->address[i] - address < size)
			((unsigned char *)bytes)[written->address[i] - address] = 1;
	return true;
}

/* ret: the smallest variable there, NULL if there is none. */
static const struct vmspy_symbol *smallest(const struct vmspy_symbol_list *list)
{
	const struct vmspy_symbol *best = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (list->symbol[i].name &&
		    (!best || list->symbol[i].size_bytes < best->size_bytes))
			best = &list->symbol[i];
	return best;
}

/* Addresses ascend: those of one variable mostly follow each other. */
static struct vmspy_error *find_symbols(struct vmspy_modules *modules, struct written *written)
{
	for (size_t i = 0; i < written->count; i++) {
		uint64_t address = written->address[i];
		struct vmspy_error *err =
			vmspy_symbols_in(modules, address, address + 1, &written->list[i]);
		const struct vmspy_symbol *symbol = err ? NULL : smallest(&written->list[i]), *last;

		if (err)
			return err;
		written->symbol_of[i] = SIZE_MAX;
		if (!symbol)
			continue;
		last = written->symbol_count ? written->symbol[written->symbol_count - 1] : NULL;
		if (!last || last->start != symbol->start)
			written->symbol[written->symbol_count++] = symbol;
		written->symbol_of[i] = written->symbol_count - 1;
	}
	return NULL;
}

static const char *path_at(const struct vmspy_typed *typed, uint64_t address)
{
	for (size_t i = 0; i < typed->member_count; i++)
		if (address >= typed->member[i].start &&
		    address - typed->member[i].start < typed->member[i].size_bytes)
			return typed->member[i].path;
	return NULL;
}

static struct vmspy_error *copy_paths(const struct written *written,
				      const struct vmspy_typed_list *typed, char **ret)
{
	for (size_t i = 0; i < written->count; i++) {
		const char *path =
			written->symbol_of[i] < typed->count
				? path_at(&typed->typed[written->symbol_of[i]], written->address[i])
				: NULL;

		ret[i] = path ? strdup(path) : NULL;
		if (ret[i] || !path)
			continue;
		while (i--)
			free(ret[i]);
		return vmspy_error_no_memory();
	}
	return NULL;
}

struct vmspy_error *vmspy_written_members(struct vmspy_modules *modules, const uint64_t *address,
					  size_t count, char **ret)
{
	VMSPY_AUTO(written_destroy) struct written *written = calloc(1, sizeof(*written));
	VMSPY_AUTO(vmspy_typed_list_deinit) struct vmspy_typed_list typed = { 0 };
	struct vmspy_members_query query = { .members_max = count };
	struct vmspy_error *err;

	if (!written)
		return vmspy_error_no_memory();
	written->address = address;
	written->count = count;
	if ((err = find_symbols(modules, written)))
		return err;
	query.symbol = written->symbol;
	query.count = written->symbol_count;
	query.bytes = (struct vmspy_both_bytes){ read_as_if, written };
	if (query.count && (err = vmspy_members_find(modules, &query, &typed)))
		return err;
	return copy_paths(written, &typed, ret);
}
