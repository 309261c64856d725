/* The file that is really mapped, whatever its name says now. */
#ifndef VMSPY_KERNEL_FILES_H
#define VMSPY_KERNEL_FILES_H

#include "base/error.h"
#include "format/maps.h"
#include "kernel/process.h"

/*
 * Open the file behind a mapping: /proc/PID/map_files/START-END; else, each only if device and
 * inode are the mapping's: /proc/PID/root + path, the path in our own root, /proc/PID/exe.
 * Works for deleted and replaced files and for other mount namespaces.
 * ret_fd: read-only, close-on-exec, a regular file; the caller's.
 * Errors: GONE (no name leads to it any more), NOT_PERMITTED (names CAP_CHECKPOINT_RESTORE),
 *         UNSUPPORTED (no regular file), SYSTEM.
 * Note:   never blocks: opened with O_NONBLOCK, and only regular files are opened for reading.
 * Note:   the device in maps can differ from st_dev on overlayfs and btrfs; there only map_files
 *         is trusted.
 */
struct vmspy_error *vmspy_files_open(const struct vmspy_process *process,
				     const struct vmspy_vma *vma, int *ret_fd) VMSPY_MUST_CHECK;

#endif
