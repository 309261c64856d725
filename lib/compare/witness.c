#include "compare/witness.h"

#include "base/banned.h"

/* What one witness says by itself. */
static enum vmspy_testimony hear(uint64_t parent, uint64_t child,
				 const struct vmspy_witness *witness)
{
	if (witness->frame == VMSPY_FRAME_NONE)
		return VMSPY_TESTIMONY_NONE;
	if (witness->frame == child)
		return VMSPY_TESTIMONY_PARENT_LEFT;
	if (witness->frame == parent && witness->age == VMSPY_AGE_OLDER)
		return VMSPY_TESTIMONY_CHILD_LEFT;
	return VMSPY_TESTIMONY_NONE;
}

/* ret: a frame that neither of the pair has, but an older and a younger child; NONE without one. */
static uint64_t forsaken_by_both(uint64_t parent, uint64_t child,
				 const struct vmspy_witness *witness, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t frame = witness[i].frame;

		if (witness[i].age != VMSPY_AGE_OLDER || frame == VMSPY_FRAME_NONE ||
		    frame == parent || frame == child)
			continue;
		for (size_t j = 0; j < count; j++)
			if (witness[j].age == VMSPY_AGE_YOUNGER && witness[j].frame == frame)
				return frame;
	}
	return VMSPY_FRAME_NONE;
}

enum vmspy_testimony vmspy_witness_judge(uint64_t parent, uint64_t child,
					 const struct vmspy_witness *witness, size_t count,
					 uint64_t *ret_frame)
{
	uint64_t frame = forsaken_by_both(parent, child, witness, count);
	enum vmspy_testimony all =
		frame == VMSPY_FRAME_NONE ? VMSPY_TESTIMONY_NONE : VMSPY_TESTIMONY_BOTH_LEFT;

	for (size_t i = 0; i < count && all != VMSPY_TESTIMONY_CONTRADICTED; i++) {
		enum vmspy_testimony one = hear(parent, child, &witness[i]);

		if (one == VMSPY_TESTIMONY_NONE)
			continue;
		all = all == VMSPY_TESTIMONY_NONE || all == one ? one
								: VMSPY_TESTIMONY_CONTRADICTED;
		frame = witness[i].frame;
	}
	*ret_frame = frame;
	return all;
}
