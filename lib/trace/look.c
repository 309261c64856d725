#include "trace/look.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "format/kpageflags.h"
#include "kernel/host.h"
#include "trace/decide.h"
#include "trace/effect.h"
#include "trace/relatives.h"
#include "trace/walk.h"

#include "base/banned.h"

/* A page that is not what it was known to be. */
struct differing {
	uint64_t page_start;
	uint64_t now; /* the word */
	size_t mapping_index;
};

struct look {
	struct vmspy_trace *trace;
	struct vmspy_member *member;
	struct vmspy_image *image; /* that is walked: the memory's may be read again meanwhile */
	const struct vmspy_layout *layout;
	bool has_moved; /* the kernel has moved pages by itself */
	struct differing *differing;
	size_t count, room;
};

static void look_deinit(struct look *look)
{
	vmspy_image_drop(look->image);
	free(look->differing);
}

/*
 * Whether a page may have been copied: it is private memory in a frame, and was not in this one.
 * With hidden frames: it is ours alone, and was not.
 */
static bool may_be_copied(uint64_t before, uint64_t now)
{
	if (!(now & VMSPY_PAGEMAP_PRESENT) || now & VMSPY_PAGEMAP_FILE)
		return false;
	if (now & VMSPY_PAGEMAP_FRAME_MASK)
		return (before ^ now) & VMSPY_WHERE_BITS;
	return now & VMSPY_PAGEMAP_EXCLUSIVE && !(before & VMSPY_PAGEMAP_EXCLUSIVE);
}

static struct vmspy_error *note(struct look *look, const struct vmspy_walked *walked, size_t index)
{
	struct differing *differing;
	struct vmspy_error *err;

	err = vmspy_array_grow(&look->differing, &look->room, look->count,
			       sizeof(*look->differing));
	if (err)
		return err;
	differing = &look->differing[look->count++];
	differing->page_start = walked->start + index * look->trace->host->page_bytes;
	differing->now = walked->words[index];
	differing->mapping_index = (size_t)(walked->mapping - look->layout->mapping);
	return NULL;
}

static struct vmspy_error *compare(void *context, const struct vmspy_walked *walked)
{
	struct look *look = context;
	struct vmspy_known *known = &look->member->memory->known;
	uint64_t base = look->trace->host->page_bytes;
	uint64_t unit = walked->mapping->page_bytes ? walked->mapping->page_bytes : base;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < walked->count; i++) {
		uint64_t page_start = walked->start + i * base, now = walked->words[i];

		/* Of a huge page the first word speaks for all. */
		if (!now || page_start % unit)
			continue;
		if (may_be_copied(vmspy_known_word(known, page_start, NULL), now))
			err = note(look, walked, i);
	}
	return err;
}

/* --- what it was --------------------------------------------------------------------------- */

/*
 * Whether a page that is in another frame now has been copied. The kernel moves pages too, with
 * all that share them: where it did anything of the kind meanwhile, a copy is believed only if a
 * relative has stayed behind.
 */
static bool is_copied(struct look *look, const struct differing *differing, uint64_t before)
{
	if (vmspy_relatives_have(look->trace, look->member, differing->page_start, differing->now))
		return false;
	return !look->has_moved ||
	       vmspy_relatives_have(look->trace, look->member, differing->page_start, before);
}

static enum vmspy_outcome judge(struct look *look, const struct differing *differing,
				uint64_t before)
{
	struct vmspy_page_change change = {
		.before = vmspy_pagemap_decode(before),
		.now = vmspy_pagemap_decode(differing->now),
		.mapping = &look->layout->mapping[differing->mapping_index],
		.host = look->trace->host,
	};
	enum vmspy_outcome outcome = vmspy_effect_judge_words(&change);

	if (outcome == VMSPY_OUTCOME_COPY_MEMORY &&
	    (!is_copied(look, differing, before) ||
	     vmspy_frame_flags(look->trace, look->member, differing->now) &
		     VMSPY_KPF_BIT(VMSPY_KPF_KSM)))
		return VMSPY_OUTCOME_UNKNOWN;
	/* A frame in the swap cache is the slot that others still have. */
	if (outcome == VMSPY_OUTCOME_SWAP &&
	    vmspy_relatives_have(look->trace, look->member, differing->page_start, before) &&
	    !(vmspy_frame_flags(look->trace, look->member, differing->now) &
	      VMSPY_KPF_BIT(VMSPY_KPF_SWAPCACHE)))
		return VMSPY_OUTCOME_COPY_SWAP;
	return outcome;
}

static void tell(struct look *look, const struct differing *differing, uint64_t before,
		 enum vmspy_copied copied)
{
	const struct vmspy_mapping *mapping = &look->layout->mapping[differing->mapping_index];
	struct vmspy_trace_event event = vmspy_engine_event(look->member, VMSPY_TRACE_COPY);
	uint64_t base = look->trace->host->page_bytes;

	event.image = look->image;
	event.page = (struct vmspy_trace_page){
		.writer = VMSPY_WRITER_UNOBSERVED,
		.copied = copied,
		.address = VMSPY_ADDRESS_UNKNOWN,
		.page_start = differing->page_start,
		.copy_bytes = mapping->page_bytes ? mapping->page_bytes : base,
		.frame_old = vmspy_frame_of(before),
		.frame_new = vmspy_frame_of(differing->now),
		.is_mapped = true,
		.kind = mapping->kind,
		.object = mapping->vma.name,
		.code = { .ip = VMSPY_ADDRESS_UNKNOWN },
	};
	vmspy_engine_tell(look->trace, &event);
}

/* begin_ns: of the look: what is known since then is newer than the word. */
static struct vmspy_error *settle(struct look *look, const struct differing *differing,
				  uint64_t begin_ns)
{
	struct vmspy_known *known = &look->member->memory->known;
	enum vmspy_copied copied;
	uint64_t known_ns;
	uint64_t before = vmspy_known_word(known, differing->page_start, &known_ns);

	if (known_ns >= begin_ns || !may_be_copied(before, differing->now))
		return NULL;
	if (vmspy_outcome_is_copy(judge(look, differing, before), &copied))
		tell(look, differing, before, copied);
	return vmspy_known_set(known, differing->page_start, differing->now, begin_ns);
}

struct vmspy_error *vmspy_look_at(struct vmspy_trace *trace, struct vmspy_member *member)
{
	VMSPY_AUTO(look_deinit) struct look look = { .trace = trace, .member = member };
	struct vmspy_walker walker = { compare, &look };
	struct vmspy_error *err;
	uint64_t begin_ns;

	if ((err = vmspy_memory_refresh(member->memory, member->pid)))
		return err;
	vmspy_engine_drain(trace, UINT64_MAX, SIZE_MAX);
	begin_ns = vmspy_host_now_ns();
	look.image = vmspy_image_keep(member->memory->image);
	look.layout = vmspy_space_layout(vmspy_image_space(look.image));
	if ((err = vmspy_walk_private(vmspy_image_space(look.image), &walker)))
		return err;
	vmspy_engine_drain(trace, UINT64_MAX, SIZE_MAX);
	if ((err = vmspy_decide_rest(trace, member->pid, UINT64_MAX)))
		return err;
	look.has_moved = look.count && vmspy_engine_has_moved(trace);
	for (size_t i = 0; !err && i < look.count; i++)
		err = settle(&look, &look.differing[i], begin_ns);
	return err;
}
