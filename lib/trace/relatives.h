/* What relatives have at the address of a page: who still has a frame is who did not leave it. */
#ifndef VMSPY_TRACE_RELATIVES_H
#define VMSPY_TRACE_RELATIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/engine.h"
#include "trace/family.h"

/* Bits of a page word that tell where the page is. */
#define VMSPY_WHERE_BITS                                                                           \
	(VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_SWAPPED | VMSPY_PAGEMAP_FILE |                      \
	 VMSPY_PAGEMAP_FRAME_MASK)

/* The frame in a word. ret: VMSPY_FRAME_UNKNOWN: hidden, or none. */
uint64_t vmspy_frame_of(uint64_t word);

/* Whether the parent, or a child, has this page in the same frame or swap slot, now. */
bool vmspy_relatives_have(struct vmspy_trace *trace, const struct vmspy_member *member,
			  uint64_t page_start, uint64_t word);

/* Whether the parent's page is swapped out, now. */
bool vmspy_relatives_swapped(struct vmspy_trace *trace, const struct vmspy_member *member,
			     uint64_t page_start);

/* Which side left the frame that a page had: by who is known to have it still. */
enum vmspy_writer vmspy_relatives_writer(const struct vmspy_trace *trace,
					 const struct vmspy_member *member, uint64_t page_start,
					 uint64_t word_before);

/* ret: flags of the frame of a word (VMSPY_KPF_*); 0: they cannot be seen. */
uint64_t vmspy_frame_flags(const struct vmspy_trace *trace, const struct vmspy_member *member,
			   uint64_t word);

#endif
