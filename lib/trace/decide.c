#include "trace/decide.h"

#include <string.h>

#include "format/kpageflags.h"
#include "kernel/host.h"
#include "trace/effect.h"
#include "trace/relatives.h"

#include "base/banned.h"

/* All that is known when the effect of a fault is decided. */
struct deciding {
	struct vmspy_trace *trace;
	struct vmspy_member *member;
	const struct vmspy_settled *settled;
	struct vmspy_trace_event *event;
	const struct vmspy_mapping *mapping; /* NULL: not known */
	uint64_t before;                     /* the word, as it was known */
	uint64_t now;                        /* as it is, if it was read */
	bool was_read;
};

static bool is_cause_known(uint64_t reason)
{
	return reason != UINT64_MAX;
}

static enum vmspy_fault_cause cause_of(uint64_t reason)
{
	if (!(reason & VMSPY_FAULT_WRITE))
		return VMSPY_CAUSE_READ;
	return reason & VMSPY_FAULT_PRESENT ? VMSPY_CAUSE_WRITE_HERE : VMSPY_CAUSE_WRITE_NONE;
}

/* --- page words ---------------------------------------------------------------------------- */

static bool read_now(struct deciding *deciding)
{
	struct vmspy_trace_page *page = &deciding->event->page;

	if (!deciding->was_read)
		deciding->was_read = vmspy_memory_word(deciding->member->memory, page->page_start,
						       deciding->event->time_ns, &deciding->now);
	return deciding->was_read;
}

/* A frame in the swap cache is the slot that others still have. */
static bool is_copied_from_swap(const struct deciding *deciding)
{
	return vmspy_relatives_have(deciding->trace, deciding->member,
				    deciding->event->page.page_start, deciding->before) &&
	       !(vmspy_frame_flags(deciding->trace, deciding->member, deciding->now) &
		 VMSPY_KPF_BIT(VMSPY_KPF_SWAPCACHE));
}

static enum vmspy_outcome ask_words(struct deciding *deciding)
{
	struct vmspy_page_change change = {
		.before = vmspy_pagemap_decode(deciding->before),
		.mapping = deciding->mapping,
		.host = deciding->trace->host,
	};
	enum vmspy_outcome outcome;

	if (!deciding->mapping || !read_now(deciding))
		return VMSPY_OUTCOME_UNKNOWN;
	change.now = vmspy_pagemap_decode(deciding->now);
	outcome = vmspy_effect_judge_words(&change);
	return outcome == VMSPY_OUTCOME_SWAP && is_copied_from_swap(deciding)
		       ? VMSPY_OUTCOME_COPY_SWAP
		       : outcome;
}

/*
 * A frame that a thread gets between two faults may be for something else, a page of a file that it
 * writes: then the fault copied nothing, and the page still has the frame it had.
 */
static bool is_denied(struct deciding *deciding)
{
	uint64_t before = vmspy_frame_of(deciding->before), now;

	if (!deciding->mapping || before == VMSPY_FRAME_UNKNOWN || !read_now(deciding))
		return false;
	now = vmspy_frame_of(deciding->now);
	return now == before && now != deciding->event->page.frame_new;
}

/* --- the decision -------------------------------------------------------------------------- */

/* The page of the address, and its part of what the fault was given. */
static void place_page(struct deciding *deciding)
{
	const struct vmspy_settled *settled = deciding->settled;
	struct vmspy_trace_page *page = &deciding->event->page;
	uint64_t base = deciding->trace->host->page_bytes, unit = base;
	uint64_t index;

	if (deciding->mapping) {
		unit = deciding->mapping->page_bytes ? deciding->mapping->page_bytes : base;
		page->is_mapped = true;
		page->kind = deciding->mapping->kind;
		page->object = deciding->mapping->vma.name;
	}
	page->page_start = page->address - page->address % unit;
	page->copy_bytes = unit;
	page->frame_old = page->frame_new = VMSPY_FRAME_UNKNOWN;
	if (!settled->was_given_frame)
		return;
	index = page->page_start / base % (UINT64_C(1) << settled->frame_order);
	page->frame_new = settled->frame + index;
	page->copy_bytes = base << settled->frame_order;
}

static enum vmspy_outcome judge(struct deciding *deciding)
{
	const struct vmspy_settled *settled = deciding->settled;
	struct vmspy_page before = vmspy_pagemap_decode(deciding->before);
	struct vmspy_fault_facts facts = {
		.cause = cause_of(settled->reason),
		.was_given_frame = settled->was_given_frame,
		.mapping = deciding->mapping,
	};
	enum vmspy_outcome outcome;
	enum vmspy_copied copied;

	if (!is_cause_known(settled->reason))
		return ask_words(deciding);
	if (!deciding->mapping)
		return facts.cause == VMSPY_CAUSE_WRITE_HERE && facts.was_given_frame
			       ? VMSPY_OUTCOME_COPY_MEMORY
			       : VMSPY_OUTCOME_UNKNOWN;
	facts.before = vmspy_standing_of(&before, 0, deciding->mapping, deciding->trace->host);
	/* It was there, and is not: was it swapped out, or given back? */
	if (facts.cause == VMSPY_CAUSE_WRITE_NONE && facts.before == VMSPY_STANDING_ANON &&
	    vmspy_relatives_swapped(deciding->trace, deciding->member,
				    deciding->event->page.page_start))
		return VMSPY_OUTCOME_COPY_SWAP;
	outcome = vmspy_effect_judge(&facts);
	if (outcome == VMSPY_OUTCOME_ASK_WORDS)
		return ask_words(deciding);
	if (vmspy_outcome_is_copy(outcome, &copied) && is_denied(deciding))
		return VMSPY_OUTCOME_REUSE;
	return outcome;
}

/* What the page has become: as it was read, or as the event tells it. ret: 0: nobody knows. */
static uint64_t word_after(const struct deciding *deciding, enum vmspy_outcome outcome)
{
	uint64_t frame = deciding->event->page.frame_new;

	if (frame != VMSPY_FRAME_UNKNOWN && outcome != VMSPY_OUTCOME_REUSE)
		return VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_EXCLUSIVE | frame;
	return deciding->was_read ? deciding->now : 0;
}

static struct vmspy_error *remember(const struct deciding *deciding, enum vmspy_outcome outcome)
{
	const struct vmspy_trace_page *page = &deciding->event->page;
	uint64_t word = word_after(deciding, outcome);

	if (!word || !deciding->mapping)
		return NULL;
	return vmspy_known_set(&deciding->member->memory->known, page->page_start, word,
			       deciding->event->time_ns);
}

/*
 * A page that was read since is known with its new frame already. What it had before is past; of
 * a page that was copied at birth it is what the parent has.
 */
static uint64_t word_before(const struct deciding *deciding)
{
	const struct vmspy_trace_page *page = &deciding->event->page;
	const struct vmspy_member *member = deciding->member, *parent;
	uint64_t word = deciding->before;

	if (page->frame_new == VMSPY_FRAME_UNKNOWN || vmspy_frame_of(word) != page->frame_new)
		return word;
	word = vmspy_snapshot_word(member->memory->known.base, page->page_start);
	if (vmspy_frame_of(word) != page->frame_new)
		return word;
	parent = vmspy_family_find(&deciding->trace->family, member->parent_pid);
	return parent && parent->memory
		       ? vmspy_known_word(&parent->memory->known, page->page_start, NULL)
		       : 0;
}

static void describe_copy(struct deciding *deciding)
{
	struct vmspy_trace_page *page = &deciding->event->page;

	if (page->frame_new == VMSPY_FRAME_UNKNOWN && read_now(deciding))
		page->frame_new = vmspy_frame_of(deciding->now);
	deciding->before = word_before(deciding);
	page->frame_old = vmspy_frame_of(deciding->before);
	if (page->frame_old == page->frame_new)
		page->frame_old = VMSPY_FRAME_UNKNOWN;
	page->writer = vmspy_relatives_writer(deciding->trace, deciding->member, page->page_start,
					      deciding->before);
}

/* ret: whether it is to be told. */
static bool describe(struct deciding *deciding, enum vmspy_outcome outcome)
{
	struct vmspy_trace_event *event = deciding->event;

	memcpy(event->comm, deciding->member->comm, sizeof(event->comm));
	event->image = vmspy_image_keep(deciding->member->memory->image);
	event->parent_pid = deciding->member->parent_pid;
	event->depth = deciding->member->depth;
	if (vmspy_outcome_is_copy(outcome, &event->page.copied)) {
		event->kind = VMSPY_TRACE_COPY;
		describe_copy(deciding);
		return true;
	}
	event->kind = VMSPY_TRACE_FAULT;
	event->page.effect = vmspy_outcome_effect(outcome);
	return deciding->trace->options.faults;
}

/* settled: not the caller's any more. The oldest one makes room. */
static void keep_orphan(struct vmspy_trace *trace, const struct vmspy_settled *settled)
{
	struct vmspy_settled *orphan = &trace->orphan[trace->orphan_next];

	vmspy_trace_item_destroy(orphan->item);
	*orphan = *settled;
	trace->orphan_next = (trace->orphan_next + 1) % VMSPY_ORPHANS_MAX;
}

/* deciding: of a member with memory. ret_told: whether the event is to be told. */
static struct vmspy_error *decide(struct deciding *deciding, bool *ret_told)
{
	enum vmspy_outcome outcome;

	place_page(deciding);
	deciding->before = vmspy_known_word(&deciding->member->memory->known,
					    deciding->event->page.page_start, NULL);
	outcome = judge(deciding);
	*ret_told = describe(deciding, outcome);
	return remember(deciding, outcome);
}

/* settled: not the caller's any more. */
static struct vmspy_error *settle(struct vmspy_trace *trace, const struct vmspy_settled *settled)
{
	struct vmspy_trace_event *event = &settled->item->event;
	struct deciding deciding = {
		.trace = trace,
		.member = vmspy_family_find(&trace->family, event->pid),
		.settled = settled,
		.event = event,
	};
	bool is_known = deciding.member && deciding.member->memory && !deciding.member->is_waiting;
	struct vmspy_error *err = NULL;
	bool is_told = false;

	if (is_known)
		deciding.mapping = vmspy_memory_mapping(deciding.member->memory, event->pid,
							event->page.address);
	if (!deciding.member ||
	    (is_known && !deciding.mapping && trace->executing_pid == event->pid)) {
		keep_orphan(trace, settled);
		return NULL;
	}
	if (is_known)
		err = decide(&deciding, &is_told);
	if (is_told && !err)
		vmspy_engine_put(trace, settled->item);
	else
		vmspy_trace_item_destroy(settled->item);
	return err;
}

/* --- what comes in ------------------------------------------------------------------------- */

static struct vmspy_error *settle_waiting(struct vmspy_trace *trace, struct vmspy_waiting *waiting,
					  uint64_t over_ns)
{
	struct vmspy_settled settled = waiting->fault;

	if (!settled.item)
		return NULL;
	waiting->fault = (struct vmspy_settled){ 0 };
	settled.over_ns = over_ns;
	return settle(trace, &settled);
}

/* The first frame that a thread gets after a fault is for that. */
static void give_frame(struct vmspy_settled *settled, const struct vmspy_fault *fault)
{
	if (!settled->item || settled->was_given_frame)
		return;
	settled->was_given_frame = true;
	settled->frame = fault->frame;
	settled->frame_order = fault->frame_order;
}

static struct vmspy_error *make_item(const struct vmspy_fault *fault, struct vmspy_trace_item **ret)
{
	struct vmspy_trace_event event = {
		.kind = VMSPY_TRACE_FAULT,
		.time_ns = fault->time_ns,
		.pid = fault->pid,
		.tid = fault->tid,
		.page = { .address = fault->address,
			  .code = { .ip = fault->ip,
				    .by_kernel = fault->kind == VMSPY_FAULT_BY_KERNEL,
				    .chain = fault->chain,
				    .chain_count = fault->chain_count,
				    .registers = fault->registers,
				    .stack = fault->stack,
				    .stack_bytes = fault->stack_bytes } },
	};

	return vmspy_trace_item_create(&event, ret);
}

/*
 * Memory that was there, and has to be had again to be read, was given back meanwhile
 * (MADV_DONTNEED): what is written there later is no copy of it.
 */
static struct vmspy_error *forget_dropped(struct vmspy_trace *trace,
					  const struct vmspy_fault *fault)
{
	uint64_t page_start = fault->address - fault->address % trace->host->page_bytes, word;
	struct vmspy_member *member = vmspy_family_find(&trace->family, fault->pid);

	if (!member || !member->memory || fault->reason & VMSPY_FAULT_PRESENT)
		return NULL;
	word = vmspy_known_word(&member->memory->known, page_start, NULL);
	if (!(word & VMSPY_PAGEMAP_PRESENT) || word & VMSPY_PAGEMAP_FILE)
		return NULL;
	return vmspy_known_set(&member->memory->known, page_start, 0, fault->time_ns);
}

static struct vmspy_error *begin_fault(struct vmspy_trace *trace, const struct vmspy_fault *fault)
{
	struct vmspy_waiting *waiting;
	struct vmspy_error *err;

	if ((err = vmspy_pairing_place(&trace->pairing, fault->tid, &waiting)) ||
	    (err = make_item(fault, &waiting->fault.item)))
		return err;
	waiting->fault.reason = fault->reason;
	return NULL;
}

struct vmspy_error *vmspy_decide_fault(struct vmspy_trace *trace, const struct vmspy_fault *fault)
{
	struct vmspy_waiting *waiting = vmspy_pairing_find(&trace->pairing, fault->tid);
	bool is_write = fault->reason & VMSPY_FAULT_WRITE;
	struct vmspy_error *err;

	if (fault->kind == VMSPY_FAULT_FRAME) {
		if (waiting)
			give_frame(&waiting->fault, fault);
		return NULL;
	}
	if (waiting && (err = settle_waiting(trace, waiting, fault->time_ns)))
		return err;
	if (!is_write && (err = forget_dropped(trace, fault)))
		return err;
	/* Who reads copies nothing. */
	return is_write || trace->options.faults ? begin_fault(trace, fault) : NULL;
}

struct vmspy_error *vmspy_decide_rest(struct vmspy_trace *trace, pid_t pid, uint64_t before_ns)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < trace->pairing.room; i++) {
		struct vmspy_waiting *waiting = &trace->pairing.slot[i];
		const struct vmspy_trace_item *item = waiting->fault.item;

		if (item && (!pid || item->event.pid == pid) && item->event.time_ns < before_ns)
			err = settle_waiting(trace, waiting, vmspy_host_now_ns());
	}
	return err;
}

struct vmspy_error *vmspy_decide_orphans(struct vmspy_trace *trace, pid_t pid)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < VMSPY_ORPHANS_MAX; i++) {
		struct vmspy_settled *orphan =
			&trace->orphan[(trace->orphan_next + i) % VMSPY_ORPHANS_MAX];
		struct vmspy_settled settled = *orphan;

		if (!orphan->item || orphan->item->event.pid != pid)
			continue;
		orphan->item = NULL;
		err = settle(trace, &settled);
	}
	return err;
}
