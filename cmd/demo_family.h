/* The textbook's two processes: a parent, its child, and one variable. */
#ifndef VMSPY_CMD_DEMO_FAMILY_H
#define VMSPY_CMD_DEMO_FAMILY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

enum {
	FAMILY_PARENT,
	FAMILY_CHILD,
	FAMILY_SIZE
};

/* A line that a member says, and what it says of the variable. */
struct family_line {
	int value;
	char text[128];
};

struct family_member {
	pid_t pid;
	int ask_fd;    /* we write: one byte is one order */
	int answer_fd; /* we read */
};

/* Initialise the descriptors with FAMILY_NONE. */
struct family {
	struct family_member member[FAMILY_SIZE];
	uint64_t address; /* of the variable, the same in both */
	size_t size_bytes;
};

#define FAMILY_NONE                                                                                \
	{                                                                                          \
		.member = { { .ask_fd = -1, .answer_fd = -1 }, { .ask_fd = -1, .answer_fd = -1 } } \
	}

/*
 * Fork a parent, which sets the variable to 100 and forks a child. Both wait for orders, and
 * write to nothing but their stacks meanwhile.
 * ret:    end it with family_end(); both also end if we do.
 * Errors: SYSTEM.
 */
struct vmspy_error *family_begin(struct family *ret) VMSPY_MUST_CHECK;

/* Have a member print its pid, the variable's value and address. Errors: GONE, SYSTEM. */
struct vmspy_error *family_say(const struct family *family, int who,
			       struct family_line *ret) VMSPY_MUST_CHECK;

/* Have a member set the variable to 200. Errors: GONE, SYSTEM. */
struct vmspy_error *family_set(const struct family *family, int who) VMSPY_MUST_CHECK;

void family_end(struct family *family);

#endif
