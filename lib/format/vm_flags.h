/* VmFlags of smaps: two letters each, and what they mean. */
#ifndef VMSPY_FORMAT_VM_FLAGS_H
#define VMSPY_FORMAT_VM_FLAGS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * ret:    the word for a flag of two letters ("may-write" for "mw"), static; NULL if it is not known.
 * Source: proc_pid_smaps(5), show_smap_vma_flags() of fs/proc/task_mmu.c. Flags that only older
 *         kernels have are known too.
 */
const char *vmspy_vm_flag_word(const char letters[2]);

/*
 * Spell flags out: "rd mw" becomes "readable may-write".
 * flags: with one space between them; what is not known is kept as it is.
 * buf:   appended to.
 */
struct vmspy_error *vmspy_vm_flags_spell(const char *flags, struct vmspy_buf *buf) VMSPY_MUST_CHECK;

#endif
