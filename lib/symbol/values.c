#include "symbol/values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

/* ret: whether a number of this size has a text. */
static bool read_signed(const void *bytes, uint64_t size_bytes, int64_t *ret)
{
	union {
		int8_t one;
		int16_t two;
		int32_t four;
		int64_t eight;
	} number;

	if (size_bytes != 1 && size_bytes != 2 && size_bytes != 4 && size_bytes != 8)
		return false;
	memcpy(&number, bytes, size_bytes);
	switch (size_bytes) {
	case 1:
		*ret = number.one;
		break;
	case 2:
		*ret = number.two;
		break;
	case 4:
		*ret = number.four;
		break;
	default:
		*ret = number.eight;
	}
	return true;
}

/* ret: has room for two digits a byte, and the end. */
static void format_hex(const void *bytes, size_t count, char *ret)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < count; i++)
		snprintf(ret + 2 * i, 3, "%02x", byte[i]);
}

struct vmspy_value vmspy_value_format(const void *bytes, size_t available, uint64_t size_bytes)
{
	uint64_t kept = size_bytes < VMSPY_VALUE_BYTES_MAX ? size_bytes : VMSPY_VALUE_BYTES_MAX;
	struct vmspy_value value = { 0 };
	int64_t number;

	if (!kept || available < kept)
		return value;
	value.known = true;
	value.truncated = size_bytes > kept;
	format_hex(bytes, kept, value.hex);
	if (read_signed(bytes, size_bytes, &number))
		snprintf(value.text, sizeof(value.text), "%" PRId64, number);
	return value;
}

void vmspy_value_excerpt(struct vmspy_value *value, uint64_t offset, const void *bytes,
			 uint64_t size_bytes)
{
	uint64_t left = size_bytes - offset;
	bool ends = left <= VMSPY_EXCERPT_BYTES;
	char hex[2 * VMSPY_EXCERPT_BYTES + 1];

	format_hex(bytes, ends ? left : VMSPY_EXCERPT_BYTES, hex);
	snprintf(value->excerpt, sizeof(value->excerpt), "+%" PRIu64 ":%s%s", offset, hex,
		 ends ? "" : "...");
}
