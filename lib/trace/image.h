/* A process as it was at some moment: what its addresses mean, also when it is gone. */
#ifndef VMSPY_TRACE_IMAGE_H
#define VMSPY_TRACE_IMAGE_H

#include "base/error.h"
#include "space/space.h"

struct vmspy_image;

/*
 * Read what is mapped in a process now.
 * ret:    one reference; end it with vmspy_image_drop().
 * Errors: GONE, NOT_PERMITTED, SYSTEM, NO_MEMORY.
 */
struct vmspy_error *vmspy_image_create(pid_t pid, const struct vmspy_host *host,
				       struct vmspy_image **ret) VMSPY_MUST_CHECK;

/* One more reference. Any thread may take and drop them. ret: the same. */
struct vmspy_image *vmspy_image_keep(struct vmspy_image *image);

/* NULL is allowed. */
void vmspy_image_drop(struct vmspy_image *image);

/*
 * ret:  loaded; the process may be gone. Borrowed.
 * Note: it is asked for page words by the thread that traces, and for all else by that which
 *       names: see vmspy_space_is_concurrent(). It is never loaded again.
 */
struct vmspy_space *vmspy_image_space(const struct vmspy_image *image);

#endif
