#include "inspect/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "inspect/blocks_steps.h"

#include "base/banned.h"

enum {
	LEVEL_FIRST = 12, /* 2^12 bytes: no mapping is smaller */
	LEVEL_FLAT = 30,  /* larger gaps are worth more than the scale */
};

/* How steep the scale is: bits of size for each further line. The last one is flat. */
static const unsigned steps[] = { 4, 6, 8, 12, VMSPY_BLOCKS_STEP_FLAT };

const char *vmspy_block_type_name(enum vmspy_block_type type)
{
	static const char *const names[VMSPY_BLOCK_TYPE_COUNT] = {
		[VMSPY_BLOCK_CODE] = "code",
		[VMSPY_BLOCK_RODATA] = "rodata",
		[VMSPY_BLOCK_DATA] = "data",
		[VMSPY_BLOCK_BSS] = "bss",
		[VMSPY_BLOCK_HEAP] = "heap",
		[VMSPY_BLOCK_STACK] = "stack",
		[VMSPY_BLOCK_VECTORS] = "vectors",
		[VMSPY_BLOCK_ARGUMENTS] = "arguments",
		[VMSPY_BLOCK_ENVIRONMENT] = "environment",
		[VMSPY_BLOCK_EXECFN] = "execfn",
		[VMSPY_BLOCK_OBJECT] = "object",
		[VMSPY_BLOCK_FILE] = "file",
		[VMSPY_BLOCK_FILES] = "files",
		[VMSPY_BLOCK_ANON] = "anon",
		[VMSPY_BLOCK_THREAD_STACK] = "thread-stack",
		[VMSPY_BLOCK_GUARD] = "guard",
		[VMSPY_BLOCK_SHMEM] = "shmem",
		[VMSPY_BLOCK_SYSV] = "sysv",
		[VMSPY_BLOCK_HUGETLB] = "hugetlb",
		[VMSPY_BLOCK_DEVICE] = "device",
		[VMSPY_BLOCK_JIT] = "jit",
		[VMSPY_BLOCK_VDSO] = "vdso",
		[VMSPY_BLOCK_VVAR] = "vvar",
		[VMSPY_BLOCK_VSYSCALL] = "vsyscall",
		[VMSPY_BLOCK_MAPPINGS] = "mappings",
		[VMSPY_BLOCK_GAP] = "gap",
		[VMSPY_BLOCK_WIDE] = "wide",
		[VMSPY_BLOCK_LOWEST] = "lowest",
		[VMSPY_BLOCK_BEYOND] = "beyond",
		[VMSPY_BLOCK_HOLE] = "hole",
		[VMSPY_BLOCK_KERNEL] = "kernel",
	};

	return names[type];
}

bool vmspy_block_has_border(const struct vmspy_blocks *blocks, size_t index)
{
	return index + 1 == blocks->count ||
	       blocks->block[index].area != blocks->block[index + 1].area;
}

/* ret: whether it fits at one of the scales that are left to try. */
static bool fit(struct vmspy_blocks *blocks, unsigned lines_max, bool may_be_flat)
{
	size_t count = sizeof(steps) / sizeof(steps[0]);

	for (size_t i = 0; i < (may_be_flat ? count : count - 1); i++) {
		vmspy_blocks_measure(blocks, steps[i]);
		if (!lines_max || blocks->lines <= lines_max)
			return true;
	}
	return false;
}

/* Rather fewer blocks than blocks that are all alike: the flat scale is for what will not fit. */
struct vmspy_error *vmspy_blocks_make(const struct vmspy_layout *layout,
				      const struct vmspy_address_shape *shape, unsigned lines_max,
				      struct vmspy_blocks *ret)
{
	VMSPY_AUTO(vmspy_blocks_deinit) struct vmspy_blocks blocks = { 0 };
	struct vmspy_error *err = vmspy_blocks_collect(layout, shape, &blocks);
	unsigned level = LEVEL_FIRST;

	if (err)
		return err;
	vmspy_blocks_close_gaps(&blocks);
	vmspy_blocks_label(&blocks, layout);
	while (!fit(&blocks, lines_max, level > LEVEL_FLAT) && level <= VMSPY_BLOCKS_LEVEL_LAST) {
		/* Each block that is saved may save several lines: little by little. */
		size_t wanted = (blocks.lines - lines_max + 3) / 4;

		if (!vmspy_blocks_coarsen(&blocks, level, wanted))
			level++;
		vmspy_blocks_close_gaps(&blocks);
		vmspy_blocks_label(&blocks, layout);
	}
	*ret = blocks;
	blocks = (struct vmspy_blocks){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_blocks_deinit(struct vmspy_blocks *blocks)
{
	free(blocks->block);
	*blocks = (struct vmspy_blocks){ 0 };
}
