/* Why the kernel refused, and what helps. */
#ifndef VMSPY_KERNEL_REFUSAL_H
#define VMSPY_KERNEL_REFUSAL_H

#include <sys/types.h>

#include "base/error.h"

/* What was asked for; each has its own gate in the kernel. */
enum vmspy_right {
	VMSPY_RIGHT_STOP,       /* PTRACE_SEIZE */
	VMSPY_RIGHT_READ,       /* maps, smaps, exe: PTRACE_MODE_READ */
	VMSPY_RIGHT_READ_PAGES, /* pagemap: PTRACE_MODE_READ, and the file's mode is 0400 */
	VMSPY_RIGHT_READ_BYTES, /* mem, personality: PTRACE_MODE_ATTACH, and the file's mode is 0400 */
};

/*
 * An error that says which gate was shut: another tracer, the owner, dumpability, Yama, or
 * something else (a security module, a container).
 * what:   what failed, without its reason: "cannot stop '4242'".
 * code:   EPERM or EACCES.
 * Source: ptrace(2), "Ptrace access mode checking"; Documentation/admin-guide/LSM/Yama.rst.
 */
struct vmspy_error *vmspy_refusal_explain(pid_t pid, const char *what, enum vmspy_right right,
					  int code) VMSPY_MUST_CHECK;

#endif
