#include "limit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

#include "base/banned.h"

static const struct {
	const char *suffix;
	enum limit_unit unit;
	double factor;
} suffixes[] = {
	{ "", LIMIT_PAGES, 1 },
	{ "%", LIMIT_PERCENT, 1 },
	{ "B", LIMIT_BYTES, 1 },
	{ "K", LIMIT_BYTES, 1 << 10 },
	{ "M", LIMIT_BYTES, 1 << 20 },
	{ "G", LIMIT_BYTES, 1 << 30 },
	{ "T", LIMIT_BYTES, (double)(UINT64_C(1) << 40) },
};

static struct vmspy_error *no_limit(const char *text)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "cannot allow '%s' to diverge: no number of pages, size or "
				  "percentage (like 200, 4M or 2.5%%)",
				  text);
}

struct vmspy_error *limit_parse(const char *text, struct limit *ret)
{
	double amount;
	char *end;

	if (!text) {
		*ret = (struct limit){ 0 };
		return NULL;
	}
	if (*text < '0' || *text > '9')
		return no_limit(text);
	amount = strtod(text, &end);
	/* strtod also knows hexadecimal numbers and powers of ten: a slip, for a limit. */
	if (!isfinite(amount) || end != text + strspn(text, "0123456789."))
		return no_limit(text);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (!strcmp(end, suffixes[i].suffix)) {
			*ret = (struct limit){ suffixes[i].unit, amount * suffixes[i].factor };
			return NULL;
		}
	return no_limit(text);
}

/* Whether so much diverged is above the limit. */
static bool is_above(const struct limit *limit, const struct vmspy_pair *pair,
		     uint64_t unknown_pages)
{
	double diverged = (double)(pair->totals.state_pages[VMSPY_STATE_DIVERGED] + unknown_pages);
	double of_private = (double)(pair->private_diverged_pages + unknown_pages);
	double all_private = of_private + (double)pair->private_shared_pages;

	switch (limit->unit) {
	case LIMIT_PAGES:
		return diverged > limit->amount;
	case LIMIT_BYTES:
		return diverged * pair->runs.page_bytes > limit->amount;
	case LIMIT_PERCENT:
		return of_private * 100 > limit->amount * all_private;
	}
	return true;
}

int limit_status(const struct limit *limit, const struct vmspy_pair *pair)
{
	if (is_above(limit, pair, 0))
		return STATUS_DIVERGED;
	return is_above(limit, pair, pair->totals.state_pages[VMSPY_STATE_UNKNOWN]) ? STATUS_PART
										    : STATUS_DONE;
}
