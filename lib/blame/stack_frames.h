/* Which functions' frames lie on the diverged pages of stacks. */
#ifndef VMSPY_BLAME_STACK_FRAMES_H
#define VMSPY_BLAME_STACK_FRAMES_H

#include <stdbool.h>

#include "base/error.h"
#include "blame/stacks.h"

/*
 * Unwind the threads of one side whose stacks were kept, and add their frames.
 * stacks: found already; frames and notes are added.
 * Errors: NO_MEMORY. What cannot be unwound is a note.
 */
struct vmspy_error *vmspy_stack_frames_add(const struct vmspy_pair *pair,
					   struct vmspy_modules *modules, bool of_b,
					   struct vmspy_stacks *stacks) VMSPY_MUST_CHECK;

/* Write the names of C++ and Rust as people do. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_stack_frames_demangle(struct vmspy_stacks *stacks) VMSPY_MUST_CHECK;

#endif
