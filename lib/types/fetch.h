/* Debug files from the servers that the user has configured (debuginfod). */
#ifndef VMSPY_TYPES_FETCH_H
#define VMSPY_TYPES_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Whether there are any: DEBUGINFOD_URLS is set in the environment. */
bool vmspy_fetch_is_configured(void);

/*
 * Fetch the debug file of a build, or find it among those that were fetched before.
 * build_id: in hex.
 * time_ns:  it is given up after this long.
 * ret:      its path, the caller's to free; NULL: no server has it.
 * Errors:   NO_MEMORY; UNSUPPORTED: libdebuginfod is missing; BAD_DATA: it took too long.
 * Note:     done in a process apart: it asks the network. The library is looked for when it is
 *           needed, as libdwfl does: most users have no server, and it brings a whole HTTP client.
 */
struct vmspy_error *vmspy_fetch_debug_file(const char *build_id, uint64_t time_ns,
					   char **ret) VMSPY_MUST_CHECK;

#endif
