/* How many lines each block takes, and what is written beside them. */
#include <stddef.h>

#include "inspect/blocks_steps.h"

#include "base/banned.h"

#define ONE_LINE_BYTES (UINT64_C(64) << 10)
#define ONE_LINE_GAP   (UINT64_C(64) << 30)

/* --- labels -------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct vmspy_mm_bounds, member)

static const struct {
	const char *name;
	bool is_end;
	size_t offset;
} bounds[] = {
	{ "start_code", false, AT(start_code) }, { "end_code", true, AT(end_code) },
	{ "start_data", false, AT(start_data) }, { "end_data", true, AT(end_data) },
	{ "start_brk", false, AT(start_brk) },   { "start_stack", false, AT(start_stack) },
	{ "arg_start", false, AT(arg_start) },   { "arg_end", true, AT(arg_end) },
	{ "env_start", false, AT(env_start) },   { "env_end", true, AT(env_end) },
};

/* A label at an address that is the end of something stands with what is below it. */
static uint64_t byte_of(const struct vmspy_block_label *label)
{
	return label->is_end ? label->address - 1 : label->address;
}

static bool is_before(const struct vmspy_block_label *a, const struct vmspy_block_label *b)
{
	return byte_of(a) > byte_of(b) || (byte_of(a) == byte_of(b) && a->is_end && !b->is_end);
}

/* Keeps the labels in order: they are few. 0 is how the kernel says that there is none. */
static void add_label(struct vmspy_blocks *blocks, const char *name, uint64_t address, bool is_end)
{
	struct vmspy_block_label label = { .name = name, .address = address, .is_end = is_end };
	size_t at = blocks->label_count;

	if (!address)
		return;
	for (; at && is_before(&label, &blocks->label[at - 1]); at--)
		blocks->label[at] = blocks->label[at - 1];
	blocks->label[at] = label;
	blocks->label_count++;
}

/* ret: the block that holds the byte; blocks->count: none does. */
static size_t find_block(const struct vmspy_blocks *blocks, uint64_t byte)
{
	size_t low = 0, high = blocks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct vmspy_block *block = &blocks->block[middle];

		if (byte < block->start)
			high = middle;
		else if (byte - block->start >= block->size_bytes)
			low = middle + 1;
		else
			return middle;
	}
	return blocks->count;
}

/* Labels outside of all blocks are left out. */
static void place_labels(struct vmspy_blocks *blocks)
{
	size_t count = 0;

	for (size_t i = 0; i < blocks->label_count; i++) {
		struct vmspy_block_label label = blocks->label[i];

		label.block = find_block(blocks, byte_of(&label));
		if (label.block < blocks->count)
			blocks->label[count++] = label;
	}
	blocks->label_count = count;
}

void vmspy_blocks_label(struct vmspy_blocks *blocks, const struct vmspy_layout *layout)
{
	blocks->label_count = 0;
	add_label(blocks, "brk", layout->brk, true);
	for (size_t i = 0; layout->bounds.known && i < sizeof(bounds) / sizeof(bounds[0]); i++)
		add_label(blocks, bounds[i].name,
			  *(const uint64_t *)((const char *)&layout->bounds + bounds[i].offset),
			  bounds[i].is_end);
	place_labels(blocks);
}

/* --- lines --------------------------------------------------------------------------------- */

static unsigned bits_above(uint64_t bytes, uint64_t unit)
{
	unsigned bits = 0;

	while (bits < 63 && unit << bits < bytes)
		bits++;
	return bits;
}

static unsigned lines_by_size(const struct vmspy_block *block, unsigned step_bits)
{
	if (step_bits == VMSPY_BLOCKS_STEP_FLAT)
		return 1;
	if (vmspy_block_is_empty(block))
		return block->type == VMSPY_BLOCK_GAP && block->size_bytes > ONE_LINE_GAP ? 2 : 1;
	return 1 + (bits_above(block->size_bytes, ONE_LINE_BYTES) + step_bits - 1) / step_bits;
}

static unsigned count_labels(const struct vmspy_blocks *blocks, size_t block)
{
	unsigned count = 0;

	for (size_t i = 0; i < blocks->label_count; i++)
		count += blocks->label[i].block == block;
	return count;
}

/*
 * The labels of one block, from above: each where it lies, or on the next line that is free, but
 * not so low that those below it find none.
 */
static void spread_labels(struct vmspy_blocks *blocks)
{
	for (size_t i = 0; i < blocks->label_count; i++) {
		struct vmspy_block_label *label = &blocks->label[i];
		const struct vmspy_block *block = &blocks->block[label->block];
		uint64_t below_end = block->size_bytes - 1 - (byte_of(label) - block->start);
		unsigned line = (unsigned)((double)below_end / (double)block->size_bytes *
					   (double)block->lines);
		unsigned left = 0, first = 0;

		if (i && label[-1].block == label->block)
			first = label[-1].line + 1;
		while (i + left + 1 < blocks->label_count && label[left + 1].block == label->block)
			left++;
		line = line > first ? line : first;
		label->line = line < block->lines - 1 - left ? line : block->lines - 1 - left;
	}
}

void vmspy_blocks_measure(struct vmspy_blocks *blocks, unsigned step_bits)
{
	blocks->lines = 1; /* the lowest border */
	for (size_t i = 0; i < blocks->count; i++) {
		struct vmspy_block *block = &blocks->block[i];
		unsigned lines = lines_by_size(block, step_bits), labels = count_labels(blocks, i);

		block->lines = lines > labels ? lines : labels;
		blocks->lines += block->lines + vmspy_block_has_border(blocks, i);
	}
	spread_labels(blocks);
}
