#include "inspect/page_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "format/kpageflags.h"

#include "base/banned.h"

enum {
	SLOTS_MIN = 64,
	SLOTS_PER_SUM = 2, /* at least; then a search ends soon */
};

static bool is_alike(const struct vmspy_page_sum *a, const struct vmspy_page_sum *b)
{
	return a->standing == b->standing && a->flags_known == b->flags_known &&
	       a->flags == b->flags;
}

static size_t slot_of(const struct vmspy_page_sums *sums, const struct vmspy_page_sum *page)
{
	const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t key = (page->flags * golden + page->standing) * golden;
	size_t at = (size_t)(key >> 32) & (sums->slot_count - 1);

	while (sums->slot[at] && !is_alike(&sums->sum[sums->slot[at] - 1], page))
		at = (at + 1) & (sums->slot_count - 1);
	return at;
}

static struct vmspy_error *grow_slots(struct vmspy_page_sums *sums)
{
	size_t count = sums->slot_count ? 2 * sums->slot_count : SLOTS_MIN;
	uint32_t *slot;

	if (sums->slot_count && (sums->count + 1) * SLOTS_PER_SUM <= sums->slot_count)
		return NULL;
	slot = calloc(count, sizeof(*slot));
	if (!slot)
		return vmspy_error_no_memory();
	free(sums->slot);
	sums->slot = slot;
	sums->slot_count = count;
	for (size_t i = 0; i < sums->count; i++)
		sums->slot[slot_of(sums, &sums->sum[i])] = (uint32_t)(i + 1);
	return NULL;
}

struct vmspy_error *vmspy_page_sums_add(struct vmspy_page_sums *sums,
					const struct vmspy_page_sum *page)
{
	struct vmspy_error *err;
	size_t at;

	/* Neighbours are alike most of the time. */
	if (sums->count && is_alike(&sums->sum[sums->last], page)) {
		sums->sum[sums->last].pages += page->pages;
		return NULL;
	}
	if ((err = grow_slots(sums)))
		return err;
	at = slot_of(sums, page);
	if (!sums->slot[at]) {
		err = vmspy_array_grow(&sums->sum, &sums->room, sums->count, sizeof(*sums->sum));
		if (err)
			return err;
		sums->sum[sums->count] = *page;
		sums->sum[sums->count].pages = 0;
		sums->slot[at] = (uint32_t)++sums->count;
	}
	sums->last = sums->slot[at] - 1;
	sums->sum[sums->last].pages += page->pages;
	return NULL;
}

void vmspy_page_sums_deinit(struct vmspy_page_sums *sums)
{
	free(sums->sum);
	free(sums->slot);
	*sums = (struct vmspy_page_sums){ 0 };
}

enum vmspy_page_use vmspy_page_use_of(uint64_t flags)
{
	if (vmspy_kpageflags_has(flags, VMSPY_KPF_ZERO_PAGE) ||
	    vmspy_kpageflags_has(flags, VMSPY_KPF_RESERVED))
		return VMSPY_USE_OTHER;
	if (vmspy_kpageflags_has(flags, VMSPY_KPF_ANON))
		return VMSPY_USE_ANON;
	return vmspy_kpageflags_has(flags, VMSPY_KPF_SWAPBACKED) ? VMSPY_USE_SHMEM : VMSPY_USE_FILE;
}

size_t vmspy_sharers_step(uint64_t map_count)
{
	size_t step = 0;

	while (map_count > vmspy_sharers_highest(step) && step < VMSPY_SHARERS_STEPS - 1)
		step++;
	return step;
}

uint64_t vmspy_sharers_highest(size_t step)
{
	return step ? UINT64_C(1) << (step - 1) : 0;
}

uint64_t vmspy_sharers_lowest(size_t step)
{
	return step ? vmspy_sharers_highest(step - 1) + 1 : 0;
}
