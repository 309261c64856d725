/* Names of C++ and Rust as people write them. */
#ifndef VMSPY_SYMBOL_DEMANGLE_H
#define VMSPY_SYMBOL_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Whether a name looks mangled; those that do not are not worth a look. */
bool vmspy_demangle_is_mangled(const char *name);

/*
 * Demangle many names at once: Itanium C++, and Rust in both of its ways (without the hash).
 * names:  NULL inside stands for no name.
 * ret:    room for count; ret[i] is the caller's to free, NULL where names[i] is not mangled, or
 *         nobody can tell. Not escaped. Written also for those that were done before one was met
 *         that takes all memory or time: such are left out.
 * Errors: NO_MEMORY; nothing is left in ret then.
 * Note:   done in a process apart: a name of a few bytes may stand for gigabytes. Without a mangled
 *         name among them no process is made.
 */
struct vmspy_error *vmspy_demangle(const char *const *names, size_t count,
				   char **ret) VMSPY_MUST_CHECK;

#endif
