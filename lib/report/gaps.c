#include "report/gaps.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "format/page_table.h"

#include "base/banned.h"

#define BEYOND_32_BITS (UINT64_C(1) << 32)

uint64_t vmspy_user_end(const struct vmspy_host *host, const struct vmspy_layout *layout)
{
	const struct vmspy_page_table *table =
		vmspy_page_table_find(host->machine, host->page_bytes, host->page_table_levels);
	const struct vmspy_mm_bounds *bounds = &layout->bounds;

	/* A 32-bit program on a 64-bit kernel ends below 4 GiB; how far below, its personality says. */
	if (!table ||
	    (bounds->known && bounds->start_stack && bounds->start_stack < BEYOND_32_BITS))
		return 0;
	return table->user_end;
}

static struct vmspy_error *add_gap(struct vmspy_gap_list *list, const struct vmspy_gap *gap)
{
	struct vmspy_error *err;

	if (gap->start >= gap->end)
		return NULL;
	if ((err = vmspy_array_grow(&list->gap, &list->room, list->count, sizeof(*list->gap))))
		return err;
	list->gap[list->count++] = *gap;
	return NULL;
}

/* The vsyscall page lies in the kernel's half, also where it is not known where that begins. */
static bool is_beyond(const struct vmspy_mapping *mapping, uint64_t user_end)
{
	return mapping->kind == VMSPY_KIND_VSYSCALL || (user_end && mapping->vma.start >= user_end);
}

struct vmspy_error *vmspy_gaps_find(const struct vmspy_layout *layout, uint64_t user_end,
				    struct vmspy_gap_list *ret)
{
	VMSPY_AUTO(vmspy_gap_list_deinit) struct vmspy_gap_list list = { 0 };
	struct vmspy_gap gap = { 0 };
	struct vmspy_error *err;

	for (; gap.next < layout->count; gap.next++) {
		const struct vmspy_mapping *mapping = &layout->mapping[gap.next];

		if (is_beyond(mapping, user_end))
			break;
		gap.end = mapping->vma.start;
		if ((err = add_gap(&list, &gap)))
			return err;
		gap.start = mapping->vma.end;
	}
	gap.end = user_end;
	if ((err = add_gap(&list, &gap)))
		return err;
	*ret = list;
	list = (struct vmspy_gap_list){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_gap_list_deinit(struct vmspy_gap_list *list)
{
	free(list->gap);
	*list = (struct vmspy_gap_list){ 0 };
}
