#include "trace/relatives.h"

#include "base/error.h"
#include "format/pagemap.h"
#include "kernel/host.h"

#include "base/banned.h"

uint64_t vmspy_frame_of(uint64_t word)
{
	struct vmspy_page page = vmspy_pagemap_decode(word);

	return page.place == VMSPY_PAGE_IN_FRAME ? page.frame : VMSPY_FRAME_UNKNOWN;
}

/* ret: the word of a page in the memory of a process, as it is now; 0: it cannot be read. */
static uint64_t word_of(const struct vmspy_member *member, uint64_t page_start)
{
	uint64_t word = 0;

	if (!member->memory ||
	    !vmspy_memory_word(member->memory, page_start, vmspy_host_now_ns(), &word))
		return 0;
	return word;
}

/* ret: NULL: it is not traced, or has the same memory. */
static struct vmspy_member *parent_of(const struct vmspy_trace *trace,
				      const struct vmspy_member *member)
{
	struct vmspy_member *parent = vmspy_family_find(&trace->family, member->parent_pid);

	return parent && parent->memory != member->memory ? parent : NULL;
}

static bool has(const struct vmspy_member *member, uint64_t page_start, uint64_t word)
{
	return !((word_of(member, page_start) ^ word) & VMSPY_WHERE_BITS);
}

bool vmspy_relatives_have(struct vmspy_trace *trace, const struct vmspy_member *member,
			  uint64_t page_start, uint64_t word)
{
	const struct vmspy_member *parent = parent_of(trace, member), *other = NULL;

	if (parent && has(parent, page_start, word))
		return true;
	while (member->memory->was_forked && (other = vmspy_family_next(&trace->family, other)))
		if (other->parent_pid == member->pid && other->memory != member->memory &&
		    has(other, page_start, word))
			return true;
	return false;
}

bool vmspy_relatives_swapped(struct vmspy_trace *trace, const struct vmspy_member *member,
			     uint64_t page_start)
{
	const struct vmspy_member *parent = parent_of(trace, member);

	return parent &&
	       vmspy_pagemap_decode(word_of(parent, page_start)).place == VMSPY_PAGE_IN_SWAP;
}

enum vmspy_writer vmspy_relatives_writer(const struct vmspy_trace *trace,
					 const struct vmspy_member *member, uint64_t page_start,
					 uint64_t word_before)
{
	const struct vmspy_member *parent = parent_of(trace, member);
	struct vmspy_page before = vmspy_pagemap_decode(word_before);
	uint64_t frame = vmspy_frame_of(word_before);

	if (parent && parent->memory && frame != VMSPY_FRAME_UNKNOWN &&
	    vmspy_frame_of(vmspy_known_word(&parent->memory->known, page_start, NULL)) == frame)
		return VMSPY_WRITER_CHILD;
	if (before.file || before.exclusive || before.place == VMSPY_PAGE_NONE)
		return VMSPY_WRITER_ALONE;
	if (member->memory->was_forked)
		return VMSPY_WRITER_PARENT;
	return member->depth ? VMSPY_WRITER_CHILD : VMSPY_WRITER_ALONE;
}

uint64_t vmspy_frame_flags(const struct vmspy_trace *trace, const struct vmspy_member *member,
			   uint64_t word)
{
	uint64_t frame = vmspy_frame_of(word), flags = 0;
	struct vmspy_frames frames = { &frame, 1 };

	if (frame == VMSPY_FRAME_UNKNOWN || !trace->host->fact_visible[VMSPY_FRAME_FLAGS])
		return 0;
	vmspy_error_destroy(vmspy_space_frame_facts(vmspy_image_space(member->memory->image),
						    VMSPY_FRAME_FLAGS, frames, &flags));
	return flags;
}
