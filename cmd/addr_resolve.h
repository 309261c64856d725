/* From the words of `vmspy addr` to addresses. */
#ifndef VMSPY_CMD_ADDR_RESOLVE_H
#define VMSPY_CMD_ADDR_RESOLVE_H

#include <sys/types.h>

#include "addr_word.h"
#include "base/error.h"
#include "kernel/threads.h"
#include "symbol/modules.h"

/*
 * Find what a name stands for: a symbol, with or without the file that it is of, or a place in a
 * file by the numbering of that file.
 * modules: of a space that is not held.
 * Errors:  BAD_DATA (no such name; several places: they are listed, with the words that tell them
 *          apart), NO_MEMORY.
 */
struct vmspy_error *addr_resolve_name(struct vmspy_modules *modules, const struct addr_word *word,
				      uint64_t *ret) VMSPY_MUST_CHECK;

/*
 * Find what a register holds.
 * threads: those of the process.
 * tid:     of which thread.
 * Errors:  BAD_DATA (no such thread, no such register), UNSUPPORTED (it is not known of a thread
 *          that runs, or is not held).
 */
struct vmspy_error *addr_resolve_register(const struct vmspy_thread_list *threads, pid_t tid,
					  const struct addr_word *word,
					  uint64_t *ret) VMSPY_MUST_CHECK;

#endif
