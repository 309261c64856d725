/* What addresses point to, by name: data, and functions. */
#ifndef VMSPY_TYPES_POINTED_H
#define VMSPY_TYPES_POINTED_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/modules.h"

/*
 * Name what lies at addresses, in files whose symbols were read already: no more are read for it.
 * ret:    room for count; ret[i] is "handler+8", demangled, the caller's to free; NULL: not known.
 * Errors: NO_MEMORY; nothing is left in ret then.
 * Note:   the functions of a file are looked up in a process apart, which forgets them.
 */
struct vmspy_error *vmspy_pointed_find(struct vmspy_modules *modules, const uint64_t *addresses,
				       size_t count, char **ret) VMSPY_MUST_CHECK;

#endif
