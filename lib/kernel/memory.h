/* Bytes of a live process. */
#ifndef VMSPY_KERNEL_MEMORY_H
#define VMSPY_KERNEL_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Read bytes through /proc/PID/mem. Ask only for pages that are present: an absent one would be
 * faulted in.
 * ret_bytes: how many of `size` were read; fewer where a page cannot be read (EIO, EFAULT:
 *            memfd_secret, a hole, userfaultfd), which is not an error.
 * Errors:    GONE (the address space is gone: 0 bytes), NOT_PERMITTED, SYSTEM.
 */
struct vmspy_error *vmspy_memory_read(int mem_fd, uint64_t address, void *bytes, size_t size,
				      size_t *ret_bytes) VMSPY_MUST_CHECK;

#endif
