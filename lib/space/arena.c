#include "space/arena.h"

#include "base/banned.h"

#define ARENA_BYTES_64 (UINT64_C(64) << 20)
#define ARENA_BYTES_32 (UINT64_C(1) << 20)

bool vmspy_mapping_is_wide(const struct vmspy_mapping *mapping)
{
	return mapping->kind != VMSPY_KIND_VSYSCALL && mapping->vma.end > UINT64_C(1) << 32;
}

size_t vmspy_layout_word_bytes(const struct vmspy_layout *layout)
{
	/* From the top, where the stack is. */
	for (size_t i = layout->count; i--;)
		if (vmspy_mapping_is_wide(&layout->mapping[i]))
			return sizeof(uint64_t);
	return sizeof(uint32_t);
}

static bool is_writable_memory(const struct vmspy_mapping *mapping)
{
	return vmspy_mapping_is_anonymous(mapping) && mapping->vma.readable &&
	       mapping->vma.writable && !mapping->vma.executable && !mapping->vma.name;
}

bool vmspy_mapping_is_arena(const struct vmspy_mapping *mapping, const struct vmspy_mapping *next,
			    size_t word_bytes)
{
	uint64_t start = mapping->vma.start, size = mapping->vma.end - start;
	uint64_t arena_bytes = word_bytes == sizeof(uint64_t) ? ARENA_BYTES_64 : ARENA_BYTES_32;

	return !(start % arena_bytes) && size < arena_bytes && is_writable_memory(mapping) &&
	       next && next->kind == VMSPY_KIND_GUARD && next->vma.end - start >= arena_bytes;
}
