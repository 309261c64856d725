/* The text of one number, character or address. Pure. */
#ifndef VMSPY_TYPES_SCALAR_H
#define VMSPY_TYPES_SCALAR_H

#include <stddef.h>

enum {
	VMSPY_SCALAR_BYTES_MAX = 32, /* a complex number of two long doubles */
	VMSPY_SCALAR_TEXT_MAX = 96
};

enum vmspy_scalar_kind {
	VMSPY_SCALAR_OPAQUE, /* a zeroed struct: nobody knows its text */
	VMSPY_SCALAR_SIGNED,
	VMSPY_SCALAR_UNSIGNED,
	VMSPY_SCALAR_BOOL,
	VMSPY_SCALAR_CHAR,          /* 97 'a' */
	VMSPY_SCALAR_UNSIGNED_CHAR, /* 97 'a' */
	VMSPY_SCALAR_CODE_POINT,    /* of Unicode: 97 'a' */
	VMSPY_SCALAR_FLOAT,
	VMSPY_SCALAR_LONG_DOUBLE, /* of this machine, with its padding */
	VMSPY_SCALAR_COMPLEX,     /* two FLOATs */
	VMSPY_SCALAR_LONG_COMPLEX,
	VMSPY_SCALAR_ADDRESS,
};

struct vmspy_scalar {
	enum vmspy_scalar_kind kind;
	size_t size_bytes;
	unsigned bit_count; /* of a bit field, which begins with the lowest bit; 0: all bits */
};

/*
 * bytes: size_bytes of them, in memory order.
 * ret:   room for VMSPY_SCALAR_TEXT_MAX; empty where kind and size do not go together. A floating
 *        number has as many digits as tell it from all others.
 */
void vmspy_scalar_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret);

#endif
