/* String literals: text without a name, read from the file that is mapped. */
#ifndef VMSPY_SYMBOL_LITERALS_H
#define VMSPY_SYMBOL_LITERALS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/modules.h"

/*
 * Read the text that begins at an address: behind a NUL, at least four characters of printable
 * UTF-8 (tabs and line ends among them), and a NUL; long ones are cut.
 * ret:    appended to, in quotes and escaped as in C; nothing if there is no such text.
 * Errors: NO_MEMORY. A file that cannot be read has no texts.
 */
struct vmspy_error *vmspy_literal_at(const struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_buf *ret) VMSPY_MUST_CHECK;

/* The same of bytes: bytes[0] stands before the text. Pure. */
struct vmspy_error *vmspy_literal_quote(const char *bytes, size_t count,
					struct vmspy_buf *ret) VMSPY_MUST_CHECK;

#endif
