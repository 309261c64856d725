/* The shape of an address space: where user space ends, and where the kernel is. Pure. */
#ifndef VMSPY_INSPECT_ADDRESS_SHAPE_H
#define VMSPY_INSPECT_ADDRESS_SHAPE_H

#include <stdint.h>

#include "kernel/address_facts.h"
#include "space/space.h"

/* From where mmap() gives addresses out. */
enum vmspy_mmap_direction {
	VMSPY_MMAP_UNKNOWN,
	VMSPY_MMAP_DOWN, /* from below the stack downwards */
	VMSPY_MMAP_UP,   /* from a third of user space upwards: ADDR_COMPAT_LAYOUT */
};

/* Byte addresses. */
struct vmspy_address_shape {
	unsigned pointer_bits; /* 0: not known */
	uint64_t user_end;     /* first byte that no process can map; 0: not known */
	uint64_t window_end;   /* mmap() goes beyond only when asked to; 0: no such border */
	uint64_t kernel_start; /* 0: not known, or the kernel has page tables of its own */
	uint64_t lowest;       /* mmap_min_addr; 0: not known, or any address can be mapped */
	enum vmspy_mmap_direction mmap;
};

/*
 * Find it out.
 * facts:  where the program may not be read, mappings beyond 4 GiB tell that it has 64 bits.
 * layout: of the same process.
 * Source: arch/x86/include/asm/page_64_types.h (IA32_PAGE_OFFSET, TASK_SIZE_MAX);
 *         mmap_is_legacy() of arch/x86/mm/mmap.c.
 * Note:   a 64-bit kernel is not in the 4 GiB of a 32-bit process: kernel_start is beyond them.
 */
struct vmspy_address_shape vmspy_address_shape_find(const struct vmspy_address_facts *facts,
						    const struct vmspy_host *host,
						    const struct vmspy_layout *layout);

#endif
