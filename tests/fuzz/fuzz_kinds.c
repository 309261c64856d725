#include "format/maps.h"
#include "space/kinds.h"

#include "fuzz.h"

/* Bounds inside the list, so that every rule that needs them can be met. */
static struct vmspy_mm_bounds choose_bounds(const struct vmspy_vma_list *list)
{
	const struct vmspy_vma *first = list->vma, *last = &list->vma[list->count - 1];
	const struct vmspy_vma *middle = &list->vma[list->count / 2];

	return (struct vmspy_mm_bounds){
		.known = list->count % 2,
		.start_code = first->start + 1,
		.end_code = first->end - 1,
		.start_data = middle->start,
		.end_data = middle->inode % 2 ? middle->start : middle->end,
		.start_brk = last->start,
		.start_stack = last->end - 1,
	};
}

static void check_kind(const struct vmspy_mapping *mapping)
{
	const struct vmspy_vma *vma = &mapping->vma;

	promise(mapping->kind < VMSPY_KIND_COUNT);
	promise(vmspy_mapping_kind_name(mapping->kind) != NULL);
	if (mapping->kind == VMSPY_KIND_JIT)
		promise(vma->executable && vmspy_mapping_is_anonymous(mapping));
	if (mapping->kind == VMSPY_KIND_GUARD)
		promise(!vma->readable && !vma->writable && !vma->executable && !vma->shared);
	if (mapping->kind == VMSPY_KIND_BSS || mapping->kind == VMSPY_KIND_ANON)
		promise(vmspy_mapping_is_anonymous(mapping));
	if (mapping->kind == VMSPY_KIND_TEXT || mapping->kind == VMSPY_KIND_DATA)
		promise(!vma->shared);
	if (mapping->kind == VMSPY_KIND_RODATA)
		promise(!vma->writable && !vma->executable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmspy_mapping *mapping;
	struct vmspy_mm_bounds bounds;
	struct vmspy_vma_list list;

	if (!fuzz_succeeded(vmspy_maps_parse((const char *)data, size, &list)))
		return 0;
	if (list.count) {
		mapping = calloc(list.count, sizeof(*mapping));
		for (size_t i = 0; i < list.count; i++)
			mapping[i].vma = list.vma[i];
		bounds = choose_bounds(&list);
		promise_ok(vmspy_kinds_decide(mapping, list.count, &bounds));
		for (size_t i = 0; i < list.count; i++)
			check_kind(&mapping[i]);
		free(mapping);
	}
	vmspy_vma_list_deinit(&list);
	return 0;
}
