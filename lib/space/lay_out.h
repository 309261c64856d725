/* From the list of mappings of a live process to its layout. */
#ifndef VMSPY_SPACE_LAY_OUT_H
#define VMSPY_SPACE_LAY_OUT_H

#include "base/error.h"
#include "kernel/process.h"
#include "space/space.h"

/*
 * Decide what each mapping is for.
 * layout: in and out: what was read of it; kinds and page sizes of its mappings, and its brk, are set.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_lay_out(const struct vmspy_process *process,
				  const struct vmspy_host *host,
				  struct vmspy_layout *layout) VMSPY_MUST_CHECK;

#endif
