#include "inspect/address_shape.h"

#include <string.h>
#include <sys/personality.h>

#include "format/page_table.h"

#include "base/banned.h"

#define FOUR_GIB (UINT64_C(1) << 32)

/* What a kernel of x86-64 gives to a program of 32 bits. */
#define COMPAT_USER_END      UINT64_C(0xffffe000)
#define COMPAT_USER_END_3GIB UINT64_C(0xc0000000)

/* With five levels: what mmap() gives to those who do not ask for more. */
#define FIVE_LEVEL_WINDOW_END UINT64_C(0x7ffffffff000)

/* Processes of a 32-bit kernel end where it begins, however many levels it has. */
static const struct vmspy_page_table *find_table(const struct vmspy_host *host)
{
	const struct vmspy_page_table *table = NULL;
	unsigned levels = host->page_table_levels;

	if (levels)
		return vmspy_page_table_find(host->machine, host->page_bytes, levels);
	for (levels = 2; levels <= 3 && !table; levels++)
		table = vmspy_page_table_find(host->machine, host->page_bytes, levels);
	return table && table->user_end < FOUR_GIB ? table : NULL;
}

/* [vsyscall] is only in processes of 64 bits, and above everything else. */
static unsigned bits_by_mappings(const struct vmspy_layout *layout)
{
	if (!layout->count)
		return 0;
	return layout->mapping[layout->count - 1].vma.end > FOUR_GIB ? 64 : 0;
}

static unsigned find_bits(const struct vmspy_address_facts *facts,
			  const struct vmspy_page_table *table, const struct vmspy_layout *layout)
{
	if (facts->pointer_bits)
		return facts->pointer_bits;
	if (table && table->user_end < FOUR_GIB)
		return 32;
	return bits_by_mappings(layout);
}

static bool has_flag(const struct vmspy_address_facts *facts, uint32_t flag)
{
	return facts->personality.known && facts->personality.value & flag;
}

/* The last byte that is mapped in user space. */
static uint64_t last_end(const struct vmspy_layout *layout)
{
	for (size_t i = layout->count; i--;)
		if (layout->mapping[i].kind != VMSPY_KIND_VSYSCALL)
			return layout->mapping[i].vma.end;
	return 0;
}

/* Where the personality is hidden, a stack above 3 GiB tells that there is no such limit. */
static uint64_t find_compat_end(const struct vmspy_address_facts *facts,
				const struct vmspy_layout *layout)
{
	if (facts->personality.known)
		return has_flag(facts, ADDR_LIMIT_3GB) ? COMPAT_USER_END_3GIB : COMPAT_USER_END;
	return last_end(layout) > COMPAT_USER_END_3GIB ? COMPAT_USER_END : 0;
}

static uint64_t find_user_end(const struct vmspy_address_facts *facts,
			      const struct vmspy_page_table *table, unsigned bits,
			      const struct vmspy_layout *layout)
{
	if (!table)
		return 0;
	if (bits == 32 && table->user_end > FOUR_GIB)
		return strcmp(table->machine, "x86_64") ? 0 : find_compat_end(facts, layout);
	return bits ? table->user_end : 0;
}

/*
 * The setting is that of now; a process that was started before it was changed is laid out by
 * the other one. Other machines look at the limit of the stack, too.
 */
static enum vmspy_mmap_direction find_direction(const struct vmspy_address_facts *facts,
						const struct vmspy_host *host)
{
	if (has_flag(facts, ADDR_COMPAT_LAYOUT))
		return VMSPY_MMAP_UP;
	if (strcmp(host->machine, "x86_64") || !facts->personality.known ||
	    !facts->legacy_va_layout.known)
		return VMSPY_MMAP_UNKNOWN;
	return facts->legacy_va_layout.value ? VMSPY_MMAP_UP : VMSPY_MMAP_DOWN;
}

struct vmspy_address_shape vmspy_address_shape_find(const struct vmspy_address_facts *facts,
						    const struct vmspy_host *host,
						    const struct vmspy_layout *layout)
{
	const struct vmspy_page_table *table = find_table(host);
	struct vmspy_address_shape shape = {
		.pointer_bits = find_bits(facts, table, layout),
		.lowest = facts->mmap_min_addr.known ? facts->mmap_min_addr.value : 0,
		.mmap = find_direction(facts, host),
	};

	shape.user_end = find_user_end(facts, table, shape.pointer_bits, layout);
	if (table)
		shape.kernel_start = table->kernel_start;
	if (table && table->levels == 5 && shape.pointer_bits == 64 &&
	    !strcmp(table->machine, "x86_64"))
		shape.window_end = FIVE_LEVEL_WINDOW_END;
	return shape;
}
