/* Small files of /proc, read whole. */
#ifndef VMSPY_KERNEL_PROC_FILE_H
#define VMSPY_KERNEL_PROC_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "format/stat.h"

/* Whether a procfs is at /proc. Something else that is there must not be believed. */
bool vmspy_proc_is_mounted(void);

/*
 * Read a file to its end. /proc answers a read with a page at most, whatever the buffer.
 * directory_fd: what a relative path starts from, or AT_FDCWD.
 * buf:          appended to.
 * ret:          0, or an errno: only the caller knows what the file meant to the user.
 */
int vmspy_proc_file_read(int directory_fd, const char *path, struct vmspy_buf *buf);

/* As vmspy_proc_file_read(), from a file that is open. */
int vmspy_proc_file_drain(int fd, struct vmspy_buf *buf);

/*
 * The comm of a process or thread, escaped for a message.
 * buf:  appended to; nothing if it cannot be read.
 */
struct vmspy_error *vmspy_proc_file_comm(pid_t pid, struct vmspy_buf *buf) VMSPY_MUST_CHECK;

/*
 * Read /proc/PID/task/TID/stat.
 * ret: false if the thread is not there.
 */
bool vmspy_proc_file_thread(pid_t pid, pid_t tid, struct vmspy_stat *ret);

#endif
