#include "format/page_table.h"

#include <string.h>

#include "base/banned.h"

#define KIB(n) ((n) << 10)

/*
 * Where two rows differ in the width of addresses alone, the narrower one stands first: it is what
 * processes get that do not ask for more.
 */
/* clang-format off */
static const struct vmspy_page_table tables[] = {
	/* machine, page, levels, { pgd p4d pud pmd pte }, offset, canonical, end of user space, start of the kernel */

	/* arch/x86/include/asm/pgtable_64_types.h, page_64_types.h; Documentation/arch/x86/x86_64/mm.rst */
	{ "x86_64", KIB(4), 4, { 9, 0, 9, 9, 9 }, 12, true, 0x7ffffffff000, 0xffff800000000000 },
	{ "x86_64", KIB(4), 5, { 9, 9, 9, 9, 9 }, 12, true, 0xfffffffffff000, 0xff00000000000000 },

	/* arch/x86/include/asm/pgtable-{2,3}level_types.h; CONFIG_VMSPLIT_3G */
	{ "i686", KIB(4), 2, { 10, 0, 0, 0, 10 }, 12, false, 0xc0000000, 0xc0000000 },
	{ "i686", KIB(4), 3, { 2, 0, 0, 9, 9 }, 12, false, 0xc0000000, 0xc0000000 },

	/* arch/arm64/include/asm/pgtable-hwdef.h, processor.h; Documentation/arch/arm64/memory.rst */
	{ "aarch64", KIB(4), 3, { 9, 0, 0, 9, 9 }, 12, false, 0x8000000000, 0xffffff8000000000 },
	{ "aarch64", KIB(4), 4, { 9, 0, 9, 9, 9 }, 12, false, 0x1000000000000, 0xffff000000000000 },
	{ "aarch64", KIB(4), 5, { 4, 9, 9, 9, 9 }, 12, false, 0x10000000000000, 0xfff0000000000000 },
	{ "aarch64", KIB(16), 2, { 11, 0, 0, 0, 11 }, 14, false, 0x1000000000, 0xfffffff000000000 },
	{ "aarch64", KIB(16), 3, { 11, 0, 0, 11, 11 }, 14, false, 0x800000000000, 0xffff800000000000 },
	{ "aarch64", KIB(16), 4, { 1, 0, 11, 11, 11 }, 14, false, 0x1000000000000, 0xffff000000000000 },
	{ "aarch64", KIB(16), 4, { 5, 0, 11, 11, 11 }, 14, false, 0x10000000000000, 0xfff0000000000000 },
	{ "aarch64", KIB(64), 2, { 13, 0, 0, 0, 13 }, 16, false, 0x40000000000, 0xfffffc0000000000 },
	{ "aarch64", KIB(64), 3, { 6, 0, 0, 13, 13 }, 16, false, 0x1000000000000, 0xffff000000000000 },
	{ "aarch64", KIB(64), 3, { 10, 0, 0, 13, 13 }, 16, false, 0x10000000000000, 0xfff0000000000000 },

	/* arch/riscv/include/asm/pgtable-64.h, pgtable.h (TASK_SIZE_64); Documentation/arch/riscv/vm-layout.rst */
	{ "riscv64", KIB(4), 3, { 9, 0, 0, 9, 9 }, 12, true, 0x4000000000, 0xffffffc000000000 },
	{ "riscv64", KIB(4), 4, { 9, 0, 9, 9, 9 }, 12, true, 0x800000000000, 0xffff800000000000 },
	{ "riscv64", KIB(4), 5, { 9, 9, 9, 9, 9 }, 12, true, 0x100000000000000, 0xff00000000000000 },

	/* arch/powerpc/include/asm/book3s/64/radix-{4k,64k}.h, task_size_64.h */
	{ "ppc64le", KIB(4), 4, { 13, 0, 9, 9, 9 }, 12, false, 0x400000000000, 0xc000000000000000 },
	{ "ppc64le", KIB(64), 4, { 13, 0, 9, 9, 5 }, 16, false, 0x10000000000000, 0xc000000000000000 },

	/* arch/s390/include/asm/pgtable.h: tables grow at the root, by process; the kernel has its own */
	{ "s390x", KIB(4), 3, { 0, 0, 11, 11, 8 }, 12, false, 0x40000000000, 0 },
	{ "s390x", KIB(4), 4, { 0, 11, 11, 11, 8 }, 12, false, 0x20000000000000, 0 },
	{ "s390x", KIB(4), 5, { 11, 11, 11, 11, 8 }, 12, false, 0xfffffffffffff000, 0 },

	/* arch/arm/include/asm/pgtable-{2,3}level.h, memory.h (TASK_SIZE); CONFIG_VMSPLIT_3G */
	{ "armv7l", KIB(4), 2, { 11, 0, 0, 0, 9 }, 12, false, 0xbf000000, 0xc0000000 },
	{ "armv7l", KIB(4), 3, { 2, 0, 0, 9, 9 }, 12, false, 0xbf000000, 0xc0000000 },

	/* arch/loongarch/include/asm/pgtable.h, Kconfig; where user space ends the processor decides */
	{ "loongarch64", KIB(4), 3, { 9, 0, 0, 9, 9 }, 12, true, 0, 0 },
	{ "loongarch64", KIB(4), 4, { 9, 0, 9, 9, 9 }, 12, true, 0, 0 },
	{ "loongarch64", KIB(16), 2, { 11, 0, 0, 0, 11 }, 14, true, 0, 0 },
	{ "loongarch64", KIB(16), 3, { 11, 0, 0, 11, 11 }, 14, true, 0, 0 },
	{ "loongarch64", KIB(64), 2, { 13, 0, 0, 0, 13 }, 16, true, 0, 0 },
	{ "loongarch64", KIB(64), 3, { 13, 0, 0, 13, 13 }, 16, true, 0, 0 },
};
/* clang-format on */

const struct vmspy_page_table *vmspy_page_table_at(size_t index)
{
	return index < sizeof(tables) / sizeof(tables[0]) ? &tables[index] : NULL;
}

const struct vmspy_page_table *vmspy_page_table_find(const char *machine, uint32_t page_bytes,
						     unsigned levels)
{
	const struct vmspy_page_table *table;

	for (size_t i = 0; (table = vmspy_page_table_at(i)); i++)
		if (table->page_bytes == page_bytes && table->levels == levels &&
		    !strcmp(table->machine, machine))
			return table;
	return NULL;
}

/* ret: the lowest bit of the index of a level. */
static unsigned shift_of(const struct vmspy_page_table *table, enum vmspy_page_table_level level)
{
	unsigned shift = table->offset_bits;

	for (unsigned below = (unsigned)level + 1; below < VMSPY_LEVEL_COUNT; below++)
		shift += table->bits[below];
	return shift;
}

static uint64_t low_bits(uint64_t number, unsigned bits)
{
	return number & ((UINT64_C(1) << bits) - 1);
}

struct vmspy_page_indices vmspy_page_table_split(const struct vmspy_page_table *table,
						 uint64_t address)
{
	struct vmspy_page_indices indices = {
		.offset_bytes = (uint32_t)low_bits(address, table->offset_bits),
	};

	for (unsigned level = 0; level < VMSPY_LEVEL_COUNT; level++)
		if (table->bits[level])
			indices.index[level] = (uint32_t)low_bits(address >> shift_of(table, level),
								  table->bits[level]);
	return indices;
}

uint64_t vmspy_page_table_reach(const struct vmspy_page_table *table,
				enum vmspy_page_table_level level)
{
	return table->bits[level] ? UINT64_C(1) << shift_of(table, level) : 0;
}
