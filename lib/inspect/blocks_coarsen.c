/* Fewer blocks: neighbours are put together, the small ones first. */
#include <string.h>

#include "inspect/blocks_steps.h"

#include "base/banned.h"

static bool is_of_files(enum vmspy_block_type type)
{
	return type == VMSPY_BLOCK_OBJECT || type == VMSPY_BLOCK_FILE || type == VMSPY_BLOCK_FILES;
}

static enum vmspy_block_type common_type(enum vmspy_block_type a, enum vmspy_block_type b)
{
	if (is_of_files(a) && is_of_files(b))
		return VMSPY_BLOCK_FILES;
	return a == b ? a : VMSPY_BLOCK_MAPPINGS;
}

/* ret: the length of the path up to its last slash, that of the root being 0. */
static size_t directory_length(const char *path, size_t length)
{
	while (length && path[length - 1] != '/')
		length--;
	return length ? length - 1 : 0;
}

/* What the paths of two blocks have in common: a directory. Other names have nothing in common. */
static void find_common_name(struct vmspy_block *a, const struct vmspy_block *b)
{
	size_t length_a, length_b, common = 0;

	if (!b->name || b->name[0] != '/')
		return;
	if (!a->name || a->name[0] != '/') {
		a->name = b->name;
		a->name_length = b->part_count > 1 ? b->name_length
						   : directory_length(b->name, b->name_length);
		return;
	}
	length_a = a->part_count > 1 ? a->name_length : directory_length(a->name, a->name_length);
	length_b = b->part_count > 1 ? b->name_length : directory_length(b->name, b->name_length);
	for (size_t i = 0; i <= length_a && i <= length_b; i++) {
		bool ends_a = i == length_a || a->name[i] == '/';
		bool ends_b = i == length_b || b->name[i] == '/';

		if (ends_a && ends_b)
			common = i;
		if (i == length_a || i == length_b || a->name[i] != b->name[i])
			break;
	}
	a->name_length = common;
}

static bool same_perm(const struct vmspy_block *a, const struct vmspy_block *b)
{
	const struct vmspy_vma *left = &a->mapping->vma, *right = &b->mapping->vma;

	return a->is_uniform && b->is_uniform && left->readable == right->readable &&
	       left->writable == right->writable && left->executable == right->executable &&
	       left->shared == right->shared;
}

void vmspy_block_absorb(struct vmspy_block *a, const struct vmspy_block *b)
{
	find_common_name(a, b);
	a->type = common_type(a->type, b->type);
	a->is_uniform = same_perm(a, b);
	a->is_write_exec |= b->is_write_exec;
	a->size_bytes = b->start + b->size_bytes - a->start;
	a->mapping_count += b->mapping_count;
	a->part_count += b->part_count;
	a->mapped_bytes += b->mapped_bytes;
	if (a->largest_bytes < b->largest_bytes)
		a->largest_bytes = b->largest_bytes;
	for (size_t i = 0; i < VMSPY_KIND_COUNT; i++)
		a->kind_bytes[i] += b->kind_bytes[i];
}

static bool is_within(uint64_t bytes, unsigned level)
{
	return level >= VMSPY_BLOCKS_LEVEL_LAST || bytes <= UINT64_C(1) << level;
}

/* What people look for by name stays apart as long as anything else can be done. */
static bool is_landmark(const struct vmspy_block *block)
{
	return block->area != VMSPY_AREA_MAPPED || block->type == VMSPY_BLOCK_VDSO ||
	       block->type == VMSPY_BLOCK_VVAR;
}

static bool may_be_absorbed(const struct vmspy_block *block, unsigned level)
{
	if (vmspy_block_is_empty(block) || block->area == VMSPY_AREA_STACK ||
	    block->area == VMSPY_AREA_KERNEL)
		return false;
	if (level >= VMSPY_BLOCKS_LEVEL_LAST)
		return true;
	return !is_landmark(block) && is_within(block->largest_bytes, level);
}

/* Stacks of threads are as large as they are by default: that they are many says enough. */
static bool may_absorb(const struct vmspy_block *a, const struct vmspy_block *b, unsigned level)
{
	bool are_stacks = a->type == VMSPY_BLOCK_THREAD_STACK && b->type == a->type;

	return a->area == b->area &&
	       (are_stacks || (may_be_absorbed(a, level) && may_be_absorbed(b, level)));
}

/* Take the next block: into the last one, over a small gap behind that, or as one more. */
static size_t take(struct vmspy_block *block, size_t count, const struct vmspy_block *next,
		   unsigned level)
{
	if (count && may_absorb(&block[count - 1], next, level)) {
		vmspy_block_absorb(&block[count - 1], next);
		return count;
	}
	if (count > 1 && block[count - 1].type == VMSPY_BLOCK_GAP &&
	    is_within(block[count - 1].size_bytes, level) &&
	    may_absorb(&block[count - 2], next, level)) {
		vmspy_block_absorb(&block[count - 2], next);
		return count - 1;
	}
	block[count] = *next;
	return count + 1;
}

size_t vmspy_blocks_coarsen(struct vmspy_blocks *blocks, unsigned level, size_t wanted)
{
	size_t count = 0, before = blocks->count;

	for (size_t i = 0; i < before; i++) {
		struct vmspy_block next = blocks->block[i];

		if (i - count < wanted)
			count = take(blocks->block, count, &next, level);
		else
			blocks->block[count++] = next;
	}
	blocks->count = count;
	return before - count;
}

void vmspy_blocks_close_gaps(struct vmspy_blocks *blocks)
{
	struct vmspy_block *block = blocks->block;

	for (size_t i = 1; i + 1 < blocks->count; i++)
		if (block[i].type == VMSPY_BLOCK_GAP && block[i - 1].area == block[i + 1].area)
			block[i].area = block[i - 1].area;
}
