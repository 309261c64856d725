/* What is done in a process apart to find lines of source. */
#ifndef VMSPY_TYPES_SOURCE_JOB_H
#define VMSPY_TYPES_SOURCE_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/apart.h"
#include "symbol/modules.h"

enum {
	VMSPY_SOURCE_FILE_MAX = 4096 /* bytes of a file's name; a longer one is left out */
};

struct vmspy_source_job {
	struct vmspy_modules *modules;
	const uint64_t *addresses;
	size_t count;
};

/* What it answers, one for each address that has a line; file_bytes of text follow, without a NUL. */
struct vmspy_source_record {
	uint64_t index;
	uint32_t line;
	uint32_t file_bytes;
};

/* The work of a struct vmspy_apart_job; context: a struct vmspy_source_job. Errors: NO_MEMORY. */
struct vmspy_error *vmspy_source_job_run(void *context,
					 struct vmspy_apart_answer *answer) VMSPY_MUST_CHECK;

#endif
