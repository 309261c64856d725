/* diff --watch: a comparison that is repeated until somebody ends it, or one of the two ends. */
#ifndef VMSPY_CMD_WATCH_H
#define VMSPY_CMD_WATCH_H

#include <stdint.h>

#include "base/error.h"
#include "diff.h"
#include "options.h"

/*
 * Read the SECONDS of --watch: "2", "0.5".
 * ret:    from the start of a round to the start of the next, in ns; 0 without --watch.
 * Errors: BAD_DATA.
 */
struct vmspy_error *watch_parse(const struct arguments *arguments, uint64_t *ret) VMSPY_MUST_CHECK;

/*
 * Compare again and again, and print of each round but the first what is not as it was.
 * diff:  asked and opened, not compared.
 * ret:   enum status: STATUS_DONE once the first round was printed, whatever ended it, but for an
 *        error that has nothing to do with the end of a process.
 */
int watch_run(struct diff *diff);

/* Text of a round that is not the first: nothing where nothing changed. Errors: NO_MEMORY. */
struct vmspy_error *watch_print_text(const struct diff *diff) VMSPY_MUST_CHECK;

#endif
