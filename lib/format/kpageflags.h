/* /proc/kpageflags: what the kernel knows of a physical frame. */
#ifndef VMSPY_FORMAT_KPAGEFLAGS_H
#define VMSPY_FORMAT_KPAGEFLAGS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Bit numbers.
 * Source: include/uapi/linux/kernel-page-flags.h; from 32 on include/linux/kernel-page-flags.h.
 */
enum vmspy_kpageflag {
	VMSPY_KPF_ERROR = 1,
	VMSPY_KPF_ACTIVE = 6,
	VMSPY_KPF_SLAB = 7,
	VMSPY_KPF_WRITEBACK = 8,
	VMSPY_KPF_RECLAIM = 9,
	VMSPY_KPF_ANON = 12,
	VMSPY_KPF_SWAPCACHE = 13,
	VMSPY_KPF_SWAPBACKED = 14,
	VMSPY_KPF_COMPOUND_HEAD = 15,
	VMSPY_KPF_COMPOUND_TAIL = 16,
	VMSPY_KPF_HUGE = 17, /* hugetlb */
	VMSPY_KPF_KSM = 21,
	VMSPY_KPF_THP = 22,
	VMSPY_KPF_ZERO_PAGE = 24,
	VMSPY_KPF_RESERVED = 32,
	VMSPY_KPF_OWNER_2 = 34,
	VMSPY_KPF_SOFTDIRTY = 40,
	/* Not of the kernel: what page-types makes of flags with two meanings, and of page words. */
	VMSPY_KPF_ANON_EXCLUSIVE = 47,
	VMSPY_KPF_READAHEAD = 48,
	VMSPY_KPF_SLUB_FROZEN = 50,
	VMSPY_KPF_SLUB_DEBUG = 51,
	VMSPY_KPF_FILE = 61,
	VMSPY_KPF_SWAP = 62,
	VMSPY_KPF_MMAP_EXCLUSIVE = 63,
	VMSPY_KPF_COUNT = 64,
};

#define VMSPY_KPF_BIT(flag) (UINT64_C(1) << (flag))

static inline int vmspy_kpageflags_has(uint64_t flags, enum vmspy_kpageflag flag)
{
	return (flags >> flag) & 1;
}

/*
 * The names of tools/mm/page-types.c. Static.
 * ret: NULL: nobody has named this bit.
 */
VMSPY_PUBLIC const char *vmspy_kpageflag_name(unsigned bit);

/* The flags that mean something to users: none that only help to debug the kernel. */
VMSPY_PUBLIC uint64_t vmspy_kpageflags_well_known(uint64_t flags);

/* All flags, those with two meanings told apart, and what the page word adds. word: 0: none. */
VMSPY_PUBLIC uint64_t vmspy_kpageflags_expand(uint64_t flags, uint64_t word);

enum {
	VMSPY_KPAGEFLAGS_LETTERS = VMSPY_KPF_COUNT + 1,
	VMSPY_KPAGEFLAGS_NAMES = 1024,
};

/* One letter for each flag that has a name, in order, or `_`. ret: buf. */
VMSPY_PUBLIC const char *vmspy_kpageflags_letters(uint64_t flags,
						  char buf[static VMSPY_KPAGEFLAGS_LETTERS]);

/* "uptodate lru mmap anonymous"; a flag without a name is its number: "bit43". ret: buf. */
VMSPY_PUBLIC const char *vmspy_kpageflags_names(uint64_t flags,
						char buf[static VMSPY_KPAGEFLAGS_NAMES]);

/* Which pages are meant: those with all of one set and none of the other. */
struct vmspy_kpageflags_filter {
	uint64_t with, without;
};

/*
 * Read "anon,!ksm": names, or beginnings that say which, each may have a `!` before it.
 * Errors: BAD_DATA (no such flag; several: lists them; an empty list).
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_kpageflags_filter_parse(
	const char *list, struct vmspy_kpageflags_filter *ret) VMSPY_MUST_CHECK;

static inline int vmspy_kpageflags_filter_takes(const struct vmspy_kpageflags_filter *filter,
						uint64_t flags)
{
	return (flags & filter->with) == filter->with && !(flags & filter->without);
}

#endif
