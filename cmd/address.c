#include "address.h"

#include <ctype.h>
#include <string.h>

#include "base/scan.h"

#include "base/banned.h"

static bool is_hex(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)word[i]))
			return false;
	return length;
}

struct vmspy_error *address_parse(const char *word, size_t length, uint64_t *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(word, length);
	bool found = vmspy_scan_text(&scan, "0x") ? vmspy_scan_hex(&scan, ret)
						  : vmspy_scan_decimal(&scan, ret);

	if (found && scan.at == scan.end)
		return NULL;
	/* Tables for people print addresses without it. */
	if (is_hex(word, length))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "'%.*s' is no address (did you mean '0x%.*s'?)",
					  (int)length, word, (int)length, word);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%.*s' is no address (like 0x7f21a0000000, or a decimal number)",
				  (int)length, word);
}

static struct vmspy_error *no_range(const char *word, const char *why)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is no range: %s (like 0x7f0000000000-0x7f0000200000)", word,
				  why);
}

struct vmspy_error *address_parse_range(const char *word, struct address_range *ret)
{
	const char *dash = strchr(word, '-');
	struct address_range range = { 0, UINT64_MAX };
	struct vmspy_error *err;

	if (!dash)
		return no_range(word, "START-END is missing its '-'");
	if (dash != word && (err = address_parse(word, (size_t)(dash - word), &range.start)))
		return err;
	if (dash[1] && (err = address_parse(dash + 1, strlen(dash + 1), &range.end)))
		return err;
	if (range.start >= range.end)
		return no_range(word, "it ends before it begins");
	*ret = range;
	return NULL;
}
