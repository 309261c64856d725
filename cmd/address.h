/* Addresses as users write them. */
#ifndef VMSPY_CMD_ADDRESS_H
#define VMSPY_CMD_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * Read "0x7f21a0000000", or a decimal number.
 * Errors: BAD_DATA (tells what is meant where only the 0x is missing, as tables print them).
 */
struct vmspy_error *address_parse(const char *word, size_t length, uint64_t *ret) VMSPY_MUST_CHECK;

/* Byte addresses, half open. */
struct address_range {
	uint64_t start, end;
};

/*
 * Read "START-END"; without START from the lowest address on, without END to the highest.
 * Errors: BAD_DATA (no range, or an empty one).
 */
struct vmspy_error *address_parse_range(const char *word,
					struct address_range *ret) VMSPY_MUST_CHECK;

#endif
