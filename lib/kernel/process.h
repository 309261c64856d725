/* One process, pinned: what is asked later is asked of the same one, or fails. */
#ifndef VMSPY_KERNEL_PROCESS_H
#define VMSPY_KERNEL_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"
#include "format/stat.h"
#include "format/status.h"

/* Hold it with _init/_deinit. Initialise the descriptors to -1 (VMSPY_PROCESS_NONE) before. */
struct vmspy_process {
	pid_t pid; /* the process (thread-group leader), even if a thread was named */
	pid_t reader_tid; /* whose /proc directory answers: the leader's, or a live thread's if it is dead */
	int directory_fd;       /* /proc/PID, or /proc/PID/task/TID of reader_tid */
	int pid_fd;             /* -1 before Linux 5.3 */
	struct vmspy_stat stat; /* as it was at init; its bounds are those of that moment */
	struct vmspy_status status;
	char *exe; /* target of /proc/PID/exe, NULL if it may not be read */
};

#define VMSPY_PROCESS_NONE ((struct vmspy_process){ .directory_fd = -1, .pid_fd = -1 })

/*
 * Find a process and pin it. A tid means its process.
 * ret:    end it with vmspy_process_deinit().
 * Errors: GONE (`no process '4242'`, a zombie: the message says whose), UNSUPPORTED (a kernel
 *         thread has no address space), NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_process_init(pid_t pid, struct vmspy_process *ret) VMSPY_MUST_CHECK;

void vmspy_process_deinit(struct vmspy_process *process);

/*
 * Read a whole file of the process's /proc directory ("maps", "stat", ...).
 * buf:    appended to.
 * Errors: GONE, NOT_PERMITTED (says which right opens this file and the remedy), SYSTEM.
 */
struct vmspy_error *vmspy_process_read(const struct vmspy_process *process, const char *name,
				       struct vmspy_buf *buf) VMSPY_MUST_CHECK;

/*
 * Open a file of the process's /proc directory for reading, close-on-exec.
 * Errors: as vmspy_process_read().
 */
struct vmspy_error *vmspy_process_open(const struct vmspy_process *process, const char *name,
				       int *ret_fd) VMSPY_MUST_CHECK;

/*
 * Whether it is still the process that was pinned (not whether it still runs the same program:
 * neither the start time nor a pidfd changes on exec).
 * Errors: GONE.
 */
struct vmspy_error *vmspy_process_check(const struct vmspy_process *process) VMSPY_MUST_CHECK;

/*
 * Read again what another program in the same process changes: stat (comm, bounds) and exe.
 * Errors: GONE, BAD_DATA, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_process_refresh(struct vmspy_process *process) VMSPY_MUST_CHECK;

/*
 * Whether both have one address space (threads, vfork, CLONE_VM).
 * Source: kcmp(2), KCMP_VM. Where kcmp is not to be had: false unless the pids are equal.
 */
bool vmspy_process_same_memory(const struct vmspy_process *a, const struct vmspy_process *b);

#endif
