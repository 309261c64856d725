/* The line above what is told of one process. */
#ifndef VMSPY_CMD_TITLE_H
#define VMSPY_CMD_TITLE_H

#include "output.h"
#include "space/space.h"

/* Print who it is, for people; nothing without headings. Errors: NO_MEMORY. */
struct vmspy_error *title_print(const struct output *output, struct render *render,
				const struct vmspy_identity *identity) VMSPY_MUST_CHECK;

#endif
