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
 * The same in two steps: first of both sides, and the marks where frames are hidden; then second
 * of both. Errors: GONE, SYSTEM.
 */
struct vmspy_error *vmspy_words_read_first(struct vmspy_window *window) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_words_read_second(struct vmspy_window *window) VMSPY_MUST_CHECK;

/* Read the window's words of one side; zeros where mapping is NULL. Errors: GONE, SYSTEM. */
struct vmspy_error *vmspy_words_read_side(const struct vmspy_window *window,
					  struct vmspy_window_side *side,
					  const struct vmspy_mapping *mapping,
					  uint64_t *words) VMSPY_MUST_CHECK;

#endif
