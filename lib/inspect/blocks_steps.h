/* The steps of vmspy_blocks_make(), one file each. */
#ifndef VMSPY_INSPECT_BLOCKS_STEPS_H
#define VMSPY_INSPECT_BLOCKS_STEPS_H

#include "inspect/blocks.h"

enum {
	VMSPY_BLOCKS_LEVEL_LAST = 64, /* everything of one area is put together */
	VMSPY_BLOCKS_STEP_FLAT = 64,  /* every block takes one line */
};

/* One piece of a mapping, or a range without one. */
struct vmspy_block_piece {
	uint64_t start, end; /* end 0: 2^64 */
	enum vmspy_block_type type;
	enum vmspy_block_area area;
	const struct vmspy_mapping *mapping;
};

/* Whether two mappings are of one file. */
bool vmspy_blocks_same_file(const struct vmspy_vma *a, const struct vmspy_vma *b);

/* Add a piece behind the last block: to it, if it is more of the same, or as a block of its own. */
struct vmspy_error *vmspy_blocks_add(struct vmspy_blocks *blocks,
				     const struct vmspy_block_piece *piece) VMSPY_MUST_CHECK;

/* Cut the address space into blocks; only what belongs to one object is put together. */
struct vmspy_error *vmspy_blocks_collect(const struct vmspy_layout *layout,
					 const struct vmspy_address_shape *shape,
					 struct vmspy_blocks *blocks) VMSPY_MUST_CHECK;

/* Whether a block is a gap, or what is beyond user space. */
bool vmspy_block_is_empty(const struct vmspy_block *block);

/* Put block b, which is behind a, into a. What is between them becomes a's. */
void vmspy_block_absorb(struct vmspy_block *a, const struct vmspy_block *b);

/*
 * Put neighbours together whose parts, and the gap between them, are no larger than 2^level, from
 * low addresses on, until so many blocks are saved.
 * ret: how many were.
 */
size_t vmspy_blocks_coarsen(struct vmspy_blocks *blocks, unsigned level, size_t wanted);

/* Give gaps inside an area to it. */
void vmspy_blocks_close_gaps(struct vmspy_blocks *blocks);

/* Say where the bounds of the mm are. */
void vmspy_blocks_label(struct vmspy_blocks *blocks, const struct vmspy_layout *layout);

/*
 * Decide the lines of each block: one more each time that it is 2^step_bits times as large.
 * Labels need a line each.
 */
void vmspy_blocks_measure(struct vmspy_blocks *blocks, unsigned step_bits);

#endif
