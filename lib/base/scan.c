#include "base/scan.h"

#include <string.h>

#include "base/banned.h"

bool vmspy_scan_char(struct vmspy_scan *scan, char wanted)
{
	if (scan->at == scan->end || *scan->at != wanted)
		return false;
	scan->at++;
	return true;
}

bool vmspy_scan_text(struct vmspy_scan *scan, const char *wanted)
{
	size_t length = strlen(wanted);

	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, wanted, length))
		return false;
	scan->at += length;
	return true;
}

size_t vmspy_scan_skip(struct vmspy_scan *scan, char skipped)
{
	const char *start = scan->at;

	while (scan->at < scan->end && *scan->at == skipped)
		scan->at++;
	return (size_t)(scan->at - start);
}

/* Digits of both bases; what is none is larger than any base. Looked up: a list has millions. */
#define NO 16
static const unsigned char digit_values[256] = {
	/* clang-format off */
	[0 ... '0' - 1] = NO,
	['0'] = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
	['9' + 1 ... 'A' - 1] = NO,
	['A'] = 10, 11, 12, 13, 14, 15,
	['F' + 1 ... 'a' - 1] = NO,
	['a'] = 10, 11, 12, 13, 14, 15,
	['f' + 1 ... 255] = NO,
	/* clang-format on */
};
#undef NO

static inline __attribute__((always_inline)) bool scan_number(struct vmspy_scan *scan,
							      unsigned base, uint64_t *ret)
{
	const char *at = scan->at;
	uint64_t value = 0;
	unsigned digit;

	for (; at < scan->end && (digit = digit_values[(unsigned char)*at]) < base; at++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	if (at == scan->at)
		return false;
	scan->at = at;
	*ret = value;
	return true;
}

bool vmspy_scan_decimal(struct vmspy_scan *scan, uint64_t *ret)
{
	return scan_number(scan, 10, ret);
}

bool vmspy_scan_hex(struct vmspy_scan *scan, uint64_t *ret)
{
	return scan_number(scan, 16, ret);
}

bool vmspy_scan_signed(struct vmspy_scan *scan, int64_t *ret)
{
	struct vmspy_scan ahead = *scan;
	bool negative = vmspy_scan_char(&ahead, '-');
	uint64_t value;

	if (!vmspy_scan_decimal(&ahead, &value) || value > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	*scan = ahead;
	return true;
}

bool vmspy_scan_until(struct vmspy_scan *scan, char delimiter, struct vmspy_scan *ret)
{
	size_t left = (size_t)(scan->end - scan->at);
	const char *stop;

	if (!left)
		return false;
	stop = memchr(scan->at, delimiter, left);
	*ret = (struct vmspy_scan){ .at = scan->at, .end = stop ? stop : scan->end };
	scan->at = stop ? stop + 1 : scan->end;
	return true;
}
