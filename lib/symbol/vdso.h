/* [vdso]: an ELF file that is nowhere but in memory. */
#ifndef VMSPY_SYMBOL_VDSO_H
#define VMSPY_SYMBOL_VDSO_H

#include <stddef.h>

#include "base/error.h"
#include "space/space.h"

/*
 * Read its pages that are present: an absent one would be faulted in. The others are ours where
 * it is the same as ours, else empty.
 * ret:    the caller's to free.
 * Errors: UNSUPPORTED (larger than any is), GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_vdso_read(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				    unsigned char **ret, size_t *ret_bytes) VMSPY_MUST_CHECK;

/* The same as a file. ret_fd: the caller's. */
struct vmspy_error *vmspy_vdso_open(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				    int *ret_fd) VMSPY_MUST_CHECK;

#endif
