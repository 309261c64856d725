/* From mappings to blocks: what each is, and where nothing is mapped. */
#include "inspect/blocks_steps.h"

#include "base/banned.h"

#define FOUR_GIB         (UINT64_C(1) << 32)
#define SEGMENT_HOLE_MAX (UINT64_C(2) << 20) /* what a linker leaves to align the next one */

/* Byte addresses, half open; empty: there is no such area. */
struct range {
	uint64_t start, end;
};

struct collector {
	const struct vmspy_layout *layout;
	const struct vmspy_address_shape *shape;
	struct vmspy_blocks *blocks;
	struct range program, heap;
	uint64_t at; /* all below is in blocks */
};

/* --- areas --------------------------------------------------------------------------------- */

static bool overlaps(const struct vmspy_vma *vma, uint64_t start, uint64_t end)
{
	return start < end && vma->start < end && start < vma->end;
}

static bool holds(struct range range, uint64_t address)
{
	return range.start <= address && address < range.end;
}

static bool is_core(const struct vmspy_mm_bounds *bounds, const struct vmspy_vma *vma)
{
	return bounds->known && (overlaps(vma, bounds->start_code, bounds->end_code) ||
				 overlaps(vma, bounds->start_data, bounds->end_data));
}

/* Whether b, the mapping behind a, is of the same file, with no more than a hole between them. */
static bool is_next_segment(const struct vmspy_mapping *a, const struct vmspy_mapping *b)
{
	return b->vma.start - a->vma.end <= SEGMENT_HOLE_MAX &&
	       vmspy_blocks_same_file(&a->vma, &b->vma);
}

static bool is_bss_of(const struct vmspy_mapping *data, const struct vmspy_mapping *mapping)
{
	return mapping->kind == VMSPY_KIND_BSS && mapping->vma.start == data->vma.end;
}

/* From code to data, with what is beside them: rodata before them, bss right behind them. */
static struct range find_program(const struct vmspy_layout *layout)
{
	const struct vmspy_mapping *mapping = layout->mapping;
	size_t first = layout->count, last = 0;

	for (size_t i = 0; i < layout->count; i++)
		if (is_core(&layout->bounds, &mapping[i].vma)) {
			first = first < i ? first : i;
			last = i;
		}
	if (first == layout->count)
		return (struct range){ 0 };
	while (first && is_next_segment(&mapping[first - 1], &mapping[first]))
		first--;
	while (last + 1 < layout->count && (is_next_segment(&mapping[last], &mapping[last + 1]) ||
					    is_bss_of(&mapping[last], &mapping[last + 1])))
		last++;
	return (struct range){ mapping[first].vma.start, mapping[last].vma.end };
}

static struct range find_heap(const struct vmspy_layout *layout)
{
	struct range heap = { 0 };

	for (size_t i = 0; i < layout->count; i++)
		if (layout->mapping[i].kind == VMSPY_KIND_HEAP) {
			if (!heap.end)
				heap.start = layout->mapping[i].vma.start;
			heap.end = layout->mapping[i].vma.end;
		}
	return heap;
}

static enum vmspy_block_area area_of(const struct collector *collector,
				     const struct vmspy_mapping *mapping)
{
	if (mapping->kind == VMSPY_KIND_STACK)
		return VMSPY_AREA_STACK;
	if (mapping->kind == VMSPY_KIND_HEAP || holds(collector->heap, mapping->vma.start))
		return VMSPY_AREA_HEAP;
	if (holds(collector->program, mapping->vma.start))
		return VMSPY_AREA_PROGRAM;
	return VMSPY_AREA_MAPPED;
}

/* --- types --------------------------------------------------------------------------------- */

static const enum vmspy_block_type types[] = {
	[VMSPY_KIND_TEXT] = VMSPY_BLOCK_OBJECT,
	[VMSPY_KIND_RODATA] = VMSPY_BLOCK_OBJECT,
	[VMSPY_KIND_DATA] = VMSPY_BLOCK_OBJECT,
	[VMSPY_KIND_BSS] = VMSPY_BLOCK_ANON,
	[VMSPY_KIND_HEAP] = VMSPY_BLOCK_HEAP,
	[VMSPY_KIND_STACK] = VMSPY_BLOCK_STACK,
	[VMSPY_KIND_THREAD_STACK] = VMSPY_BLOCK_THREAD_STACK,
	[VMSPY_KIND_VDSO] = VMSPY_BLOCK_VDSO,
	[VMSPY_KIND_VVAR] = VMSPY_BLOCK_VVAR,
	[VMSPY_KIND_VSYSCALL] = VMSPY_BLOCK_VSYSCALL,
	[VMSPY_KIND_ANON] = VMSPY_BLOCK_ANON,
	[VMSPY_KIND_FILE] = VMSPY_BLOCK_FILE,
	[VMSPY_KIND_SHMEM] = VMSPY_BLOCK_SHMEM,
	[VMSPY_KIND_SYSV] = VMSPY_BLOCK_SYSV,
	[VMSPY_KIND_HUGETLB] = VMSPY_BLOCK_HUGETLB,
	[VMSPY_KIND_GUARD] = VMSPY_BLOCK_GUARD,
	[VMSPY_KIND_DEVICE] = VMSPY_BLOCK_DEVICE,
	[VMSPY_KIND_JIT] = VMSPY_BLOCK_JIT,
};

static enum vmspy_block_type type_of(enum vmspy_block_area area, enum vmspy_mapping_kind kind)
{
	static const enum vmspy_block_type of_program[] = {
		[VMSPY_KIND_TEXT] = VMSPY_BLOCK_CODE,
		[VMSPY_KIND_RODATA] = VMSPY_BLOCK_RODATA,
		[VMSPY_KIND_DATA] = VMSPY_BLOCK_DATA,
		[VMSPY_KIND_BSS] = VMSPY_BLOCK_BSS,
	};
	bool is_part =
		area == VMSPY_AREA_PROGRAM && kind < sizeof(of_program) / sizeof(of_program[0]);

	return is_part ? of_program[kind] : types[kind];
}

/* --- adding -------------------------------------------------------------------------------- */

static struct vmspy_error *add(struct collector *collector, const struct vmspy_block_piece *piece)
{
	if (piece->start == piece->end)
		return NULL;
	collector->at = piece->end;
	return vmspy_blocks_add(collector->blocks, piece);
}

/* Add a range of which nothing is mapped, up to an address that is cut to what there is. */
static struct vmspy_error *add_empty(struct collector *collector, enum vmspy_block_type type,
				     uint64_t end)
{
	const struct vmspy_block_piece piece = { collector->at, end, type, VMSPY_AREA_NONE, NULL };

	return end > collector->at ? add(collector, &piece) : NULL;
}

/* Everything up to the next mapping: what is never mapped, what is not now, what few ask for. */
static struct vmspy_error *add_gap(struct collector *collector, uint64_t end)
{
	uint64_t lowest = collector->shape->lowest, window_end = collector->shape->window_end;
	struct vmspy_error *err;

	if ((err = add_empty(collector, VMSPY_BLOCK_LOWEST, lowest < end ? lowest : end)))
		return err;
	if (window_end && window_end < end &&
	    (err = add_empty(collector, VMSPY_BLOCK_GAP, window_end)))
		return err;
	return add_empty(collector,
			 window_end && collector->at >= window_end ? VMSPY_BLOCK_WIDE
								   : VMSPY_BLOCK_GAP,
			 end);
}

/* --- pieces of mappings -------------------------------------------------------------------- */

/* Add what is left of a mapping up to an address; an address outside of what is left does nothing. */
static struct vmspy_error *cut(struct collector *collector, struct vmspy_block_piece *rest,
			       uint64_t end, enum vmspy_block_type type)
{
	struct vmspy_block_piece piece = *rest;
	struct vmspy_error *err;

	if (end <= rest->start || end > rest->end)
		return NULL;
	piece.end = end;
	piece.type = type;
	err = add(collector, &piece);
	rest->start = end;
	return err;
}

/*
 * What exec put above the stack, as far as it is where exec put it: a process may have said that
 * its arguments are elsewhere (PR_SET_MM), to be called something else.
 */
static struct vmspy_error *add_stack(struct collector *collector, struct vmspy_block_piece *rest)
{
	const struct vmspy_mm_bounds *bounds = &collector->layout->bounds;
	const struct {
		uint64_t end;
		enum vmspy_block_type type;
	} cuts[] = {
		{ bounds->start_stack, VMSPY_BLOCK_STACK },
		{ bounds->arg_start, VMSPY_BLOCK_VECTORS },
		{ bounds->arg_end, VMSPY_BLOCK_ARGUMENTS },
		{ bounds->env_start, VMSPY_BLOCK_STACK },
		{ bounds->env_end, VMSPY_BLOCK_ENVIRONMENT },
		{ rest->end, VMSPY_BLOCK_EXECFN },
	};
	size_t count = sizeof(cuts) / sizeof(cuts[0]);
	bool is_known = bounds->known && rest->start < bounds->start_stack &&
			bounds->start_stack < rest->end;
	struct vmspy_error *err = NULL;

	if (!is_known)
		return cut(collector, rest, rest->end, VMSPY_BLOCK_STACK);
	for (size_t i = 1; is_known && i < count; i++)
		is_known = cuts[i - 1].end <= cuts[i].end;
	for (size_t i = 0; !err && i < (is_known ? count : 1); i++)
		err = cut(collector, rest, cuts[i].end, cuts[i].type);
	return err ? err : cut(collector, rest, rest->end, VMSPY_BLOCK_VECTORS);
}

static struct vmspy_error *add_mapping(struct collector *collector,
				       const struct vmspy_mapping *mapping)
{
	const struct vmspy_mm_bounds *bounds = &collector->layout->bounds;
	enum vmspy_block_area area = area_of(collector, mapping);
	struct vmspy_block_piece rest = {
		.start = mapping->vma.start,
		.end = mapping->vma.end,
		.type = type_of(area, mapping->kind),
		.area = area,
		.mapping = mapping,
	};
	struct vmspy_error *err = NULL;

	if (area == VMSPY_AREA_STACK)
		return add_stack(collector, &rest);
	/* The first variables that begin as zero are in the last page of data. */
	if (rest.type == VMSPY_BLOCK_DATA && mapping->vma.writable &&
	    bounds->end_data > rest.start && bounds->end_data < rest.end) {
		err = cut(collector, &rest, bounds->end_data, VMSPY_BLOCK_DATA);
		rest.type = VMSPY_BLOCK_BSS;
	}
	/* Without randomisation the kernel merges the heap with the bss below it. */
	if (rest.type == VMSPY_BLOCK_HEAP && bounds->start_brk < rest.end &&
	    rest.start == collector->program.end) {
		rest.area = VMSPY_AREA_PROGRAM;
		err = cut(collector, &rest, bounds->start_brk, VMSPY_BLOCK_BSS);
		rest.area = area;
	}
	return err ? err : add(collector, &rest);
}

/* --- above user space ---------------------------------------------------------------------- */

static uint64_t round_up_to_power(uint64_t number)
{
	return number > 1 ? UINT64_C(1) << (64 - __builtin_clzll(number - 1)) : number;
}

/* What lies between user space and the kernel: what no process gets, and what is no address. */
static struct vmspy_error *add_beyond(struct collector *collector)
{
	const struct vmspy_address_shape *shape = collector->shape;
	uint64_t end = shape->pointer_bits == 32 ? FOUR_GIB : round_up_to_power(shape->user_end);
	struct vmspy_error *err;

	if (shape->kernel_start && end > shape->kernel_start)
		end = shape->kernel_start;
	if ((err = add_empty(collector, VMSPY_BLOCK_BEYOND, end)))
		return err;
	return add_empty(collector, VMSPY_BLOCK_HOLE, shape->kernel_start);
}

static struct vmspy_error *add_kernel(struct collector *collector)
{
	const struct vmspy_layout *layout = collector->layout;
	const struct vmspy_mapping *last =
		layout->count ? &layout->mapping[layout->count - 1] : NULL;
	struct vmspy_block_piece kernel = {
		.start = collector->at,
		.end = collector->shape->kernel_start < FOUR_GIB ? FOUR_GIB : 0,
		.type = VMSPY_BLOCK_KERNEL,
	};
	struct vmspy_error *err;

	if (last && last->kind == VMSPY_KIND_VSYSCALL && last->vma.start >= kernel.start) {
		struct vmspy_block_piece page = { last->vma.start, last->vma.end,
						  VMSPY_BLOCK_VSYSCALL, VMSPY_AREA_KERNEL, last };

		if ((err = add_empty(collector, VMSPY_BLOCK_KERNEL, page.start)) ||
		    (err = add(collector, &page)))
			return err;
		kernel.start = page.end;
	}
	return add(collector, &kernel);
}

static void set_area(struct vmspy_blocks *blocks, size_t from)
{
	for (size_t i = from; i < blocks->count; i++)
		blocks->block[i].area =
			blocks->block[i].type == VMSPY_BLOCK_KERNEL ||
					blocks->block[i].type == VMSPY_BLOCK_VSYSCALL
				? VMSPY_AREA_KERNEL
				: VMSPY_AREA_BEYOND;
}

static struct vmspy_error *collect_above(struct collector *collector)
{
	size_t first = collector->blocks->count;
	struct vmspy_error *err;

	if (!collector->shape->user_end)
		return NULL;
	if ((err = add_beyond(collector)))
		return err;
	if (collector->shape->kernel_start && (err = add_kernel(collector)))
		return err;
	set_area(collector->blocks, first);
	return NULL;
}

struct vmspy_error *vmspy_blocks_collect(const struct vmspy_layout *layout,
					 const struct vmspy_address_shape *shape,
					 struct vmspy_blocks *blocks)
{
	struct collector collector = {
		.layout = layout,
		.shape = shape,
		.blocks = blocks,
		.program = find_program(layout),
		.heap = find_heap(layout),
	};
	struct vmspy_error *err;

	for (size_t i = 0; i < layout->count; i++) {
		const struct vmspy_mapping *mapping = &layout->mapping[i];

		if (mapping->kind == VMSPY_KIND_VSYSCALL)
			continue;
		if ((err = add_gap(&collector, mapping->vma.start)) ||
		    (err = add_mapping(&collector, mapping)))
			return err;
	}
	if ((err = add_gap(&collector, shape->user_end)))
		return err;
	return collect_above(&collector);
}
