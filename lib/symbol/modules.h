/* The ELF files that an address space really has mapped. libelf and libdwfl behind one face. */
#ifndef VMSPY_SYMBOL_MODULES_H
#define VMSPY_SYMBOL_MODULES_H

#include <stdint.h>

#include "base/error.h"
#include "space/space.h"

struct vmspy_modules;

/*
 * Prepare look-ups in a space. Files are opened when an address of theirs is first asked for.
 * space:  loaded and not held: opening files and reading symbols is slow. Borrowed, must outlive it,
 *         and is not loaded again meanwhile.
 * ret:    end it with vmspy_modules_destroy().
 * Errors: NO_MEMORY.
 * Note:   after an exit or exec there is nothing left to open: such files are counted as failed.
 * Note:   libdwfl's own find_elf opens the path in our mount namespace: wrong symbols, silently,
 *         for a process in another one. Ours hands over what vmspy_space_open_file() gives.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_modules_create(struct vmspy_space *space,
						      struct vmspy_modules **ret) VMSPY_MUST_CHECK;

/*
 * Whose perf map names the code made at run time, where the space has none of its own: parent and
 * child share code that one of them made, and it may be either who tells its names.
 * kin: loaded; borrowed, must outlive modules.
 */
VMSPY_PUBLIC void vmspy_modules_set_kin(struct vmspy_modules *modules, struct vmspy_space *kin);

VMSPY_PUBLIC void vmspy_modules_destroy(struct vmspy_modules *modules);

/*
 * Files that could not be used, for the report: how many, and why the first one.
 * ret:    number of ELF mappings whose file could not be opened or read; reason is borrowed,
 *         NULL if there was none.
 */
VMSPY_PUBLIC size_t vmspy_modules_failed(const struct vmspy_modules *modules, const char **reason);

#endif
