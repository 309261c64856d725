/*
 * An address space as a picture: blocks from the lowest address to the highest, how many lines
 * each takes, and what is written beside it. Pure.
 */
#ifndef VMSPY_INSPECT_BLOCKS_H
#define VMSPY_INSPECT_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "inspect/address_shape.h"
#include "space/space.h"

enum vmspy_block_type {
	/* The main program's own. */
	VMSPY_BLOCK_CODE,
	VMSPY_BLOCK_RODATA,
	VMSPY_BLOCK_DATA,
	VMSPY_BLOCK_BSS,
	VMSPY_BLOCK_HEAP,

	/* The mapping of the main stack, from below to above. */
	VMSPY_BLOCK_STACK,
	VMSPY_BLOCK_VECTORS,     /* argc, argv[], envp[], auxv[], as exec left them */
	VMSPY_BLOCK_ARGUMENTS,   /* the texts */
	VMSPY_BLOCK_ENVIRONMENT, /* the texts */
	VMSPY_BLOCK_EXECFN,      /* the path that was given to exec, above the environment */

	VMSPY_BLOCK_OBJECT, /* a program or library with all of its parts */
	VMSPY_BLOCK_FILE,
	VMSPY_BLOCK_FILES, /* several of them, or of the objects */
	VMSPY_BLOCK_ANON,
	VMSPY_BLOCK_THREAD_STACK, /* and the guard below it */
	VMSPY_BLOCK_GUARD,
	VMSPY_BLOCK_SHMEM,
	VMSPY_BLOCK_SYSV,
	VMSPY_BLOCK_HUGETLB,
	VMSPY_BLOCK_DEVICE,
	VMSPY_BLOCK_JIT,
	VMSPY_BLOCK_VDSO,
	VMSPY_BLOCK_VVAR,
	VMSPY_BLOCK_VSYSCALL,
	VMSPY_BLOCK_MAPPINGS, /* of several sorts */

	/* Nothing is mapped there. */
	VMSPY_BLOCK_GAP,
	VMSPY_BLOCK_WIDE,   /* a gap that mmap() fills only for those who ask */
	VMSPY_BLOCK_LOWEST, /* below mmap_min_addr */
	VMSPY_BLOCK_BEYOND, /* no process can map it */
	VMSPY_BLOCK_HOLE,   /* no such addresses */
	VMSPY_BLOCK_KERNEL,
	VMSPY_BLOCK_TYPE_COUNT,
};

/* What belongs together. */
enum vmspy_block_area {
	VMSPY_AREA_NONE, /* gaps between areas */
	VMSPY_AREA_PROGRAM,
	VMSPY_AREA_HEAP,
	VMSPY_AREA_MAPPED,
	VMSPY_AREA_STACK,
	VMSPY_AREA_BEYOND,
	VMSPY_AREA_KERNEL,
	VMSPY_AREA_SORTS,
};

/* Strings and mappings are borrowed from the layout. */
struct vmspy_block {
	uint64_t start;
	uint64_t size_bytes; /* start + size_bytes is 0 where it ends at 2^64 */
	enum vmspy_block_type type;
	enum vmspy_block_area area;
	unsigned lines;
	const char *name; /* of its object, or of one of its files; NULL: none has a name */
	size_t name_length; /* what of it holds for all of the block: a directory, if there are several */
	const struct vmspy_mapping *mapping; /* the first; NULL: nothing is mapped */
	size_t mapping_count;
	size_t part_count;      /* blocks that were put together in it; 1: none were */
	bool is_uniform;        /* all mappings have the permissions of the first */
	bool is_write_exec;     /* one of them is writable and executable */
	uint64_t largest_bytes; /* of its parts */
	uint64_t mapped_bytes;
	uint64_t kind_bytes[VMSPY_KIND_COUNT];
};

/* One of the mm's bounds, at the line where it lies. */
struct vmspy_block_label {
	const char *name; /* "start_code", static */
	uint64_t address;
	bool is_end; /* the first byte behind something: it stands with what is before it */
	size_t block;
	unsigned line; /* of the block, 0: its highest addresses */
};

enum {
	VMSPY_BLOCK_LABEL_MAX = 11
};

/*
 * Shape: ascending and adjacent, from 0 to the end of user space; then, as far as it is known,
 *        what is beyond, to 2^64. A zeroed struct is empty.
 */
struct vmspy_blocks {
	struct vmspy_block *block;
	size_t count;
	size_t room;
	struct vmspy_block_label label[VMSPY_BLOCK_LABEL_MAX]; /* descending by address */
	size_t label_count;
	unsigned lines; /* of the picture, with the borders between areas */
};

/*
 * Lay out the picture. A block takes more lines the larger it is, by the logarithm of its size.
 * layout:    borrowed.
 * lines_max: where it gets longer, small neighbours are put together, then larger ones, as long
 *            as they are of one area; what the stack is made of always stands alone. 0: as long
 *            as it gets, and only what belongs to one file is put together.
 * ret:       end it with vmspy_blocks_deinit().
 * Errors:    NO_MEMORY.
 */
struct vmspy_error *vmspy_blocks_make(const struct vmspy_layout *layout,
				      const struct vmspy_address_shape *shape, unsigned lines_max,
				      struct vmspy_blocks *ret) VMSPY_MUST_CHECK;

void vmspy_blocks_deinit(struct vmspy_blocks *blocks);

/* ret: the word of the manual ("thread-stack"), static. */
const char *vmspy_block_type_name(enum vmspy_block_type type);

/* Whether a border stands above a block: what follows is another area, or nothing. */
bool vmspy_block_has_border(const struct vmspy_blocks *blocks, size_t index);

#endif
