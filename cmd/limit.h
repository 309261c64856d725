/* --max-diverged: how much may have diverged before diff says so by its status. */
#ifndef VMSPY_CMD_LIMIT_H
#define VMSPY_CMD_LIMIT_H

#include <stdint.h>

#include "base/error.h"
#include "compare/pair.h"

enum limit_unit {
	LIMIT_PAGES,
	LIMIT_BYTES,
	LIMIT_PERCENT
};

/* A zeroed struct allows nothing. */
struct limit {
	enum limit_unit unit;
	double amount;
};

/*
 * Read "200" (pages), "4K" "1.5M" "2G" (sizes in powers of 1024) or "2.5%".
 * text:   NULL: the limit is 0.
 * Errors: BAD_DATA.
 */
struct vmspy_error *limit_parse(const char *text, struct limit *ret) VMSPY_MUST_CHECK;

/*
 * ret: STATUS_DIVERGED above the limit, STATUS_PART if the unknown pages could bring it there,
 *      otherwise STATUS_DONE. A percentage is of the private pages that could be shared.
 */
int limit_status(const struct limit *limit, const struct vmspy_pair *pair);

#endif
