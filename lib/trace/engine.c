#include "trace/engine.h"

#include <string.h>

#include "kernel/host.h"
#include "trace/decide.h"

#include "base/banned.h"

struct vmspy_trace_event vmspy_engine_event(const struct vmspy_member *member,
					    enum vmspy_trace_kind kind)
{
	struct vmspy_trace_event event = {
		.kind = kind,
		.time_ns = vmspy_host_now_ns(),
		.pid = member->pid,
		.parent_pid = member->parent_pid,
		.depth = member->depth,
	};

	memcpy(event.comm, member->comm, sizeof(event.comm));
	return event;
}

void vmspy_engine_put(struct vmspy_trace *trace, struct vmspy_trace_item *item)
{
	const struct vmspy_trace_event *event = &item->event;

	if (event->kind == VMSPY_TRACE_COPY) {
		trace->totals.copies++;
		trace->totals.copied_bytes += event->page.copy_bytes;
		trace->totals.unobserved += event->page.writer == VMSPY_WRITER_UNOBSERVED;
	}
	vmspy_queue_put(&trace->queue, item);
}

void vmspy_engine_tell(struct vmspy_trace *trace, const struct vmspy_trace_event *event)
{
	struct vmspy_trace_item *item;
	struct vmspy_error *err = vmspy_trace_item_create(event, &item);

	if (err)
		vmspy_engine_forgive(trace, err);
	else
		vmspy_engine_put(trace, item);
}

void vmspy_engine_forgive(struct vmspy_trace *trace, struct vmspy_error *err)
{
	if (!err)
		return;
	/* Who is gone is counted at the end. */
	trace->totals.at_least |= vmspy_error_kind(err) == VMSPY_ERROR_NO_MEMORY;
	vmspy_error_destroy(err);
}

bool vmspy_engine_drain(struct vmspy_trace *trace, uint64_t before_ns, size_t max)
{
	struct vmspy_fault fault;

	while (trace->faults && max && vmspy_faults_next(trace->faults, before_ns, &fault)) {
		vmspy_engine_forgive(trace, vmspy_decide_fault(trace, &fault));
		max--;
	}
	return !max;
}

void vmspy_engine_tell_lost(struct vmspy_trace *trace)
{
	struct vmspy_trace_event event = {
		.kind = VMSPY_TRACE_LOST,
		.time_ns = vmspy_host_now_ns(),
	};
	uint64_t lost_count = trace->faults ? vmspy_faults_lost(trace->faults) : 0;

	trace->lost_asked_ns = event.time_ns;
	if (lost_count <= trace->totals.lost_events)
		return;
	event.lost_count = lost_count - trace->totals.lost_events;
	trace->totals.lost_events = lost_count;
	vmspy_engine_tell(trace, &event);
}

bool vmspy_engine_has_moved(struct vmspy_trace *trace)
{
	struct vmspy_vmstat now = vmspy_host_vmstat();

	trace->totals.migrations = now.migrated_pages - trace->begin.migrated_pages;
	return trace->totals.migrations || now.collapsed_count != trace->begin.collapsed_count;
}

void vmspy_engine_finish(struct vmspy_trace *trace)
{
	struct vmspy_trace_event end = { .kind = VMSPY_TRACE_END };

	if (trace->is_over)
		return;
	vmspy_engine_drain(trace, UINT64_MAX, SIZE_MAX);
	vmspy_engine_tell_lost(trace);
	vmspy_engine_has_moved(trace);
	trace->totals.at_least |= trace->totals.lost_events && trace->totals.unseen_processes;
	end.time_ns = vmspy_host_now_ns();
	vmspy_engine_tell(trace, &end);
	trace->is_over = true;
	vmspy_queue_finish(&trace->queue);
}
