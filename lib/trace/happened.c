#include "trace/happened.h"

#include <string.h>

#include "format/pagemap.h"
#include "kernel/host.h"
#include "kernel/secure_exec.h"
#include "space/relation.h"
#include "trace/decide.h"
#include "trace/look.h"

#include "base/banned.h"

/* err: ended. */
static void note(struct vmspy_trace *trace, const struct vmspy_follow_event *about,
		 struct vmspy_error *err)
{
	struct vmspy_trace_event event = {
		.kind = VMSPY_TRACE_NOTE,
		.time_ns = vmspy_host_now_ns(),
		.pid = about->pid,
		.text = vmspy_error_message(err),
	};

	vmspy_engine_tell(trace, &event);
	vmspy_error_destroy(err);
}

static void name(struct vmspy_member *member)
{
	const struct vmspy_space *space = vmspy_image_space(member->memory->image);

	memcpy(member->comm, vmspy_space_identity(space)->comm, sizeof(member->comm));
}

static struct vmspy_error *add_member(struct vmspy_trace *trace,
				      const struct vmspy_follow_event *event,
				      struct vmspy_member **ret)
{
	const struct vmspy_member *parent = vmspy_family_find(&trace->family, event->parent_pid);
	struct vmspy_error *err = vmspy_family_add(&trace->family, event->pid, ret);

	if (err)
		return err;
	(*ret)->parent_pid = event->parent_pid;
	(*ret)->depth = event->depth;
	if (parent)
		memcpy((*ret)->comm, parent->comm, sizeof(parent->comm));
	return NULL;
}

/* --- baselines ----------------------------------------------------------------------------- */

/* A memory of its own, of which nothing is known yet; or that of its parent (vfork, CLONE_VM). */
static struct vmspy_error *give_memory(struct vmspy_trace *trace, struct vmspy_member *member)
{
	const struct vmspy_member *parent = vmspy_family_find(&trace->family, member->parent_pid);
	struct vmspy_image *image;
	struct vmspy_error *err = vmspy_image_create(member->pid, trace->host, &image);

	if (err)
		return err;
	if (parent && parent->memory &&
	    vmspy_relation_same_memory(vmspy_image_space(parent->memory->image),
				       vmspy_image_space(image))) {
		vmspy_image_drop(image);
		member->memory = vmspy_memory_keep(parent->memory);
	} else if ((err = vmspy_memory_create(image, &member->memory))) {
		return err;
	}
	name(member);
	return NULL;
}

static bool is_alone(const struct vmspy_member *member)
{
	return member->memory && member->memory->references == 1;
}

/* What is there now is what all later words are held against. */
static struct vmspy_error *begin_from_now(struct vmspy_member *member)
{
	struct vmspy_snapshot *snapshot;
	struct vmspy_error *err =
		vmspy_snapshot_create(vmspy_image_space(member->memory->image), &snapshot);

	if (err)
		return err;
	vmspy_known_rebase(&member->memory->known, snapshot);
	vmspy_snapshot_drop(snapshot);
	return NULL;
}

/* Pages of which parent and child have different frames from the first moment on. */
struct parting {
	struct vmspy_known *parent, *fresh;
	uint64_t time_ns;
};

static struct vmspy_error *keep_parted(void *context, uint64_t page_start, uint64_t word)
{
	const struct parting *parting = context;
	uint64_t parents = vmspy_known_word(parting->parent, page_start, NULL);

	if (!(parents & VMSPY_PAGEMAP_PRESENT) || parents & VMSPY_PAGEMAP_FILE ||
	    !((parents ^ word) & VMSPY_PAGEMAP_FRAME_MASK))
		return NULL;
	return vmspy_known_set(parting->fresh, page_start, parents, parting->time_ns);
}

/*
 * What a child has at its birth is what its parent had at the fork, exactly, but for pages that
 * were pinned and copied at once, that the kernel wrote for the child (its TLS), and that other
 * threads of the parent have written since: those stay as they are known of the parent.
 */
static struct vmspy_error *part(struct vmspy_memory *parent, struct vmspy_memory *child)
{
	struct vmspy_known fresh = { 0 };
	struct parting parting = { &parent->known, &fresh, vmspy_host_now_ns() };
	struct vmspy_snapshot_reader reader = { keep_parted, &parting };
	struct vmspy_error *err = NULL;

	if (!child->known.base)
		return NULL;
	vmspy_known_rebase(&fresh, child->known.base);
	err = vmspy_snapshot_read(child->known.base, &reader);
	if (err) {
		vmspy_known_deinit(&fresh);
		return err;
	}
	vmspy_known_deinit(&parent->known);
	parent->known = fresh;
	parent->was_forked = true;
	return NULL;
}

/* --- what happens -------------------------------------------------------------------------- */

static void see_faults(struct vmspy_trace *trace, const struct vmspy_follow_event *event, pid_t tid)
{
	struct vmspy_error *err = trace->faults ? vmspy_faults_add(trace->faults, tid) : NULL;

	if (!err)
		return;
	if (vmspy_error_kind(err) == VMSPY_ERROR_GONE)
		vmspy_error_destroy(err);
	else
		note(trace, event, err);
}

/* Who has a child of its own has given it what is shared: also if that was long ago. */
static void note_parent(const struct vmspy_trace *trace, const struct vmspy_member *member)
{
	const struct vmspy_member *parent = vmspy_family_find(&trace->family, member->parent_pid);

	if (parent && parent->memory && parent->memory != member->memory)
		parent->memory->was_forked = true;
}

static struct vmspy_error *attached(struct vmspy_trace *trace,
				    const struct vmspy_follow_event *event)
{
	struct vmspy_trace_event forked;
	struct vmspy_member *member;
	struct vmspy_error *err = add_member(trace, event, &member);

	if (err)
		return err;
	for (size_t i = 0; i < event->thread_count; i++)
		see_faults(trace, event, event->thread[i].tid);
	member->is_waiting = trace->options.is_command && event->pid == trace->options.pid;
	if (member->is_waiting)
		return NULL;
	if ((err = give_memory(trace, member)))
		return err;
	if (is_alone(member) && (err = begin_from_now(member)))
		return err;
	if (!event->depth)
		return NULL;
	note_parent(trace, member);
	forked = vmspy_engine_event(member, VMSPY_TRACE_FORK);
	vmspy_engine_tell(trace, &forked);
	return NULL;
}

static struct vmspy_error *refused(struct vmspy_trace *trace,
				   const struct vmspy_follow_event *event)
{
	note(trace, event, vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED, "%s", event->reason));
	return NULL;
}

static struct vmspy_error *born(struct vmspy_trace *trace, const struct vmspy_follow_event *event)
{
	struct vmspy_member *parent = vmspy_family_find(&trace->family, event->parent_pid), *member;
	bool is_copied = parent && parent->memory && !parent->is_waiting;
	struct vmspy_trace_event forked;
	struct vmspy_error *err;

	/* Not known yet: what it did before its first stop waits until it is. */
	if (is_copied)
		vmspy_engine_forgive(trace, vmspy_look_at(trace, parent));
	if ((err = add_member(trace, event, &member)) || (err = give_memory(trace, member)))
		return err;
	forked = vmspy_engine_event(member, VMSPY_TRACE_FORK);
	vmspy_engine_tell(trace, &forked);
	if (member->memory != (parent ? parent->memory : NULL)) {
		if ((err = begin_from_now(member)))
			return err;
		if (is_copied && (err = part(parent->memory, member->memory)))
			return err;
	}
	return vmspy_decide_orphans(trace, event->pid);
}

/* All that the program did that is no more. */
static struct vmspy_error *end_program(struct vmspy_trace *trace, struct vmspy_member *member)
{
	struct vmspy_error *err;

	trace->executing_pid = member->pid;
	vmspy_engine_drain(trace, UINT64_MAX, SIZE_MAX);
	err = vmspy_decide_rest(trace, member->pid, UINT64_MAX);
	trace->executing_pid = 0;
	vmspy_memory_drop(member->memory);
	member->memory = NULL;
	member->is_waiting = false;
	return err;
}

static struct vmspy_error *executed(struct vmspy_trace *trace,
				    const struct vmspy_follow_event *event)
{
	struct vmspy_member *member = vmspy_family_find(&trace->family, event->pid);
	struct vmspy_trace_event executed;
	struct vmspy_error *err;

	if (!member)
		return NULL;
	if (vmspy_secure_exec_dropped_events(event->pid))
		see_faults(trace, event, event->tid);
	if ((err = end_program(trace, member)) || (err = give_memory(trace, member)))
		return err;
	executed = vmspy_engine_event(member, VMSPY_TRACE_EXEC);
	executed.text = vmspy_space_identity(vmspy_image_space(member->memory->image))->exe;
	vmspy_engine_tell(trace, &executed);
	if ((err = vmspy_decide_orphans(trace, event->pid)))
		return err;
	return begin_from_now(member);
}

static struct vmspy_error *leaving(struct vmspy_trace *trace,
				   const struct vmspy_follow_event *event)
{
	struct vmspy_member *member = vmspy_family_find(&trace->family, event->pid);
	struct vmspy_error *err;

	if (!member || !is_alone(member))
		return NULL;
	if ((err = vmspy_look_at(trace, member)))
		return err;
	member->was_seen_off = true;
	return NULL;
}

static struct vmspy_error *ended(struct vmspy_trace *trace, const struct vmspy_follow_event *event)
{
	struct vmspy_member *member = vmspy_family_find(&trace->family, event->pid);
	struct vmspy_trace_event exited;
	struct vmspy_error *err;

	if (!member)
		return NULL;
	vmspy_engine_drain(trace, UINT64_MAX, SIZE_MAX);
	err = vmspy_decide_rest(trace, event->pid, UINT64_MAX);
	trace->totals.unseen_processes +=
		member->memory ? is_alone(member) && !member->was_seen_off : !member->is_waiting;
	exited = vmspy_engine_event(member, VMSPY_TRACE_EXIT);
	exited.status = event->status;
	vmspy_engine_tell(trace, &exited);
	vmspy_family_remove(&trace->family, event->pid);
	return err;
}

static struct vmspy_error *none_left(struct vmspy_trace *trace,
				     const struct vmspy_follow_event *event)
{
	(void)event;
	vmspy_engine_finish(trace);
	return NULL;
}

void vmspy_trace_happened(void *context, const struct vmspy_follow_event *event)
{
	static struct vmspy_error *(*const handle[])(struct vmspy_trace * trace,
						     const struct vmspy_follow_event *event) = {
		[VMSPY_FOLLOW_ATTACHED] = attached,   [VMSPY_FOLLOW_REFUSED] = refused,
		[VMSPY_FOLLOW_BORN] = born,           [VMSPY_FOLLOW_EXEC] = executed,
		[VMSPY_FOLLOW_LEAVING] = leaving,     [VMSPY_FOLLOW_ENDED] = ended,
		[VMSPY_FOLLOW_NONE_LEFT] = none_left,
	};
	struct vmspy_trace *trace = context;

	atomic_fetch_add(&trace->guests, 1);
	pthread_mutex_lock(&trace->lock);
	if (!trace->is_over)
		vmspy_engine_forgive(trace, handle[event->kind](trace, event));
	pthread_mutex_unlock(&trace->lock);
	atomic_fetch_sub(&trace->guests, 1);
}
