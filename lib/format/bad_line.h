/* The error for a line that is not what it should be. */
#ifndef VMSPY_FORMAT_BAD_LINE_H
#define VMSPY_FORMAT_BAD_LINE_H

#include <stdint.h>

#include "base/error.h"
#include "base/scan.h"

/*
 * ret:    BAD_DATA: `cannot read FILE: line NUMBER 'LINE' WHY`, the line escaped and cut short.
 * file:   the name under /proc/PID ("maps").
 * number: of the line, from 1; 0: not known, left out.
 * why:    begins with a verb: "is no mapping".
 */
struct vmspy_error *vmspy_bad_line(const char *file, uint64_t number, struct vmspy_scan line,
				   const char *why) VMSPY_MUST_CHECK;

#endif
