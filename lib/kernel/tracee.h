/* The threads that are followed, by tid, and the processes that they belong to. */
#ifndef VMSPY_KERNEL_TRACEE_H
#define VMSPY_KERNEL_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	VMSPY_TRACEE_BUCKETS = 4096
};

/* What is known of a process: kept with its leader, which is there for as long as any thread is. */
struct vmspy_traced_process {
	pid_t parent_pid;
	unsigned depth;
	size_t thread_count;  /* that we trace */
	size_t staying_count; /* of those, that have not said that they leave */
	bool refused;         /* may not be followed */
	bool unborn;          /* stopped at its first step, and its maker has not told of it yet */
	int status;           /* of that stop, as waitpid(2) told it */
};

struct vmspy_tracee {
	struct vmspy_tracee *next;
	pid_t tid;
	pid_t pid;
	bool traced;   /* false: a leader that ended before we came, or of whom is refused */
	bool equipped; /* it knows which events to stop for */
	bool leaving;
	struct vmspy_traced_process process; /* of a leader */
};

/* Bounded by the threads that are there. A zeroed struct is an empty table. */
struct vmspy_tracee_table {
	struct vmspy_tracee *bucket[VMSPY_TRACEE_BUCKETS];
	size_t traced_count; /* threads */
	size_t unborn_count; /* processes that are `unborn` */
};

/* ret: NULL if it is not there. Borrowed. */
struct vmspy_tracee *vmspy_tracee_find(const struct vmspy_tracee_table *table, pid_t tid);

/*
 * Add a leader, and with it its process, which is not there yet.
 * ret: borrowed; NULL: no memory.
 */
struct vmspy_tracee *vmspy_tracee_add_leader(struct vmspy_tracee_table *table, pid_t pid);

/*
 * Add a thread that we trace to a process that is there; a leader that was added and not traced
 * is from now on.
 * ret: borrowed; NULL: no memory.
 */
struct vmspy_tracee *vmspy_tracee_add_thread(struct vmspy_tracee_table *table, pid_t pid,
					     pid_t tid);

/* Note that a thread is on its way out. ret: whether it was the last one that had not been. */
bool vmspy_tracee_leave(struct vmspy_tracee_table *table, struct vmspy_tracee *tracee);

/* Forget a thread that is no leader. */
void vmspy_tracee_drop_thread(struct vmspy_tracee_table *table, struct vmspy_tracee *tracee);

/* Exec: whichever thread it was is the leader now, and the others are gone. */
void vmspy_tracee_keep_leader(struct vmspy_tracee_table *table, struct vmspy_tracee *leader);

/* Forget a process and all its threads. */
void vmspy_tracee_drop_process(struct vmspy_tracee_table *table, struct vmspy_tracee *leader);

/* ret: any process that is unborn; NULL if none is. Borrowed. */
struct vmspy_tracee *vmspy_tracee_find_unborn(const struct vmspy_tracee_table *table);

void vmspy_tracee_table_deinit(struct vmspy_tracee_table *table);

#endif
