#include "compare/areas.h"

#include <stdbool.h>

#include "space/arena.h"

#include "base/banned.h"

static const struct vmspy_mapping *mapping_of(const struct vmspy_interval *interval)
{
	return interval->a ? interval->a : interval->b;
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
	return vmspy_mapping_is_arena(mapping_of(&intervals->interval[index]),
				      next_of(intervals, index),
				      vmspy_interval_list_word_bytes(intervals));
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
