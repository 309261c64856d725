/* The types and members of the variables that differ, from the bytes that a comparison kept. */
#ifndef VMSPY_BLAME_TYPED_H
#define VMSPY_BLAME_TYPED_H

#include <stddef.h>

#include "base/error.h"
#include "blame/changed.h"
#include "compare/pair.h"
#include "symbol/modules.h"
#include "types/members.h"

/*
 * Find out of variables that differ which of their members do.
 * pair, modules, changed: all of the same moment; neither space may be held: reading DWARF is slow.
 * members_max: of one variable; the rest is counted.
 * ret:    end it with vmspy_typed_list_deinit(); typed[i] is of changed->changed[i], and empty for
 *         what has no name.
 * Errors: NO_MEMORY.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_typed_find(const struct vmspy_pair *pair,
						  struct vmspy_modules *modules,
						  const struct vmspy_changed_list *changed,
						  size_t members_max,
						  struct vmspy_typed_list *ret) VMSPY_MUST_CHECK;

#endif
