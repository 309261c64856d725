/* /proc/PID/status: thread group, tracer and owner of a process. */
#ifndef VMSPY_FORMAT_STATUS_H
#define VMSPY_FORMAT_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct vmspy_status {
	pid_t thread_group_pid; /* Tgid */
	pid_t parent_pid;       /* PPid */
	pid_t tracer_pid;       /* 0: not traced */
	pid_t namespace_pid;    /* NSpid: in its own pid namespace; Tgid where there is none */
	uid_t effective_uid;
	bool has_memory; /* a VmSize line: kernel threads and zombies have none */
};

/*
 * Read the text of /proc/PID/status. Source: proc_pid_status(5).
 * Errors: BAD_DATA (Tgid, PPid, TracerPid or Uid missing or no number).
 * Note:   the Name line comes first and is escaped by the kernel, so no comm can fake a line.
 */
struct vmspy_error *vmspy_status_parse(const char *text, size_t length,
				       struct vmspy_status *ret) VMSPY_MUST_CHECK;

#endif
