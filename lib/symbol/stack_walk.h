/* From frame to frame of a stack, by libdwfl: the part of unwinding that is done apart. */
#ifndef VMSPY_SYMBOL_STACK_WALK_H
#define VMSPY_SYMBOL_STACK_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "space/space.h"
#include "symbol/apart.h"
#include "symbol/unwind.h"

enum {
	VMSPY_STACK_WALK_FRAMES_MAX = 256, /* of one thread */
	VMSPY_STACK_WALK_NAME_MAX = 4096, /* bytes of a function's name; a longer one is left out */
};

enum vmspy_stack_walk_kind {
	VMSPY_STACK_WALK_FRAME, /* a frame: of one thread after the other, innermost first */
	VMSPY_STACK_WALK_NAME, /* of the function at `at`; name_bytes of it follow, without a NUL */
	VMSPY_STACK_WALK_CUT,  /* the thread's stack goes on; why follows, as a name does */
};

/* What the walker answers: records of this form, some with text behind them. */
struct vmspy_stack_walk_record {
	uint32_t kind; /* enum vmspy_stack_walk_kind */
	uint32_t name_bytes;
	uint64_t thread_index;
	uint64_t at; /* the address that tells the function: the call, not what comes after it */
	uint64_t pc;
	uint64_t start, end; /* of the stack */
};

/* What the walker is told. */
struct vmspy_stack_walk {
	struct vmspy_space *space;
	const struct vmspy_unwind_thread *thread;
	size_t count;
};

/* The work of a struct vmspy_apart_job; context: a struct vmspy_stack_walk. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_stack_walk_run(void *context,
					 struct vmspy_apart_answer *answer) VMSPY_MUST_CHECK;

#endif
