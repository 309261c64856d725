/* What a mapping is for: text, data, heap, stack ... Pure: decided from the list and the bounds. */
#ifndef VMSPY_SPACE_KINDS_H
#define VMSPY_SPACE_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "format/maps.h"
#include "format/stat.h"

enum vmspy_mapping_kind {
	VMSPY_KIND_TEXT,
	VMSPY_KIND_RODATA,
	VMSPY_KIND_DATA,
	VMSPY_KIND_BSS,
	VMSPY_KIND_HEAP,
	VMSPY_KIND_STACK,
	VMSPY_KIND_THREAD_STACK,
	VMSPY_KIND_VDSO,
	VMSPY_KIND_VVAR,
	VMSPY_KIND_VSYSCALL,
	VMSPY_KIND_ANON,
	VMSPY_KIND_FILE,
	VMSPY_KIND_SHMEM,
	VMSPY_KIND_SYSV,
	VMSPY_KIND_HUGETLB,
	VMSPY_KIND_GUARD,
	VMSPY_KIND_DEVICE,
	VMSPY_KIND_JIT,
	VMSPY_KIND_COUNT,
};

struct vmspy_mapping {
	struct vmspy_vma vma;
	enum vmspy_mapping_kind kind;
	uint64_t page_bytes; /* what one write copies: base pages but for hugetlb; 0: not known */
};

/* ret: the word of the manual ("thread-stack"), static. */
VMSPY_PUBLIC const char *vmspy_mapping_kind_name(enum vmspy_mapping_kind kind);

/* ret: one sentence: how this kind is recognised. Static. */
VMSPY_PUBLIC const char *vmspy_mapping_kind_help(enum vmspy_mapping_kind kind);

/*
 * Whether the mapping is memory of nobody's file: private, and no file behind it. To the kernel
 * /dev/zero and the nameless files of MAP_HUGETLB are files; what is in them is not.
 */
VMSPY_PUBLIC bool vmspy_mapping_is_anonymous(const struct vmspy_mapping *mapping);

/*
 * Whether what is mapped never had a name that could be deleted, whatever the kernel prints: a
 * memfd, a SysV segment, shared memory without a file.
 */
bool vmspy_mapping_is_nameless(const struct vmspy_mapping *mapping);

/*
 * Decide the kinds.
 * mapping: ascending; vma is set, kind is written. A kind that is HUGETLB already is kept: only
 *          the kernel knows (vma_page_size), the name does not always tell.
 * Rules:   the bounds decide the main program's text, rodata, data, bss, heap and stack; private
 *          mappings of any other file that is mapped private and executable somewhere go by
 *          permission (x text, w data, otherwise rodata), and bss is the unnamed private mapping
 *          right behind its data.
 * Errors:  NO_MEMORY; nothing is decided then.
 */
struct vmspy_error *vmspy_kinds_decide(struct vmspy_mapping *mapping, size_t count,
				       const struct vmspy_mm_bounds *bounds) VMSPY_MUST_CHECK;

#endif
