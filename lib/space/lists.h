/*
 * The lists of mappings of a live process. While it runs, the kernel may tell a mapping again from a
 * lower start, because it was merged with those before: such a list is read again, some times.
 */
#ifndef VMSPY_SPACE_LISTS_H
#define VMSPY_SPACE_LISTS_H

#include "base/error.h"
#include "format/maps.h"
#include "format/smaps.h"
#include "kernel/process.h"

/*
 * ret:    end it with vmspy_vma_list_deinit().
 * Errors: those of vmspy_process_read(), GONE (no address space any more), BAD_DATA, NO_MEMORY.
 */
struct vmspy_error *vmspy_vmas_read(const struct vmspy_process *process,
				    struct vmspy_vma_list *ret) VMSPY_MUST_CHECK;

/*
 * ret:    end it with vmspy_smaps_list_deinit().
 * Errors: those of vmspy_process_open(), SYSTEM, BAD_DATA, NO_MEMORY.
 */
struct vmspy_error *vmspy_smaps_read(const struct vmspy_process *process,
				     struct vmspy_smaps_list *ret) VMSPY_MUST_CHECK;

#endif
