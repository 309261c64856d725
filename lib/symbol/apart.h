/* Work on files that a target chose, done in a process apart: what breaks there breaks alone. */
#ifndef VMSPY_SYMBOL_APART_H
#define VMSPY_SYMBOL_APART_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Where the worker puts what it finds; whole records only. */
struct vmspy_apart_answer;

struct vmspy_apart_job {
	/*
	 * Runs in a fork of this process, with all of its memory as it was. Its error message comes
	 * back; nothing else does but what was added to the answer, also when it is ended.
	 */
	struct vmspy_error *(*work)(void *context, struct vmspy_apart_answer *answer);
	void *context;
	uint64_t time_ns;      /* it is ended after this long */
	uint64_t memory_bytes; /* that it may have beyond what this process has already */
	size_t answer_bytes;   /* room for the answer */
};

/* In the worker: add one record, whole or not at all. Errors: UNSUPPORTED: the room is used up. */
struct vmspy_error *vmspy_apart_add(struct vmspy_apart_answer *answer, const void *record,
				    size_t size) VMSPY_MUST_CHECK;

/*
 * Do the work apart.
 * ret:    all whole records, one behind the other, also on error. Do not trust them: the worker
 *         may have been led astray by what it read.
 * Errors: what the work answered; BAD_DATA: it crashed, or took too long or too much memory;
 *         NO_MEMORY (of who asked), SYSTEM.
 * Note:   libdw and libdwfl are not made for files that mean harm. A crash, a loop without end or
 *         a few bytes that unpack into all memory cost a note here, and not the whole answer.
 */
struct vmspy_error *vmspy_apart_run(const struct vmspy_apart_job *job,
				    struct vmspy_buf *ret) VMSPY_MUST_CHECK;

#endif
