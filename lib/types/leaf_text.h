/* Texts that a target has: in quotes, escaped, and not too long. Pure. */
#ifndef VMSPY_TYPES_LEAF_TEXT_H
#define VMSPY_TYPES_LEAF_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/values.h"
#include "types/both_reader.h"

/*
 * The values of an array of characters: a text up to its NUL, or all of it where only what is
 * behind the NUL differs. A long one is shown from shortly before the first change.
 * ret:    a's, then b's.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_text_of_array(struct vmspy_both_reader *reader, uint64_t address,
					uint64_t size_bytes,
					struct vmspy_value ret[2]) VMSPY_MUST_CHECK;

/*
 * Characters somewhere else that a variable leads to, in quotes.
 * size_bytes: UINT64_MAX: up to a NUL.
 * ret:    appended; nothing if they are not known.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_text_quote(struct vmspy_both_reader *reader, bool of_b, uint64_t address,
				     uint64_t size_bytes, struct vmspy_buf *ret) VMSPY_MUST_CHECK;

/* Put a text into a value: cut at the end of a character, with "...", where it is too long. */
void vmspy_text_set(struct vmspy_value *value, const struct vmspy_buf *text);

#endif
