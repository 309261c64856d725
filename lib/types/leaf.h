/*
 * The value of what has no members: a number, an enumerator, an address, a text. For processes
 * apart only, as all that reads DWARF.
 */
#ifndef VMSPY_TYPES_LEAF_H
#define VMSPY_TYPES_LEAF_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/values.h"
#include "types/both_reader.h"

/* A place, and the type of what lies there. */
struct vmspy_leaf {
	Dwarf_Die type; /* without typedefs and the like */
	uint64_t address;
	uint64_t size_bytes;
	unsigned bit_offset; /* of a bit field: below 8 */
	unsigned bit_count;  /* 0: it is no bit field */
};

/*
 * The value on one side.
 * ret:     without hex and text if not all of it is known. That of a bit field has its bits alone.
 * points:  where it points to, for pointers; NULL inside stays.
 * Errors:  NO_MEMORY.
 */
struct vmspy_error *vmspy_leaf_value(struct vmspy_both_reader *reader,
				     const struct vmspy_leaf *leaf, bool of_b,
				     struct vmspy_value *ret) VMSPY_MUST_CHECK;

/* ret: whether it is an address that may have a name; *ret is what the side has there. */
bool vmspy_leaf_points(struct vmspy_both_reader *reader, const struct vmspy_leaf *leaf, bool of_b,
		       uint64_t *ret);

/* Whether both sides have the same, as far as it is known; bits beside a bit field do not count. */
bool vmspy_leaf_is_equal(struct vmspy_both_reader *reader, const struct vmspy_leaf *leaf);

/* Whether the type is a character of one byte, of which arrays are texts. */
bool vmspy_leaf_is_char(Dwarf_Die *type);

#endif
