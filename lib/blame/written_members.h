/* Which members of variables were written. */
#ifndef VMSPY_BLAME_WRITTEN_MEMBERS_H
#define VMSPY_BLAME_WRITTEN_MEMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

enum {
	VMSPY_WRITTEN_MAX = 512,
};

/*
 * Find the members that cover some bytes.
 * address: ascending, at most VMSPY_WRITTEN_MAX.
 * ret:     ret[i] is of address[i]: "server.dirty", the caller's to free; NULL: no variable is
 *          there, it has no members, or no DWARF tells.
 * Errors:  NO_MEMORY; nothing is written then.
 */
struct vmspy_error *vmspy_written_members(struct vmspy_modules *modules, const uint64_t *address,
					  size_t count, char **ret) VMSPY_MUST_CHECK;

#endif
