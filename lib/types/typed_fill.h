/* Records of a process apart, taken into what is known of variables. */
#ifndef VMSPY_TYPES_TYPED_FILL_H
#define VMSPY_TYPES_TYPED_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "symbol/modules.h"
#include "types/member_record.h"
#include "types/members.h"

/* A value that is an address, to be named when all are known. */
struct vmspy_pointer {
	size_t typed_index;
	size_t member_index; /* SIZE_MAX: the variable itself */
	bool of_b;
	uint64_t address;
};

/* An answer in the making. Zeroed, but for query and list: list->typed has room for the query. */
struct vmspy_filling {
	const struct vmspy_members_query *query;
	struct vmspy_typed_list *list;
	struct vmspy_pointer *pointer;
	size_t pointer_count, pointer_room;
	size_t *member_room; /* of each variable */
};

void vmspy_filling_deinit(struct vmspy_filling *filling);

/*
 * Take a record of a variable or of one of its members. One that cannot be true is left out: a
 * member outside its variable, or more of them than were asked for.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_filling_take(struct vmspy_filling *filling,
				       const struct vmspy_record *record) VMSPY_MUST_CHECK;

/*
 * When all records were taken: sort members, and say what pointers point to.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_filling_finish(struct vmspy_filling *filling,
					 struct vmspy_modules *modules) VMSPY_MUST_CHECK;

#endif
