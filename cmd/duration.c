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
} suffixes[] = { { "s", 1 }, { "ms", 1e-3 }, { "m", 60 }, { "h", 3600 } };

/* ret: nanoseconds; 0: it is no such time. `bare`: the suffix that a bare number is short of. */
static uint64_t parse(const char *text, const char *bare)
{
	/* strtod also knows signs, spaces, hexadecimal numbers, powers of ten, and nan. */
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double amount = strtod(text, &end), seconds;
	const char *suffix = *end ? end : bare;

	for (size_t i = 0; digits && i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		seconds = amount * suffixes[i].seconds;
		if (end != text + digits || strcmp(suffix, suffixes[i].suffix) != 0 ||
		    seconds > SECONDS_MAX)
			continue;
		return (uint64_t)(seconds * NS_PER_SECOND);
	}
	return 0;
}

struct vmspy_error *duration_parse(const char *text, uint64_t *ret)
{
	uint64_t ns = parse(text, "s");

	if (ns) {
		*ret = ns;
		return NULL;
	}
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is no time above 0 (like 5, 1.5s, 500ms or 2m)", text);
}

struct vmspy_error *duration_parse_ms(const char *text, uint64_t *ret)
{
	uint64_t ns = parse(text, "ms");

	if (ns) {
		*ret = ns;
		return NULL;
	}
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is no time above 0 (like 5 or 0.5 for milliseconds, or 1s)",
				  text);
}
