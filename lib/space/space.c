#include "space/space.h"

#include <stdlib.h>

#include "space/ops.h"

#include "base/banned.h"

static struct vmspy_error *unsupported(const struct vmspy_space *space, const char *what)
{
	return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "cannot tell the %s of '%d'", what,
				  space->identity.pid);
}

void vmspy_space_init(struct vmspy_space *space, const struct vmspy_space_ops *ops,
		      const struct vmspy_host *host)
{
	*space = (struct vmspy_space){ .ops = ops, .host = host };
}

void vmspy_space_close(struct vmspy_space *space)
{
	if (!space)
		return;
	vmspy_space_release(space);
	space->ops->close(space);
}

const struct vmspy_identity *vmspy_space_identity(const struct vmspy_space *space)
{
	return &space->identity;
}

const struct vmspy_host *vmspy_space_host(const struct vmspy_space *space)
{
	return space->host;
}

const struct vmspy_layout *vmspy_space_layout(const struct vmspy_space *space)
{
	return &space->layout;
}

struct vmspy_error *vmspy_space_prepare_hold(struct vmspy_space *space)
{
	return space->ops->prepare_hold ? space->ops->prepare_hold(space) : NULL;
}

struct vmspy_error *vmspy_space_hold(struct vmspy_space *space)
{
	return space->ops->hold ? space->ops->hold(space) : NULL;
}

uint64_t vmspy_space_release(struct vmspy_space *space)
{
	return space->ops->release ? space->ops->release(space) : 0;
}

bool vmspy_space_is_held(const struct vmspy_space *space)
{
	return space->held;
}

struct vmspy_error *vmspy_space_load(struct vmspy_space *space)
{
	return space->ops->load ? space->ops->load(space) : unsupported(space, "mappings");
}

struct vmspy_error *vmspy_space_load_sized(struct vmspy_space *space, struct vmspy_smaps_list *ret)
{
	struct vmspy_error *err;

	if (space->ops->load_sized)
		return space->ops->load_sized(space, ret);
	err = vmspy_space_load(space);
	return err ? err : vmspy_space_smaps(space, ret);
}

size_t vmspy_layout_end_above(const struct vmspy_layout *layout, uint64_t address)
{
	size_t low = 0, high = layout->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->mapping[middle].vma.end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct vmspy_mapping *vmspy_layout_find(const struct vmspy_layout *layout, uint64_t address)
{
	size_t at = vmspy_layout_end_above(layout, address);

	if (at == layout->count || layout->mapping[at].vma.start > address)
		return NULL;
	return &layout->mapping[at];
}

struct vmspy_error *vmspy_space_changed(struct vmspy_space *space, bool *ret)
{
	if (space->ops->changed)
		return space->ops->changed(space, ret);
	for (size_t i = 0; i < space->layout.count; i++)
		ret[i] = false;
	return NULL;
}

struct vmspy_error *vmspy_space_is_empty(struct vmspy_space *space,
					 const struct vmspy_mapping *mapping, bool *ret)
{
	if (space->ops->is_empty)
		return space->ops->is_empty(space, mapping, ret);
	*ret = false;
	return NULL;
}

struct vmspy_error *vmspy_space_smaps(struct vmspy_space *space, struct vmspy_smaps_list *ret)
{
	if (!space->ops->smaps)
		return unsupported(space, "sizes");
	return space->ops->smaps(space, ret);
}

struct vmspy_error *vmspy_space_populated(struct vmspy_space *space, uint64_t start, uint64_t end,
					  struct vmspy_populated *populated)
{
	if (!space->ops->populated)
		return unsupported(space, "populated ranges");
	return space->ops->populated(space, start, end, populated);
}

bool vmspy_space_is_concurrent(struct vmspy_space *space)
{
	return space->ops->is_concurrent && space->ops->is_concurrent(space);
}

struct vmspy_error *vmspy_space_words(struct vmspy_space *space, uint64_t start, size_t count,
				      uint64_t *ret)
{
	if (!space->ops->words)
		return unsupported(space, "pages");
	return space->ops->words(space, start, count, ret);
}

struct vmspy_error *vmspy_space_frame_facts(struct vmspy_space *space, enum vmspy_frame_fact fact,
					    struct vmspy_frames frames, uint64_t *ret)
{
	if (!space->ops->frame_facts)
		return unsupported(space, "facts of frames");
	return space->ops->frame_facts(space, fact, frames, ret);
}

struct vmspy_error *vmspy_space_bytes(struct vmspy_space *space, uint64_t address, void *bytes,
				      size_t size, size_t *ret_bytes)
{
	if (!space->ops->bytes)
		return unsupported(space, "bytes");
	return space->ops->bytes(space, address, bytes, size, ret_bytes);
}

struct vmspy_error *vmspy_space_threads(struct vmspy_space *space, struct vmspy_thread_list *ret)
{
	if (!space->ops->threads)
		return unsupported(space, "threads");
	return space->ops->threads(space, ret);
}

void vmspy_space_name_threads(const struct vmspy_space *space, const bool *wanted,
			      struct vmspy_thread_list *list)
{
	if (space->ops->name_threads)
		space->ops->name_threads(space, wanted, list);
}

struct vmspy_error *vmspy_space_open_file(struct vmspy_space *space,
					  const struct vmspy_mapping *mapping, int *ret_fd)
{
	if (!space->ops->open_file)
		return unsupported(space, "files");
	return space->ops->open_file(space, mapping, ret_fd);
}

void vmspy_space_perf_map_deinit(struct vmspy_space_perf_map *map)
{
	vmspy_perf_map_deinit(&map->map);
	free(map->path);
	*map = (struct vmspy_space_perf_map){ 0 };
}

struct vmspy_address_facts vmspy_space_address_facts(const struct vmspy_space *space)
{
	if (space->ops->address_facts)
		return space->ops->address_facts(space);
	return (struct vmspy_address_facts){ 0 };
}

struct vmspy_error *vmspy_space_perf_map(struct vmspy_space *space,
					 struct vmspy_space_perf_map *ret)
{
	struct vmspy_space_perf_map map = { 0 };
	struct vmspy_error *err = space->ops->perf_map ? space->ops->perf_map(space, &map) : NULL;

	if ((err = vmspy_error_unless_no_memory(err)))
		return err;
	*ret = map;
	return NULL;
}
