#include "types/scalar.h"

#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
	NUMBER_BYTES_MAX = 16,
	NUMBER_BITS_MAX = NUMBER_BYTES_MAX * CHAR_BIT,
	NUMBER_DIGITS_MAX = 40, /* of 2^128, and the sign */
	FLOAT_TEXT_MAX = 40,
	CHARACTER_TEXT_MAX = 8,
	X87_BYTES = 10, /* of a long double; the rest of its 12 or 16 is padding */
	CODE_POINT_MAX = 0x10ffff,
};

typedef unsigned __int128 wide;

/* --- whole numbers ------------------------------------------------------------------------- */

/* The number as it stands in memory: this machine's byte order, which is the target's. */
static bool read_wide(const struct vmspy_scalar *scalar, const void *bytes, wide *ret)
{
	wide number = 0;
	unsigned bits = scalar->bit_count;

	if (!scalar->size_bytes || scalar->size_bytes > NUMBER_BYTES_MAX ||
	    bits > scalar->size_bytes * CHAR_BIT)
		return false;
	for (size_t i = 0; i < scalar->size_bytes; i++) {
		size_t at =
			__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? scalar->size_bytes - 1 - i : i;

		number = number << CHAR_BIT | ((const unsigned char *)bytes)[at];
	}
	if (bits && bits < NUMBER_BITS_MAX)
		number &= ((wide)1 << bits) - 1;
	*ret = number;
	return true;
}

static bool is_negative(const struct vmspy_scalar *scalar, wide number)
{
	size_t bits = scalar->bit_count ? scalar->bit_count : scalar->size_bytes * CHAR_BIT;

	return number >> (bits - 1) & 1;
}

static wide magnitude(const struct vmspy_scalar *scalar, wide number)
{
	size_t bits = scalar->bit_count ? scalar->bit_count : scalar->size_bytes * CHAR_BIT;
	wide mask = bits < NUMBER_BITS_MAX ? ((wide)1 << bits) - 1 : ~(wide)0;

	return (~number + 1) & mask;
}

/* ret: room for NUMBER_DIGITS_MAX + 1. */
static void write_decimal(wide number, bool negative, char *ret)
{
	char digits[NUMBER_DIGITS_MAX + 1];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + (int)(number % 10));
	while ((number /= 10));
	if (negative)
		digits[--at] = '-';
	memcpy(ret, digits + at, sizeof(digits) - at);
}

static void unsigned_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	wide number;

	if (read_wide(scalar, bytes, &number))
		write_decimal(number, false, ret);
}

static void signed_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	wide number;

	if (!read_wide(scalar, bytes, &number))
		return;
	if (is_negative(scalar, number))
		write_decimal(magnitude(scalar, number), true, ret);
	else
		write_decimal(number, false, ret);
}

static void bool_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	wide number;

	if (!read_wide(scalar, bytes, &number))
		return;
	if (number > 1)
		write_decimal(number, false, ret);
	else
		snprintf(ret, VMSPY_SCALAR_TEXT_MAX, "%s", number ? "true" : "false");
}

static void address_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	wide number;

	if (read_wide(scalar, bytes, &number) && number <= UINT64_MAX)
		snprintf(ret, VMSPY_SCALAR_TEXT_MAX, "0x%" PRIx64, (uint64_t)number);
}

/* --- characters ---------------------------------------------------------------------------- */

/* ret: the printable character in quotes; empty for others. Room for CHARACTER_TEXT_MAX. */
static void quote(wide number, char *ret)
{
	ret[0] = '\0';
	if (number > ' ' - 1 && number < 0x7f)
		snprintf(ret, CHARACTER_TEXT_MAX, " '%c'", (char)number);
}

static void add_quoted(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	char quoted[CHARACTER_TEXT_MAX];
	size_t length = strlen(ret);
	wide number;

	if (!read_wide(scalar, bytes, &number) || number > CODE_POINT_MAX)
		return;
	quote(number, quoted);
	snprintf(ret + length, VMSPY_SCALAR_TEXT_MAX - length, "%s", quoted);
}

static void char_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	signed_text(scalar, bytes, ret);
	add_quoted(scalar, bytes, ret);
}

static void unsigned_char_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	unsigned_text(scalar, bytes, ret);
	add_quoted(scalar, bytes, ret);
}

/* --- floating numbers ---------------------------------------------------------------------- */

/* The shortest text that reads back as the same number; a NaN never does. */
static void write_float(float number, char *ret)
{
	for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
		float again;

		snprintf(ret, FLOAT_TEXT_MAX, "%.*g", digits, (double)number);
		again = strtof(ret, NULL);
		if (!memcmp(&again, &number, sizeof(number)))
			return;
	}
}

static void write_double(double number, char *ret)
{
	for (int digits = DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
		double again;

		snprintf(ret, FLOAT_TEXT_MAX, "%.*g", digits, number);
		again = strtod(ret, NULL);
		if (!memcmp(&again, &number, sizeof(number)))
			return;
	}
}

static void write_long_double(long double number, char *ret)
{
	for (int digits = LDBL_DIG; digits <= LDBL_DECIMAL_DIG; digits++) {
		snprintf(ret, FLOAT_TEXT_MAX, "%.*Lg", digits, number);
		if (strtold(ret, NULL) == number)
			return;
	}
}

/* ret: room for FLOAT_TEXT_MAX; empty: no such format. */
static void write_any_float(const void *bytes, size_t size, bool is_long, char *ret)
{
	long double large = 0;
	double medium;
	float small;

	ret[0] = '\0';
	if (is_long && LDBL_MANT_DIG == 64 && size >= X87_BYTES) {
		memcpy(&large, bytes, X87_BYTES);
		write_long_double(large, ret);
	} else if (size == sizeof(medium)) {
		memcpy(&medium, bytes, sizeof(medium));
		write_double(medium, ret);
	} else if (size == sizeof(small)) {
		memcpy(&small, bytes, sizeof(small));
		write_float(small, ret);
	}
}

static void float_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	write_any_float(bytes, scalar->size_bytes, scalar->kind == VMSPY_SCALAR_LONG_DOUBLE, ret);
}

static void complex_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	bool is_long = scalar->kind == VMSPY_SCALAR_LONG_COMPLEX;
	size_t half = scalar->size_bytes / 2;
	char real[FLOAT_TEXT_MAX], imaginary[FLOAT_TEXT_MAX];

	write_any_float(bytes, half, is_long, real);
	write_any_float((const char *)bytes + half, half, is_long, imaginary);
	if (real[0] && imaginary[0])
		snprintf(ret, VMSPY_SCALAR_TEXT_MAX, "%s%s%si", real,
			 imaginary[0] == '-' ? "" : "+", imaginary);
}

static void no_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	(void)scalar;
	(void)bytes;
	(void)ret;
}

void vmspy_scalar_text(const struct vmspy_scalar *scalar, const void *bytes, char *ret)
{
	static void (*const texts[])(const struct vmspy_scalar *scalar, const void *bytes,
				     char *ret) = {
		[VMSPY_SCALAR_OPAQUE] = no_text,
		[VMSPY_SCALAR_SIGNED] = signed_text,
		[VMSPY_SCALAR_UNSIGNED] = unsigned_text,
		[VMSPY_SCALAR_BOOL] = bool_text,
		[VMSPY_SCALAR_CHAR] = char_text,
		[VMSPY_SCALAR_UNSIGNED_CHAR] = unsigned_char_text,
		[VMSPY_SCALAR_CODE_POINT] = unsigned_char_text,
		[VMSPY_SCALAR_FLOAT] = float_text,
		[VMSPY_SCALAR_LONG_DOUBLE] = float_text,
		[VMSPY_SCALAR_COMPLEX] = complex_text,
		[VMSPY_SCALAR_LONG_COMPLEX] = complex_text,
		[VMSPY_SCALAR_ADDRESS] = address_text,
	};

	ret[0] = '\0';
	if (scalar->size_bytes <= VMSPY_SCALAR_BYTES_MAX)
		texts[scalar->kind](scalar, bytes, ret);
}
