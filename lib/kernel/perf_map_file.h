/* The file in which a process names the code that it makes. */
#ifndef VMSPY_KERNEL_PERF_MAP_FILE_H
#define VMSPY_KERNEL_PERF_MAP_FILE_H

#include "base/buf.h"
#include "base/error.h"
#include "kernel/process.h"

/*
 * Read /tmp/perf-PID.map as the process sees it: under its root, and with its pid in its own pid
 * namespace.
 * path:   appended to: that path, as the process sees it.
 * ret:    appended to, up to VMSPY_PERF_MAP_BYTES_MAX.
 * Errors: UNSUPPORTED: it has none, or what is there is no regular file of its effective user:
 *         anybody may put a file of that name there. GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_perf_map_read(const struct vmspy_process *process, struct vmspy_buf *path,
					struct vmspy_buf *ret) VMSPY_MUST_CHECK;

#endif
