/* Memory cgroups by their number. */
#ifndef VMSPY_KERNEL_CGROUPS_H
#define VMSPY_KERNEL_CGROUPS_H

#include <stdint.h>

#include "base/error.h"

/*
 * Find the memory cgroup with this inode number, as /proc/kpagecgroup tells it.
 * ret:    its path below the root of the hierarchy ("/system.slice/cron.service"), any bytes, the
 *         caller's to free; NULL: it was removed, is not to be seen from here (a container has a
 *         part of the hierarchy), or there are too many to look through.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_cgroup_find(uint64_t inode, char **ret) VMSPY_MUST_CHECK;

#endif
