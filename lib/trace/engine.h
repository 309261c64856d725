/* What the parts of a trace have in common. Behind trace/trace.h. */
#ifndef VMSPY_TRACE_ENGINE_H
#define VMSPY_TRACE_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/vmstat.h"
#include "kernel/faults.h"
#include "kernel/follow.h"
#include "trace/family.h"
#include "trace/pairing.h"
#include "trace/queue.h"
#include "trace/trace.h"

enum {
	VMSPY_ORPHANS_MAX = 256,
};

/*
 * Three threads meet here. The one that follows the family (kernel/follow.h) and the one that
 * drains the rings take turns, by the lock; the one that tells takes from the queue alone.
 */
struct vmspy_trace {
	struct vmspy_trace_options options;
	const struct vmspy_host *host;
	enum vmspy_trace_source source;
	char *reason; /* why no better one */
	struct vmspy_queue queue;
	pthread_mutex_t lock;        /* of all below, while both threads run */
	struct vmspy_faults *faults; /* NULL: POLLING */
	struct vmspy_faults *tried;  /* of ourselves, while the target is attached to */
	struct vmspy_pairing pairing;
	struct vmspy_family family;
	/*
	 * Faults of memory that is not known yet: a child's first ones come before its birth, and
	 * exec writes into the new program before we are told of it.
	 */
	struct vmspy_settled orphan[VMSPY_ORPHANS_MAX];
	size_t orphan_next;
	pid_t executing_pid; /* what its memory does not have is the new program's; 0: nobody */
	struct vmspy_trace_totals totals;
	struct vmspy_vmstat begin;
	uint64_t lost_asked_ns;
	struct vmspy_follow *follow;
	pthread_t drainer;
	bool has_drainer;
	atomic_uint guests; /* threads that want the lock: the drainer lets them go first */
	atomic_bool ends;   /* the drainer's end is wanted */
	bool is_over;       /* the last look was taken: nothing more is told */
	bool has_stopped;
};

/* Begin an event about a member. */
struct vmspy_trace_event vmspy_engine_event(const struct vmspy_member *member,
					    enum vmspy_trace_kind kind);

/* Count an event, and put it into the queue. item: not the caller's any more. Never fails. */
void vmspy_engine_put(struct vmspy_trace *trace, struct vmspy_trace_item *item);

/* The same of a copy of an event. */
void vmspy_engine_tell(struct vmspy_trace *trace, const struct vmspy_trace_event *event);

/* What went wrong on the way costs completeness, never the trace. err: ended; NULL is allowed. */
void vmspy_engine_forgive(struct vmspy_trace *trace, struct vmspy_error *err);

/*
 * Take faults that are older, and decide what they did.
 * max: at most so many; SIZE_MAX: all that there are.
 * ret: whether there may be more.
 */
bool vmspy_engine_drain(struct vmspy_trace *trace, uint64_t before_ns, size_t max);

/* Tell of what the rings lost since the last time. */
void vmspy_engine_tell_lost(struct vmspy_trace *trace);

/* Whether the kernel has moved pages by itself since the trace began. */
bool vmspy_engine_has_moved(struct vmspy_trace *trace);

/* All is told that will be: END. May be called twice. */
void vmspy_engine_finish(struct vmspy_trace *trace);

#endif
