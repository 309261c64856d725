/* All code of an address space as libdwfl sees it. To be used in a process apart. */
#ifndef VMSPY_SYMBOL_SESSION_H
#define VMSPY_SYMBOL_SESSION_H

#include <elfutils/libdwfl.h>

#include "base/error.h"
#include "space/space.h"

struct vmspy_session;

/*
 * Tell libdwfl where every file with code lies. A file is opened when it is first asked for: the
 * one that is really mapped. Nothing is attached to, and no server is asked.
 * space:  loaded and not held; borrowed.
 * ret:    end it with vmspy_session_destroy().
 * Errors: NO_MEMORY. Files that cannot be opened or read are left out.
 * Note:   [vdso] is read from memory, its present pages only: an absent one would be faulted in.
 */
struct vmspy_error *vmspy_session_create(struct vmspy_space *space,
					 struct vmspy_session **ret) VMSPY_MUST_CHECK;

void vmspy_session_destroy(struct vmspy_session *session);

/* ret: borrowed. */
Dwfl *vmspy_session_dwfl(const struct vmspy_session *session);

#endif
