/* How long something is to last, as people write it. */
#ifndef VMSPY_CMD_DURATION_H
#define VMSPY_CMD_DURATION_H

#include <stdint.h>

#include "base/error.h"

/*
 * Read "5" or "1.5s" (seconds), "500ms", "2m" or "1h".
 * ret:    nanoseconds, above 0.
 * Errors: BAD_DATA: anything else.
 */
struct vmspy_error *duration_parse(const char *text, uint64_t *ret) VMSPY_MUST_CHECK;

/* The same, where a number without a unit means milliseconds. */
struct vmspy_error *duration_parse_ms(const char *text, uint64_t *ret) VMSPY_MUST_CHECK;

#endif
