/* Whose stack a diverged page belongs to, and which functions' frames lie there. */
#ifndef VMSPY_BLAME_STACKS_H
#define VMSPY_BLAME_STACKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"
#include "symbol/modules.h"

/* A function that had not returned yet, and the part of the stack that is its own. */
struct vmspy_stack_frame {
	char *function;     /* demangled; NULL: no symbol */
	const char *object; /* borrowed from the space; NULL: code of no file */
	uint64_t start;     /* of its frame: [start, end) */
	uint64_t end;
	uint64_t diverged_pages; /* that its frame lies on */
	uint64_t changed_bytes;  /* inside it; UINT64_MAX: not known */
	bool of_b;               /* of b's thread, not of a's */
};

/*
 * A stack with diverged pages. On each side it is that of one thread, or of none any more: a
 * process that a thread forked has one thread, which stands on the stack of the one that forked.
 */
struct vmspy_stack {
	uint64_t start; /* of the mapping, as far as both sides have it; see the note below */
	uint64_t end;
	const struct vmspy_thread *thread_a; /* NULL: none has it now. Borrowed from the pair */
	const struct vmspy_thread *thread_b;
	uint64_t diverged_pages;
	uint64_t changed_bytes; /* in the compared ones; UINT64_MAX: none were */
	/* Those on diverged pages: of a, then of b, each from the innermost to the outermost. */
	struct vmspy_stack_frame *frame;
	size_t frame_count;
	size_t frame_room;
};

/* Shape: most diverged pages first. */
struct vmspy_stacks {
	struct vmspy_stack *stack;
	size_t count;
	size_t room;
	char **note; /* what could not be unwound, one line each */
	size_t note_count;
};

/*
 * Attribute diverged stack pages to threads, and to functions if the stacks were kept.
 * a, b:   the modules of each side; both spaces are released. NULL: no functions are asked for.
 * ret:    end it with vmspy_stacks_deinit().
 * Errors: NO_MEMORY.
 * Note:   whose stack a mapping is, is told by the stack pointers that lie in it. Where there are
 *         several, each thread has what lies between its own and the next one's. Of memory that is
 *         a stack by nothing but a stack pointer (a program's own threads, fibres, goroutines) at
 *         most 256 KiB from there on are counted: the rest may be anything.
 */
VMSPY_PUBLIC struct vmspy_error *vmspy_stacks_find(const struct vmspy_pair *pair,
						   struct vmspy_modules *a, struct vmspy_modules *b,
						   struct vmspy_stacks *ret) VMSPY_MUST_CHECK;

VMSPY_PUBLIC void vmspy_stacks_deinit(struct vmspy_stacks *stacks);

#endif
