#include "compare/areas.h"

#include <stdbool.h>

#include "base/banned.h"

#define ARENA_BYTES_64 (UINT64_C(64) << 20)
#define ARENA_BYTES_32 (UINT64_C(1) << 20)

static const struct vmspy_mapping *mapping_of(const struct vmspy_interval *interval)
{
	return interval->a ? interval->a : interval->b;
}

static bool is_writable_memory(const struct vmspy_mapping *mapping)
{
	return vmspy_mapping_is_anonymous(mapping) && mapping->vma.readable &&
	       mapping->vma.writable && !mapping->vma.executable && !mapping->vma.name;
}

/* The mapping of the same side that begins where this one ends, NULL if none does. */
static const struct vmspy_mapping *next_of(const struct vmspy_interval_list *intervals,
					   size_t index)
{
	const struct vmspy_mapping *mapping = mapping_of(&intervals->interval[index]);
	bool of_a = intervals->interval[index].a;

	for (size_t i = index + 1; i < intervals->count; i++) {
		const struct vmspy_interval *interval = &intervals->interval[i];
		const struct vmspy_mapping *next = of_a ? interval->a : interval->b;

		if (next != mapping)
			return next && next->vma.start == mapping->vma.end ? next : NULL;
	}
	return NULL;
}

static bool is_arena(const struct vmspy_interval_list *intervals, size_t index)
{
	const struct vmspy_mapping *mapping = mapping_of(&intervals->interval[index]), *rest;
	uint64_t start = mapping->vma.start, size = mapping->vma.end - start, arena_bytes;

	if (!is_writable_memory(mapping) || start % ARENA_BYTES_32)
		return false;
	arena_bytes = vmspy_interval_list_word_bytes(intervals) == sizeof(uint64_t)
			      ? ARENA_BYTES_64
			      : ARENA_BYTES_32;
	if (start % arena_bytes || size >= arena_bytes)
		return false;
	rest = next_of(intervals, index);
	return rest && rest->kind == VMSPY_KIND_GUARD && rest->vma.end - start >= arena_bytes;
}

const char *vmspy_area_name(const struct vmspy_interval_list *intervals, size_t index)
{
	const struct vmspy_mapping *mapping = mapping_of(&intervals->interval[index]);

	if (mapping->kind == VMSPY_KIND_HEAP)
		return "main-heap";
	if (mapping->kind == VMSPY_KIND_JIT)
		return "jit";
	return is_arena(intervals, index) ? "glibc-arena" : NULL;
}
