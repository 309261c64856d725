/* Scope guards: what a function holds is given back wherever it returns. */
#ifndef VMSPY_BASE_CLEANUP_H
#define VMSPY_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

/* Calls end(&variable) when the variable goes out of scope; every _deinit() fits. */
#define VMSPY_AUTO(end) __attribute__((cleanup(end)))

/* For memory: VMSPY_AUTO(vmspy_guard_free) char *text = NULL; */
static inline void vmspy_guard_free(void *variable)
{
	free(*(void **)variable);
}

/* For descriptors; -1 is none. */
static inline void vmspy_guard_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* For errors that were looked at and are not passed on. */
static inline void vmspy_guard_error(struct vmspy_error **err)
{
	vmspy_error_destroy(*err);
}

#endif
