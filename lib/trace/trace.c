#include "trace/trace.h"

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/host.h"
#include "kernel/own_thread.h"
#include "trace/decide.h"
#include "trace/engine.h"
#include "trace/happened.h"
#include "trace/look.h"

#include "base/banned.h"

#define NS_PER_MS UINT64_C(1000000)

/* What happened in the last moment another CPU may not have told yet. */
#define HORIZON_NS NS_PER_MS
/* A fault after which a thread makes no other is over by then: it may have lost the CPU in it. */
#define REST_NS  (200 * NS_PER_MS)
#define PAUSE_NS (10 * NS_PER_MS)
#define LOST_NS  (1000 * NS_PER_MS)
#define POLL_NS  (200 * NS_PER_MS)

enum {
	RING_BYTES = 8 << 20,
	RING_DUMP_BYTES = 32 << 20, /* with stacks in it */
	RING_LEAST_BYTES = 64 << 10,
	DUMP_BYTES = 8192,
	DRAIN_MAX = 2048,      /* faults for which the lock is held at once */
	WAITING_MAX = 1 << 18, /* events that nobody took: then faults wait in the rings */
};

/* --- how copies are seen ------------------------------------------------------------------- */

/*
 * Try on ourselves: whoever may trace a process may have its events where we may have our own.
 * The kernel takes some 10 ms to switch a tracepoint on, or off with its last event. So those of
 * the trial stay until the target has its own: it is stopped while it gets them.
 */
static struct vmspy_error *try_source(struct vmspy_trace *trace,
				      const struct vmspy_faults_options *options)
{
	struct vmspy_faults *tried;
	struct vmspy_error *err = vmspy_faults_create(options, &tried);

	if (err)
		return err;
	err = vmspy_faults_add(tried, (pid_t)syscall(SYS_gettid));
	if (!err)
		err = vmspy_faults_create(options, &trace->faults);
	/* Where it is quick it is not worth the room that the rings of this user may take. */
	if (!err && options->source == VMSPY_FAULTS_TRACED)
		trace->tried = tried;
	else
		vmspy_faults_destroy(tried);
	return err;
}

/* A ring that is too large for this user is tried smaller. */
static struct vmspy_error *try_sizes(struct vmspy_trace *trace, struct vmspy_faults_options options)
{
	struct vmspy_error *err = try_source(trace, &options);

	while (err && vmspy_error_kind(err) == VMSPY_ERROR_NOT_PERMITTED &&
	       options.ring_bytes > RING_LEAST_BYTES) {
		vmspy_error_destroy(err);
		options.ring_bytes /= 2;
		err = try_source(trace, &options);
	}
	return err;
}

static struct vmspy_error *choose_source(struct vmspy_trace *trace)
{
	bool dumps = trace->options.call_graph == VMSPY_CALL_GRAPH_DWARF;
	struct vmspy_faults_options options = {
		.source = VMSPY_FAULTS_TRACED,
		.chains = trace->options.call_graph != VMSPY_CALL_GRAPH_NONE,
		.dump_bytes = dumps ? DUMP_BYTES : 0,
		.ring_bytes = dumps ? RING_DUMP_BYTES : RING_BYTES,
	};
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;

	trace->source = VMSPY_TRACE_POLLING;
	if (trace->options.no_events)
		return NULL;
	if (trace->options.ring_bytes)
		options.ring_bytes = trace->options.ring_bytes;
	trace->source = VMSPY_TRACE_TRACEPOINTS;
	if (!(err = try_sizes(trace, options)))
		return NULL;
	trace->reason = strdup(vmspy_error_message(err));
	vmspy_error_destroy(err);
	trace->source = VMSPY_TRACE_FAULTS;
	options.source = VMSPY_FAULTS_COUNTED;
	if (!(err = try_sizes(trace, options)))
		return NULL;
	free(trace->reason);
	trace->reason = strdup(vmspy_error_message(err));
	trace->source = VMSPY_TRACE_POLLING;
	return NULL;
}

enum vmspy_trace_source vmspy_trace_source(const struct vmspy_trace *trace, const char **ret_reason)
{
	*ret_reason = trace->reason;
	return trace->source;
}

/* --- the thread that drains ---------------------------------------------------------------- */

static void pause_for(uint64_t ns)
{
	struct timespec pause = { .tv_nsec = (long)ns };

	nanosleep(&pause, NULL);
}

/* Look at all, with the lock held. */
static void look_at_all(struct vmspy_trace *trace)
{
	struct vmspy_member *member = NULL;

	while ((member = vmspy_family_next(&trace->family, member))) {
		struct vmspy_error *err = NULL;

		if (!member->memory || member->is_waiting)
			continue;
		err = vmspy_look_at(trace, member);
		member->was_seen_off = !err;
		vmspy_engine_forgive(trace, err);
	}
}

/* The last look at those that run on. */
static void see_off(struct vmspy_trace *trace)
{
	const struct vmspy_member *member = NULL;

	look_at_all(trace);
	while ((member = vmspy_family_next(&trace->family, member)))
		trace->totals.unseen_processes += member->memory && !member->was_seen_off;
}

/* ret: whether there is more to do at once. */
static bool work(struct vmspy_trace *trace)
{
	uint64_t now_ns = vmspy_host_now_ns();
	bool is_more;

	if (!trace->faults) {
		look_at_all(trace);
		return false;
	}
	is_more = vmspy_engine_drain(trace, now_ns - HORIZON_NS, DRAIN_MAX);
	vmspy_engine_forgive(trace, vmspy_decide_rest(trace, 0, now_ns - REST_NS));
	if (now_ns - trace->lost_asked_ns > LOST_NS)
		vmspy_engine_tell_lost(trace);
	return is_more;
}

static void *drain(void *context)
{
	struct vmspy_trace *trace = context;
	uint64_t pause_ns = PAUSE_NS;

	if (!trace->faults)
		pause_ns = trace->options.poll_ns ? trace->options.poll_ns : POLL_NS;
	while (!atomic_load(&trace->ends)) {
		bool is_more = false;

		/* The one who has something stopped goes first: no mutex sees to that. */
		while (atomic_load(&trace->guests))
			pause_for(NS_PER_MS / 20);
		if (vmspy_queue_count(&trace->queue) < WAITING_MAX) {
			pthread_mutex_lock(&trace->lock);
			is_more = !trace->is_over && work(trace);
			pthread_mutex_unlock(&trace->lock);
		}
		if (!is_more)
			pause_for(pause_ns);
	}
	return NULL;
}

static struct vmspy_error *start_drainer(struct vmspy_trace *trace)
{
	int code = vmspy_own_thread_start(drain, trace, &trace->drainer);

	trace->has_drainer = !code;
	return code ? vmspy_error_system(code, "cannot start a thread to trace with") : NULL;
}

/* --- from beginning to end ----------------------------------------------------------------- */

static struct vmspy_error *begin(struct vmspy_trace *trace)
{
	struct vmspy_follow_options options = {
		.pid = trace->options.pid,
		.depth_max = trace->options.depth_max,
		.happened = vmspy_trace_happened,
		.context = trace,
	};
	struct vmspy_error *err;

	if ((err = vmspy_queue_init(&trace->queue)) || (err = choose_source(trace)))
		return err;
	trace->begin = vmspy_host_vmstat();
	err = vmspy_follow_begin(&options, &trace->follow);
	vmspy_faults_destroy(trace->tried);
	trace->tried = NULL;
	if (err)
		return err;
	return start_drainer(trace);
}

struct vmspy_error *vmspy_trace_create(const struct vmspy_trace_options *options,
				       const struct vmspy_host *host, struct vmspy_trace **ret)
{
	struct vmspy_trace *trace = calloc(1, sizeof(*trace));
	struct vmspy_error *err;

	if (!trace)
		return vmspy_error_no_memory();
	trace->options = *options;
	trace->host = host;
	pthread_mutex_init(&trace->lock, NULL);
	if ((err = begin(trace))) {
		vmspy_trace_destroy(trace);
		return err;
	}
	*ret = trace;
	return NULL;
}

void vmspy_trace_take(struct vmspy_trace *trace, uint64_t wait_ns, struct vmspy_trace_batch *ret)
{
	vmspy_queue_take(&trace->queue, wait_ns, ret);
}

void vmspy_trace_stop(struct vmspy_trace *trace)
{
	if (trace->has_stopped)
		return;
	trace->has_stopped = true;
	atomic_store(&trace->ends, true);
	if (trace->has_drainer)
		pthread_join(trace->drainer, NULL);
	pthread_mutex_lock(&trace->lock);
	if (trace->follow && !trace->is_over) {
		see_off(trace);
		vmspy_engine_finish(trace);
	}
	pthread_mutex_unlock(&trace->lock);
	vmspy_follow_end(trace->follow);
	trace->follow = NULL;
}

struct vmspy_trace_totals vmspy_trace_totals(const struct vmspy_trace *trace)
{
	return trace->totals;
}

void vmspy_trace_destroy(struct vmspy_trace *trace)
{
	if (!trace)
		return;
	vmspy_trace_stop(trace);
	for (size_t i = 0; i < VMSPY_ORPHANS_MAX; i++)
		vmspy_trace_item_destroy(trace->orphan[i].item);
	vmspy_pairing_deinit(&trace->pairing);
	vmspy_family_deinit(&trace->family);
	vmspy_faults_destroy(trace->faults);
	vmspy_faults_destroy(trace->tried);
	vmspy_queue_deinit(&trace->queue);
	pthread_mutex_destroy(&trace->lock);
	free(trace->reason);
	free(trace);
}
