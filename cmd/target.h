/* TARGET: which process is meant. */
#ifndef VMSPY_CMD_TARGET_H
#define VMSPY_CMD_TARGET_H

#include "base/error.h"
#include "space/space.h"

/*
 * Find a target: digits are a pid, anything else is the name (comm) of exactly one process.
 * host:   borrowed, must outlive the space.
 * ret:    not loaded; end it with vmspy_space_close().
 * Errors: BAD_DATA (no pid and no name; a name of several processes: they are listed), those of
 *         vmspy_space_open().
 */
struct vmspy_error *target_open(const char *word, const struct vmspy_host *host,
				struct vmspy_space **ret) VMSPY_MUST_CHECK;

#endif
