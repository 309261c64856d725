/* A command that is to be traced from its first instruction on. */
#ifndef VMSPY_CMD_CHILD_H
#define VMSPY_CMD_CHILD_H

#include <sys/resource.h>
#include <sys/types.h>

#include "base/error.h"

/* A zeroed struct is none. */
struct child {
	pid_t pid;
	int go_fd;    /* the command waits until it is closed */
	int error_fd; /* says why the program could not be run; nothing if it could */
};

/*
 * Fork, and have the child wait.
 * words:  the command and its arguments, NULL behind them. Searched for in PATH.
 * files:  the limit of open files that it shall have.
 * ret:    end it with child_deinit().
 * Errors: SYSTEM.
 */
struct vmspy_error *child_init(char **words, const struct rlimit *files,
			       struct child *ret) VMSPY_MUST_CHECK;

/*
 * Let it run its program, and wait until it does.
 * Errors: SYSTEM: it cannot be run: why.
 */
struct vmspy_error *child_go(struct child *child, const char *name) VMSPY_MUST_CHECK;

/* One that still waits ends; one that runs is left alone. */
void child_deinit(struct child *child);

#endif
