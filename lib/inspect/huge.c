#include "inspect/huge.h"

#include "format/kpageflags.h"
#include "format/page_table.h"

#include "base/banned.h"

enum {
	FOLIO_PAGES_MAX = 512 /* what is looked at to either side; larger ones have no known size */
};

static uint64_t flags_of(const struct vmspy_page_facts *facts)
{
	uint64_t flags = facts->fact[VMSPY_FRAME_FLAGS];

	return flags == VMSPY_FACT_UNKNOWN ? 0 : flags;
}

/* What lies in memory as it lies in the address space: by its address. */
static struct vmspy_huge aligned(enum vmspy_huge_how how, uint64_t address, uint64_t size_bytes)
{
	return (struct vmspy_huge){
		.how = how,
		.size_bytes = size_bytes,
		.position_bytes = size_bytes ? address & (size_bytes - 1) : 0,
	};
}

static uint64_t huge_entry_bytes(const struct vmspy_host *host)
{
	const struct vmspy_page_table *table =
		vmspy_page_table_find(host->machine, host->page_bytes, host->page_table_levels);

	return table ? vmspy_page_table_reach(table, VMSPY_LEVEL_PMD) : 0;
}

/* Flags of the frames from `first` on, of which `around` are those of the page itself. */
struct neighbours {
	uint64_t first;
	size_t around, count;
	uint64_t flags[2 * FOLIO_PAGES_MAX];
};

static struct vmspy_error *read_neighbours(struct vmspy_space *space, uint64_t frame,
					   struct neighbours *ret)
{
	uint64_t frames[2 * FOLIO_PAGES_MAX];

	ret->around = frame < FOLIO_PAGES_MAX ? (size_t)frame : FOLIO_PAGES_MAX - 1;
	ret->first = frame - ret->around;
	ret->count = ret->around + FOLIO_PAGES_MAX;
	for (size_t i = 0; i < ret->count; i++)
		frames[i] = ret->first + i;
	return vmspy_space_frame_facts(space, VMSPY_FRAME_FLAGS,
				       (struct vmspy_frames){ frames, ret->count }, ret->flags);
}

/* From its head to the last of its tails. */
static struct vmspy_huge measure(const struct neighbours *near, uint32_t page_bytes)
{
	struct vmspy_huge huge = { .how = VMSPY_HUGE_FOLIO };
	size_t head = near->around, end = near->around + 1;

	while (head && !vmspy_kpageflags_has(near->flags[head], VMSPY_KPF_COMPOUND_HEAD))
		head--;
	while (end < near->count && vmspy_kpageflags_has(near->flags[end], VMSPY_KPF_COMPOUND_TAIL))
		end++;
	/* No head within reach, or one of something else: it is larger than what was looked at. */
	if (!vmspy_kpageflags_has(near->flags[head], VMSPY_KPF_COMPOUND_HEAD) ||
	    end - head > FOLIO_PAGES_MAX || (near->first + head) % (end - head))
		return huge;
	huge.size_bytes = (uint64_t)(end - head) * page_bytes;
	huge.position_bytes = (uint64_t)(near->around - head) * page_bytes;
	return huge;
}

static struct vmspy_error *find_folio(struct vmspy_space *space,
				      const struct vmspy_page_facts *facts, struct vmspy_huge *ret)
{
	uint64_t flags = flags_of(facts);
	struct neighbours near;
	struct vmspy_error *err;

	if (!vmspy_kpageflags_has(flags, VMSPY_KPF_COMPOUND_HEAD) &&
	    !vmspy_kpageflags_has(flags, VMSPY_KPF_COMPOUND_TAIL)) {
		*ret = (struct vmspy_huge){ .how = VMSPY_HUGE_NOT };
		return NULL;
	}
	if ((err = read_neighbours(space, facts->page.frame, &near)))
		return err;
	*ret = measure(&near, vmspy_space_host(space)->page_bytes);
	return NULL;
}

struct vmspy_error *vmspy_huge_find(struct vmspy_space *space, const struct vmspy_page_facts *facts,
				    struct vmspy_huge *ret)
{
	const struct vmspy_host *host = vmspy_space_host(space);

	*ret = (struct vmspy_huge){ .how = VMSPY_HUGE_UNKNOWN };
	if (!vmspy_standing_is_present(facts->standing))
		return NULL;
	if (facts->mapping->kind == VMSPY_KIND_HUGETLB)
		*ret = aligned(VMSPY_HUGE_HUGETLB, facts->address, facts->mapping->page_bytes);
	else if (facts->marks & VMSPY_MARK_HUGE)
		*ret = aligned(VMSPY_HUGE_ENTRY, facts->address, huge_entry_bytes(host));
	else if (facts->marks_known && facts->standing == VMSPY_STANDING_ZERO)
		ret->how = VMSPY_HUGE_NOT;
	else if (facts->marks_known && facts->fact[VMSPY_FRAME_FLAGS] != VMSPY_FACT_UNKNOWN)
		return find_folio(space, facts, ret);
	return NULL;
}

const char *vmspy_huge_name(enum vmspy_huge_how how)
{
	static const char *const names[VMSPY_HUGE_COUNT] = {
		[VMSPY_HUGE_NOT] = "no",
		[VMSPY_HUGE_ENTRY] = "entry",
		[VMSPY_HUGE_FOLIO] = "folio",
		[VMSPY_HUGE_HUGETLB] = "hugetlb",
	};

	return names[how];
}
