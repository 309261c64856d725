/* /proc/kpageflags: what the kernel knows of a physical frame. */
#ifndef VMSPY_FORMAT_KPAGEFLAGS_H
#define VMSPY_FORMAT_KPAGEFLAGS_H

#include <stdint.h>

/* Bit numbers. Source: include/uapi/linux/kernel-page-flags.h. */
enum vmspy_kpageflag {
	VMSPY_KPF_SWAPCACHE = 13,
	VMSPY_KPF_HUGE = 17, /* hugetlb */
	VMSPY_KPF_KSM = 21,
	VMSPY_KPF_THP = 22,
	VMSPY_KPF_ZERO_PAGE = 24,
};

static inline int vmspy_kpageflags_has(uint64_t flags, enum vmspy_kpageflag flag)
{
	return (flags >> flag) & 1;
}

#endif
