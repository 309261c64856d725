#include "format/maps.h"

#include "fuzz.h"

static void check_name(size_t size, const char *name)
{
	if (!name)
		return;
	promise(name[0] != '\0');
	promise(strlen(name) <= size);
	promise(!strchr(name, '\n'));
}

static void check_list(const struct vmspy_vma_list *list, size_t size)
{
	uint64_t lowest = 0;

	promise(list->count <= size);
	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_vma *vma = &list->vma[i];

		promise(vma->start >= lowest && vma->start < vma->end);
		lowest = vma->end;
		check_name(size, vma->name);
		promise(vmspy_vma_find(list, vma->start) == vma);
		promise(vmspy_vma_find(list, vma->end - 1) == vma);
		promise(vmspy_vma_find(list, vma->end) != vma);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vmspy_vma_list list;

	if (!fuzz_succeeded(vmspy_maps_parse((const char *)data, size, &list)))
		return 0;
	check_list(&list, size);
	vmspy_vma_list_deinit(&list);
	return 0;
}
