/* Which functions had not returned yet, and which part of the stack belongs to each of them. */
#ifndef VMSPY_SYMBOL_UNWIND_H
#define VMSPY_SYMBOL_UNWIND_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/threads.h"
#include "symbol/modules.h"

/* A thread as it stood, and the bytes of its stack: all that is looked at of its memory. */
struct vmspy_unwind_thread {
	const struct vmspy_registers *registers;
	const unsigned char *bytes;
	uint64_t start; /* address of the first one */
	uint64_t size_bytes;
};

struct vmspy_unwind_frame {
	size_t thread_index;
	uint64_t pc;
	uint64_t start; /* of its part of the stack: [start, end); equal: not known */
	uint64_t end;
	const char *function; /* as the file has it (mangled); NULL: no symbol */
	const char *object;   /* as maps names it; NULL: code of no file. Borrowed from the space */
};

/* Shape: frames ascend by thread, and within one from the innermost to the outermost. */
struct vmspy_unwound {
	struct vmspy_unwind_frame *frame;
	size_t count;
	size_t room;
	size_t cut_count; /* threads whose outermost frame was not reached */
	char *reason;     /* why, of the first one; NULL: not known */
	char *names;      /* what the functions' names point into */
};

/*
 * Unwind threads. Done in a process apart: libdwfl is not made for files that mean harm.
 * modules: of the space that the threads belong to, which is not held.
 * threads: registers are known; at most 256 frames of each are told.
 * ret:     end it with vmspy_unwound_deinit().
 * Errors:  NO_MEMORY. What breaks while it is read ends the list early: a reason says why.
 * Note:    a thread without CFI is followed by frame pointers, as far as they lead.
 * Note:    the innermost frame of 64-bit code begins with the red zone below the stack pointer.
 */
struct vmspy_error *vmspy_unwind(struct vmspy_modules *modules,
				 const struct vmspy_unwind_thread *threads, size_t count,
				 struct vmspy_unwound *ret) VMSPY_MUST_CHECK;

void vmspy_unwound_deinit(struct vmspy_unwound *unwound);

#endif
