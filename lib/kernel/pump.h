/* A long file of /proc, read on one thread while its lines are taken on another. */
#ifndef VMSPY_KERNEL_PUMP_H
#define VMSPY_KERNEL_PUMP_H

#include <stddef.h>

#include "base/error.h"

/* Who takes the lines. text: whole lines, but for the end of a file that has none there. */
struct vmspy_pump_sink {
	void *context;
	struct vmspy_error *(*take)(void *context, const char *text, size_t length);
};

/*
 * Read a file to its end. The kernel makes such a text while it is read, a page a call, and that
 * takes longer than anything that is done with it: so it is done meanwhile. Short files are read
 * without a thread.
 * sink:   called on this thread, in order; an error of its ends the reading.
 * ret:    0, or the errno of a read that failed.
 * Errors: those of the sink, NO_MEMORY.
 */
struct vmspy_error *vmspy_pump(int fd, const struct vmspy_pump_sink *sink,
			       int *ret) VMSPY_MUST_CHECK;

#endif
