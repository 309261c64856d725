/* What is said to people on stderr: `vmspy: what failed: why (remedy)`. */
#ifndef VMSPY_CMD_MESSAGE_H
#define VMSPY_CMD_MESSAGE_H

#include <stddef.h>

#include "base/error.h"
#include "report/column.h"

/* Print one line; control characters in it are escaped. */
void say(const char *format, ...) VMSPY_PRINTF(1, 2);

/* Print an error and end it. ret: STATUS_TROUBLE. */
int trouble(struct vmspy_error *err);

/* A target that could not be answered for: a row of `errors` in JSON. */
struct failure {
	const char *target; /* as it was given; borrowed */
	const char *reason;
	const char *remedy; /* NULL: none is known */
	char *text;         /* what reason and remedy point into */
};

/* A zeroed struct is an empty list. */
struct failures {
	struct failure *failure;
	size_t count;
	size_t room;
};

/* Print an error, end it, and keep what it said. */
void failures_add(struct failures *failures, const char *target, struct vmspy_error *err);
void failures_deinit(struct failures *failures);

/* ret: STATUS_DONE, STATUS_PART or STATUS_TROUBLE: whether all, some or none were answered. */
int failures_status(const struct failures *failures, size_t asked_count);

struct render;

/* Print them as the array "errors" (JSON only). */
void failures_render(const struct failures *failures, struct render *render);

#endif
