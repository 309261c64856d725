/* Who wrote, and what was written to: the names of one copy. */
#ifndef VMSPY_BLAME_WRITER_H
#define VMSPY_BLAME_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/trace.h"

/* A place in code. Strings are borrowed from the namer. */
struct vmspy_code_name {
	uint64_t ip;        /* as the kernel told it: of callers that which comes after the call */
	const char *symbol; /* function, as people write it; NULL: not known */
	uint64_t symbol_offset_bytes;
	const char *object; /* as maps names the file; "[kernel]"; NULL: code of no file */
	const char *file;   /* of source, as the compiler wrote it; NULL: not known */
	unsigned line;      /* 0: not known */
};

/* Strings are borrowed from the namer, until it ends. */
struct vmspy_writer_names {
	const char *symbol; /* the variable that was written to; NULL: none lies there */
	uint64_t symbol_offset_bytes;
	const char
		*object; /* the file that the variable is in, also where its page is none of it */
	const char *member;          /* the path of the member: "server.dirty"; NULL: not known */
	struct vmspy_code_name code; /* that wrote; code.ip VMSPY_ADDRESS_UNKNOWN: not known */
	const struct vmspy_code_name
		*stack; /* borrowed until the next; the innermost first: code */
	size_t stack_count;
};

struct vmspy_namer;

/*
 * ret:    end it with vmspy_namer_destroy(); its calls belong to one thread.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_namer_create(struct vmspy_namer **ret) VMSPY_MUST_CHECK;

/*
 * Look up what a batch of COPY and FAULT events is about (others are passed over), all that is
 * new together. What was named before is known: the same place of the same file is looked up
 * once, in whichever process.
 * Errors: NO_MEMORY. What cannot be found has no name.
 * Note:   slow where a file is new: its symbols and DWARF are read, apart.
 */
struct vmspy_error *vmspy_namer_prepare(struct vmspy_namer *namer,
					const struct vmspy_trace_batch *batch) VMSPY_MUST_CHECK;

/* The names of one event of the batch that was prepared last. ret: all empty where none is known. */
void vmspy_namer_name(struct vmspy_namer *namer, const struct vmspy_trace_event *event,
		      struct vmspy_writer_names *ret);

/* NULL is allowed. */
void vmspy_namer_destroy(struct vmspy_namer *namer);

#endif
