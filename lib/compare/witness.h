/*
 * Which side of a parent and its child left the frame that both had at the fork, told by the frames
 * that other children have at the same address. Pure.
 *
 * An anonymous frame is handed on by fork alone, and who left one never gets it back: a copy is
 * always a new frame, and what KSM merges and what lies in huge pages is no evidence at all. So two
 * processes with one frame have both kept it since they were one. From this follows, for a page
 * that parent and child have in different frames:
 *
 * - An older child with the parent's frame: the parent has had it since before our child was
 *   forked, who so inherited it: the child left.
 * - Any other child with our child's frame: both have it from the parent: the parent left.
 * - An older and a younger one with one frame that neither has: the parent had it at both forks, and
 *   so at the one in between: both left.
 * - A younger child with the parent's frame may have inherited a new one: it proves nothing.
 *
 * Presumed is that all of them were forked by the parent itself. An orphan that it adopted
 * (PR_SET_CHILD_SUBREAPER, the first process of a container) or that was made with CLONE_PARENT
 * parted from it before it was started: vmspy_siblings_find() leaves out whom a foreign session
 * betrays; nothing else of them can be seen from outside.
 */
#ifndef VMSPY_COMPARE_WITNESS_H
#define VMSPY_COMPARE_WITNESS_H

#include <stddef.h>
#include <stdint.h>

#include "compare/pair.h"

/* What another child has at the address. */
struct vmspy_witness {
	uint64_t frame; /* VMSPY_FRAME_NONE: nothing that can be evidence */
	enum vmspy_age age;
};

/* What the witnesses say together. */
enum vmspy_testimony {
	VMSPY_TESTIMONY_NONE,
	VMSPY_TESTIMONY_CHILD_LEFT,
	VMSPY_TESTIMONY_PARENT_LEFT,
	VMSPY_TESTIMONY_BOTH_LEFT,
	VMSPY_TESTIMONY_CONTRADICTED, /* not all of it can be so */
};

/*
 * parent, child: the frames of the pair, different; VMSPY_FRAME_NONE: the page of a file.
 * ret_frame:     the frame that the testimony is about; VMSPY_FRAME_NONE without one.
 */
enum vmspy_testimony vmspy_witness_judge(uint64_t parent, uint64_t child,
					 const struct vmspy_witness *witness, size_t count,
					 uint64_t *ret_frame);

#endif
