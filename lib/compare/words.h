/* The words of a window: of both sides, or from a stretch that was read ahead. */
#ifndef VMSPY_COMPARE_WORDS_H
#define VMSPY_COMPARE_WORDS_H

#include <stdint.h>

#include "base/error.h"
#include "compare/window.h"

/*
 * Fill first and second of both sides, and the marks where frames are hidden. What is not read
 * twice is copied to second. Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_words_read(struct vmspy_window *window) VMSPY_MUST_CHECK;

/*
 * The same of one side, in two steps: first, and the marks where frames are hidden; later second.
 * Zeros where nothing is mapped. Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_words_read_first(const struct vmspy_window *window,
					   struct vmspy_window_side *side) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_words_read_second(const struct vmspy_window *window,
					    struct vmspy_window_side *side) VMSPY_MUST_CHECK;

#endif
