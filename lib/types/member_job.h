/* The work of a process apart: the types of some variables of one file, and what differs in them. */
#ifndef VMSPY_TYPES_MEMBER_JOB_H
#define VMSPY_TYPES_MEMBER_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "symbol/apart.h"
#include "types/members.h"

/* All of it is borrowed. */
struct vmspy_member_job {
	const struct vmspy_members_query *query;
	const char *const
		*names;      /* demangled, for each variable of the query; NULL inside: as it is */
	const size_t *index; /* those of the file, in the query */
	size_t count;
	uint64_t bias; /* address in the space less address in the file */
	int fd;        /* the file */
	const char *object;
	const char *fetched; /* path of its debug file, if that was fetched; NULL */
};

/*
 * For vmspy_apart_run(): context is the job, the answer is of records (types/member_record.h).
 * Errors: NO_MEMORY; UNSUPPORTED: not all is there, or there is no room for it.
 */
struct vmspy_error *vmspy_member_job_run(void *context,
					 struct vmspy_apart_answer *answer) VMSPY_MUST_CHECK;

#endif
