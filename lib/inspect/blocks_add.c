/* One more block, or more of the last one. */
#include <string.h>

#include "base/array.h"
#include "inspect/blocks_steps.h"

#include "base/banned.h"

bool vmspy_block_is_empty(const struct vmspy_block *block)
{
	return !block->mapping;
}

bool vmspy_blocks_same_file(const struct vmspy_vma *a, const struct vmspy_vma *b)
{
	return a->inode && vmspy_vma_same_inode(a, b);
}

static bool same_perm(const struct vmspy_vma *a, const struct vmspy_vma *b)
{
	return a->readable == b->readable && a->writable == b->writable &&
	       a->executable == b->executable && a->shared == b->shared;
}

static bool same_name(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Whether two neighbours of one type and area are one thing. */
static bool is_one(enum vmspy_block_type type, const struct vmspy_vma *a, const struct vmspy_vma *b)
{
	if (type == VMSPY_BLOCK_HEAP || type == VMSPY_BLOCK_VVAR)
		return true;
	if (type == VMSPY_BLOCK_THREAD_STACK)
		return false;
	if (type <= VMSPY_BLOCK_BSS)
		return same_perm(a, b);
	return vmspy_blocks_same_file(a, b) || (same_perm(a, b) && same_name(a->name, b->name));
}

/* Whether a piece is the same thing as the block that it follows without a gap. */
static bool continues(const struct vmspy_block *block, const struct vmspy_block_piece *piece)
{
	const struct vmspy_vma *before, *vma;

	if (!piece->mapping || vmspy_block_is_empty(block) || block->area != piece->area)
		return false;
	before = &block->mapping->vma;
	vma = &piece->mapping->vma;
	if (block->type == VMSPY_BLOCK_OBJECT)
		return vmspy_blocks_same_file(before, vma) ||
		       piece->mapping->kind == VMSPY_KIND_BSS;
	if (block->type == VMSPY_BLOCK_GUARD && piece->type == VMSPY_BLOCK_THREAD_STACK)
		return true;
	return block->type == piece->type && is_one(piece->type, before, vma);
}

static struct vmspy_block block_of(const struct vmspy_block_piece *piece)
{
	struct vmspy_block block = {
		.start = piece->start,
		.size_bytes = piece->end - piece->start,
		.type = piece->type,
		.area = piece->area,
		.mapping = piece->mapping,
		.part_count = 1,
	};

	block.largest_bytes = block.size_bytes;
	if (!piece->mapping)
		return block;
	block.name = piece->mapping->vma.name;
	block.name_length = block.name ? strlen(block.name) : 0;
	block.mapping_count = 1;
	block.is_uniform = true;
	block.is_write_exec = piece->mapping->vma.writable && piece->mapping->vma.executable;
	block.mapped_bytes = block.size_bytes;
	block.kind_bytes[piece->mapping->kind] = block.size_bytes;
	return block;
}

/* The block goes on: it stays what it is, but a guard becomes part of the stack above it. */
static void extend(struct vmspy_block *block, const struct vmspy_block *more)
{
	bool is_guard = more->type == VMSPY_BLOCK_THREAD_STACK;
	const struct vmspy_block before = is_guard ? *more : *block;

	vmspy_block_absorb(block, more);
	block->type = before.type;
	block->name = before.name;
	block->name_length = before.name_length;
	block->mapping = before.mapping;
	block->is_uniform |= is_guard;
	block->part_count = 1;
	block->largest_bytes = block->size_bytes;
}

struct vmspy_error *vmspy_blocks_add(struct vmspy_blocks *blocks,
				     const struct vmspy_block_piece *piece)
{
	struct vmspy_block block = block_of(piece), *last;
	struct vmspy_error *err;

	last = blocks->count ? &blocks->block[blocks->count - 1] : NULL;
	if (last && continues(last, piece)) {
		extend(last, &block);
		return NULL;
	}
	if ((err = vmspy_array_grow(&blocks->block, &blocks->room, blocks->count, sizeof(block))))
		return err;
	blocks->block[blocks->count++] = block;
	return NULL;
}
