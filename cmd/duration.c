#include "duration.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

enum {
	SECONDS_MAX = 1000000000,
};

#define NS_PER_SECOND 1e9

static const struct {
	const char *suffix;
	double seconds;
} suffixes[] = { { "", 1 }, { "s", 1 }, { "ms", 1e-3 }, { "m", 60 }, { "h", 3600 } };

struct vmspy_error *duration_parse(const char *text, uint64_t *ret)
{
	/* strtod also knows signs, spaces, hexadecimal numbers, powers of ten, and nan. */
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double amount = strtod(text, &end), seconds;

	for (size_t i = 0; digits && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		seconds = amount * suffixes[i].seconds;
		if (end != text + digits || strcmp(end, suffixes[i].suffix) != 0 ||
		    seconds > SECONDS_MAX || !(uint64_t)(seconds * NS_PER_SECOND))
			continue;
		*ret = (uint64_t)(seconds * NS_PER_SECOND);
		return NULL;
	}
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is no time above 0 (like 5, 1.5s, 500ms or 2m)", text);
}
