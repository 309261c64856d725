/* What `vmspy addr` takes for an address: numbers, symbols, places in files, registers. */
#ifndef VMSPY_CMD_ADDR_WORD_H
#define VMSPY_CMD_ADDR_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum addr_word_kind {
	ADDR_NUMBER,   /* 0x7f21a0000000 */
	ADDR_NAME,     /* symbol, file:symbol, symbol+0x10, libc.so.6+0x1234 */
	ADDR_REGISTER, /* $sp, $sp-8 */
};

struct addr_word {
	enum addr_word_kind kind;
	const char *text;   /* the whole word; borrowed */
	const char *name;   /* of the symbol, file or register: inside the text, not terminated */
	size_t name_length; /* 0: none */
	bool has_offset;
	bool is_negative;      /* the offset is subtracted */
	uint64_t number;       /* the address */
	uint64_t offset_bytes; /* 0 without one */
};

/*
 * Read a word. What begins with a digit is a number, unless something in it shows that it is the
 * name of a file; what begins with a dollar sign is a register.
 * Errors: BAD_DATA (empty, no number where one must be, nothing before the offset).
 */
struct vmspy_error *addr_word_parse(const char *text, struct addr_word *ret) VMSPY_MUST_CHECK;

/*
 * Whether a name is rather that of a file than of a symbol: it has a slash, or
 * ".so", and no colon.
 * Note: either is looked for as both; this says as what first.
 */
bool addr_word_is_file(const struct addr_word *word);

/*
 * Add the offset of a word to what its name stands for.
 * Errors: BAD_DATA (there is no such address).
 */
struct vmspy_error *addr_word_add(const struct addr_word *word, uint64_t base,
				  uint64_t *ret) VMSPY_MUST_CHECK;

#endif
