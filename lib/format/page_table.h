/* How an address is split into indices of page tables: by machine, page size and levels. Pure. */
#ifndef VMSPY_FORMAT_PAGE_TABLE_H
#define VMSPY_FORMAT_PAGE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The kernel's names, from the root down. A level that a machine does not have is folded away. */
enum vmspy_page_table_level {
	VMSPY_LEVEL_PGD,
	VMSPY_LEVEL_P4D,
	VMSPY_LEVEL_PUD,
	VMSPY_LEVEL_PMD,
	VMSPY_LEVEL_PTE,
	VMSPY_LEVEL_COUNT,
};

/* One way to split addresses. */
struct vmspy_page_table {
	const char *machine; /* of uname -m */
	uint32_t page_bytes;
	unsigned levels;
	uint8_t bits[VMSPY_LEVEL_COUNT]; /* of the index; 0: folded */
	uint8_t offset_bits;             /* of the offset in the page */
	bool is_canonical; /* the bits above repeat the highest: the kernel's half is at the top */
	uint64_t user_end; /* first byte that no process can map; 0: not known */
	uint64_t kernel_start; /* where the kernel's half begins; 0: it has tables of its own */
};

/*
 * ret: static, NULL: not known. Of tables that differ in the width of addresses alone (arm64 with
 *      48 and 52 bits) the narrower one: addresses that fit in it are split alike by both.
 * Source: arch/MACHINE/include/asm/pgtable*.h; Documentation/arch/x86/x86_64/mm.rst,
 *         Documentation/arch/arm64/memory.rst, Documentation/arch/riscv/vm-layout.rst.
 */
VMSPY_PUBLIC const struct vmspy_page_table *vmspy_page_table_find(const char *machine,
								  uint32_t page_bytes,
								  unsigned levels);

/* ret: each of those that are known, from index 0 on; NULL behind the last one. */
VMSPY_PUBLIC const struct vmspy_page_table *vmspy_page_table_at(size_t index);

struct vmspy_page_indices {
	uint32_t index[VMSPY_LEVEL_COUNT]; /* 0 where the level is folded */
	uint32_t offset_bytes;             /* in the page */
};

VMSPY_PUBLIC struct vmspy_page_indices vmspy_page_table_split(const struct vmspy_page_table *table,
							      uint64_t address);

/* ret: bytes that one entry of that level maps; 0 where it is folded. */
VMSPY_PUBLIC uint64_t vmspy_page_table_reach(const struct vmspy_page_table *table,
					     enum vmspy_page_table_level level);

#endif
