#include "compare/align.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "space/arena.h"

#include "base/banned.h"

/* One layout, walked upwards: the first mapping that ends above the current address. */
struct walk {
	const struct vmspy_layout *layout;
	size_t at;
};

static const struct vmspy_mapping *walk_mapping(const struct walk *walk)
{
	return walk->at < walk->layout->count ? &walk->layout->mapping[walk->at] : NULL;
}

/* The mapping that holds the address; walk stands at the first that ends above it. */
static const struct vmspy_mapping *walk_holding(const struct walk *walk, uint64_t address)
{
	const struct vmspy_mapping *mapping = walk_mapping(walk);

	return mapping && mapping->vma.start <= address ? mapping : NULL;
}

/* The next address above this one at which the walk's side changes. */
static uint64_t walk_next_edge(const struct walk *walk, uint64_t address)
{
	const struct vmspy_mapping *mapping = walk_mapping(walk);

	if (!mapping)
		return UINT64_MAX;
	return mapping->vma.start > address ? mapping->vma.start : mapping->vma.end;
}

static void walk_past(struct walk *walk, uint64_t address)
{
	const struct vmspy_mapping *mapping = walk_mapping(walk);

	if (mapping && mapping->vma.end <= address)
		walk->at++;
}

static uint64_t offset_at(const struct vmspy_vma *vma, uint64_t address)
{
	return vma->offset_bytes + (address - vma->start);
}

/* The first System V segment of a machine has inode 0, but it has a device. */
static bool has_file(const struct vmspy_vma *vma)
{
	return vma->inode || vma->device_major || vma->device_minor;
}

struct vmspy_fit vmspy_align_fit(const struct vmspy_mapping *a, const struct vmspy_mapping *b,
				 uint64_t address)
{
	bool same_inode, same_offset;

	if (!a || !b)
		return (struct vmspy_fit){ 0 };
	same_inode = vmspy_vma_same_inode(&a->vma, &b->vma);
	same_offset =
		!has_file(&a->vma) || offset_at(&a->vma, address) == offset_at(&b->vma, address);
	return (struct vmspy_fit){
		.remapped = !same_inode || !same_offset || a->vma.shared != b->vma.shared,
		.same_file = same_inode && same_offset && has_file(&a->vma),
	};
}

struct vmspy_error *vmspy_align(const struct vmspy_layout *a, const struct vmspy_layout *b,
				struct vmspy_interval_list *ret)
{
	VMSPY_AUTO(vmspy_interval_list_deinit) struct vmspy_interval_list list = { 0 };
	struct walk side_a = { .layout = a }, side_b = { .layout = b };
	const struct vmspy_mapping *in_a, *in_b;
	struct vmspy_error *err;
	uint64_t at = 0, next;

	while (walk_mapping(&side_a) || walk_mapping(&side_b)) {
		in_a = walk_holding(&side_a, at);
		in_b = walk_holding(&side_b, at);
		next = walk_next_edge(&side_a, at);
		if (walk_next_edge(&side_b, at) < next)
			next = walk_next_edge(&side_b, at);
		if (in_a || in_b) {
			err = vmspy_array_grow(&list.interval, &list.room, list.count,
					       sizeof(*list.interval));
			if (err)
				return err;
			list.interval[list.count++] = (struct vmspy_interval){
				.start = at,
				.end = next,
				.a = in_a,
				.b = in_b,
				.fit = vmspy_align_fit(in_a, in_b, at),
			};
		}
		at = next;
		walk_past(&side_a, at);
		walk_past(&side_b, at);
	}
	*ret = list;
	list = (struct vmspy_interval_list){ 0 }; /* the caller owns it now */
	return NULL;
}

bool vmspy_interval_is_private(const struct vmspy_interval *interval)
{
	return interval->a && interval->b && !interval->a->vma.shared && !interval->b->vma.shared;
}

bool vmspy_interval_is_named(const struct vmspy_interval *interval)
{
	return vmspy_interval_is_private(interval) && !interval->fit.remapped &&
	       (interval->a->vma.inode || interval->a->kind == VMSPY_KIND_BSS ||
		interval->a->kind == VMSPY_KIND_JIT);
}

size_t vmspy_interval_list_word_bytes(const struct vmspy_interval_list *intervals)
{
	for (size_t i = 0; i < intervals->count; i++) {
		const struct vmspy_mapping *a = intervals->interval[i].a;

		if (a && vmspy_mapping_is_wide(a))
			return sizeof(uint64_t);
	}
	return sizeof(uint32_t);
}

void vmspy_interval_list_deinit(struct vmspy_interval_list *list)
{
	free(list->interval);
	*list = (struct vmspy_interval_list){ 0 };
}
