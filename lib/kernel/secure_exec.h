/* Programs that run with more rights than who started them. */
#ifndef VMSPY_KERNEL_SECURE_EXEC_H
#define VMSPY_KERNEL_SECURE_EXEC_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether exec has taken the perf events of a process away: it does so where the program has
 * rights that its file gave it (setuid, file capabilities), unless fs.suid_dumpable is 1.
 * Source: fs/exec.c:begin_new_exec(), perf_event_exit_task(); getauxval(3), AT_SECURE.
 * ret: false also where it cannot be told.
 */
bool vmspy_secure_exec_dropped_events(pid_t pid);

#endif
