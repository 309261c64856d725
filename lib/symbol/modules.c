#include "symbol/modules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "symbol/bias.h"
#include "symbol/place.h"
#include "symbol/vdso.h"

#include "base/banned.h"

/* How far around a mapping others of its file are looked for: the segments of one module. */
enum {
	NEIGHBOURS = 6
};

/* A file that was asked for. */
struct file {
	const struct vmspy_vma *vma;  /* the first mapping of it that was asked for */
	struct vmspy_image image;     /* empty if it could not be read */
	struct vmspy_image functions; /* the same file; empty until functions are asked for */
	bool was_tried, functions_tried;
};

/* What is known of a mapping: one for each of the layout. */
struct slot {
	bool decided;
	struct vmspy_place place;
};

struct vmspy_modules {
	struct vmspy_space *space;
	const struct vmspy_layout *layout;
	struct slot *slots;
	struct file **files; /* ascending by inode */
	size_t count, room;
	size_t failed_count;
	char *first_failure;
	struct vmspy_space *kin; /* NULL: none */
	struct vmspy_space_perf_map perf_map;
	bool perf_map_was_read;
};

struct vmspy_error *vmspy_modules_create(struct vmspy_space *space, struct vmspy_modules **ret)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_modules *modules = calloc(1, sizeof(*modules));

	if (!modules)
		return vmspy_error_no_memory();
	modules->space = space;
	modules->layout = vmspy_space_layout(space);
	modules->slots = calloc(modules->layout->count + 1, sizeof(*modules->slots));
	if (!modules->slots)
		return vmspy_error_no_memory();
	*ret = modules;
	modules = NULL; /* the caller's now */
	return NULL;
}

void vmspy_modules_set_kin(struct vmspy_modules *modules, struct vmspy_space *kin)
{
	modules->kin = kin;
}

static void destroy_file(struct file *file)
{
	if (!file)
		return;
	vmspy_image_deinit(&file->image);
	vmspy_image_deinit(&file->functions);
	free(file);
}

void vmspy_modules_destroy(struct vmspy_modules *modules)
{
	if (!modules)
		return;
	for (size_t i = 0; i < modules->count; i++)
		destroy_file(modules->files[i]);
	free(modules->files);
	free(modules->slots);
	free(modules->first_failure);
	vmspy_space_perf_map_deinit(&modules->perf_map);
	free(modules);
}

size_t vmspy_modules_failed(const struct vmspy_modules *modules, const char **reason)
{
	*reason = modules->first_failure;
	return modules->failed_count;
}

struct vmspy_space *vmspy_modules_space(const struct vmspy_modules *modules)
{
	return modules->space;
}

/* ret: where the file is, or belongs. */
static size_t position_of(const struct vmspy_modules *modules, const struct vmspy_vma *vma)
{
	size_t low = 0, high = modules->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (modules->files[middle]->vma->inode < vma->inode)
			low = middle + 1;
		else
			high = middle;
	}
	while (low < modules->count && modules->files[low]->vma->inode == vma->inode &&
	       !vmspy_bias_same_file(modules->files[low]->vma, vma))
		low++;
	return low;
}

static struct vmspy_error *find_file(struct vmspy_modules *modules, const struct vmspy_vma *vma,
				     struct file **ret)
{
	size_t at = position_of(modules, vma);
	struct vmspy_error *err;
	struct file *file;

	if (at < modules->count && vmspy_bias_same_file(modules->files[at]->vma, vma)) {
		*ret = modules->files[at];
		return NULL;
	}
	err = vmspy_array_grow(&modules->files, &modules->room, modules->count,
			       sizeof(struct file *));
	if (err)
		return err;
	file = calloc(1, sizeof(*file));
	if (!file)
		return vmspy_error_no_memory();
	file->vma = vma;
	memmove(&modules->files[at + 1], &modules->files[at],
		(modules->count - at) * sizeof(struct file *));
	modules->files[at] = file;
	modules->count++;
	*ret = file;
	return NULL;
}

static struct vmspy_error *describe(const struct vmspy_vma *vma, const struct vmspy_error *why,
				    char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	const char *name = vma->name ? vma->name : "";
	struct vmspy_error *err = vmspy_buf_printf(&text, "cannot read symbols of '");

	if (!err)
		err = vmspy_escape_line(&text, name, strlen(name));
	if (!err)
		err = vmspy_buf_printf(&text, "': %s", vmspy_error_message(why));
	if (!err)
		*ret = vmspy_buf_take(&text);
	return err;
}

/* Any file may be mapped. One that cannot be opened is missed if programs are made of such. */
static bool counts_as_failed(const struct vmspy_mapping *mapping, const struct vmspy_error *why)
{
	return vmspy_error_kind(why) == VMSPY_ERROR_BAD_DATA || mapping->kind == VMSPY_KIND_TEXT ||
	       mapping->kind == VMSPY_KIND_RODATA || mapping->kind == VMSPY_KIND_DATA;
}

/* why: ended here, unless it is that memory has run out. */
static struct vmspy_error *note_failure(struct vmspy_modules *modules,
					const struct vmspy_mapping *mapping,
					struct vmspy_error *why)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *ended = NULL;

	if (vmspy_error_kind(why) == VMSPY_ERROR_NO_MEMORY)
		return why;
	ended = why;
	if (!counts_as_failed(mapping, why))
		return NULL;
	modules->failed_count++;
	if (modules->first_failure)
		return NULL;
	return describe(&mapping->vma, why, &modules->first_failure);
}

/*
 * map_files wants the bounds of a mapping as they are now. One that was split since the layout was
 * read has others, its neighbours may still have theirs.
 */
static struct vmspy_error *open_any(const struct vmspy_modules *modules,
				    const struct vmspy_mapping *mapping, int *ret_fd)
{
	const struct vmspy_layout *layout = modules->layout;
	size_t index = (size_t)(mapping - layout->mapping);
	size_t first = index < NEIGHBOURS ? 0 : index - NEIGHBOURS;
	struct vmspy_error *err;

	if (mapping->kind == VMSPY_KIND_VDSO)
		return vmspy_vdso_open(modules->space, mapping, ret_fd);
	err = vmspy_space_open_file(modules->space, mapping, ret_fd);
	for (size_t i = first; err && i < layout->count && i <= index + NEIGHBOURS; i++) {
		struct vmspy_error *again;

		if (i == index || !vmspy_bias_same_file(&layout->mapping[i].vma, &mapping->vma))
			continue;
		again = vmspy_space_open_file(modules->space, &layout->mapping[i], ret_fd);
		vmspy_error_destroy(again ? again : err);
		err = again ? err : NULL;
	}
	return err;
}

static struct vmspy_error *open_and_read(struct vmspy_modules *modules, struct file *file,
					 const struct vmspy_mapping *mapping)
{
	const char *name = mapping->vma.name;
	struct vmspy_error *err;
	int fd;

	if (file->was_tried)
		return NULL;
	file->was_tried = true;
	if (!(err = open_any(modules, mapping, &fd)))
		err = vmspy_image_init(fd, name ? name : "", &file->image);
	return err ? note_failure(modules, mapping, err) : NULL;
}

static struct vmspy_error *decide_file(struct vmspy_modules *modules,
				       const struct vmspy_mapping *mapping,
				       struct vmspy_place *place)
{
	struct vmspy_bias_query query = {
		.layout = modules->layout,
		.mapping = mapping,
		.page_bytes = vmspy_space_host(modules->space)->page_bytes,
	};
	struct vmspy_error *err;
	struct file *file;
	uint64_t bias;

	if ((err = find_file(modules, &mapping->vma, &file)) ||
	    (err = open_and_read(modules, file, mapping)))
		return err;
	query.elf = &file->image.elf;
	if (vmspy_bias_find(&query, &bias))
		*place = (struct vmspy_place){
			.image = &file->image,
			.bias = bias,
			.object = mapping->vma.name,
			.mapping = mapping,
		};
	return NULL;
}

/* Whether an ELF file may be mapped there. */
static bool may_be_loaded(const struct vmspy_mapping *mapping)
{
	return (mapping->vma.inode && !mapping->vma.shared) || mapping->kind == VMSPY_KIND_VDSO;
}

/* Whether this is memory without a file, right behind another mapping: a bss, perhaps. */
static bool continues(const struct vmspy_layout *layout, size_t index)
{
	const struct vmspy_vma *vma = &layout->mapping[index].vma;

	return index && !vma->inode && !vma->shared &&
	       layout->mapping[index].kind != VMSPY_KIND_VDSO &&
	       layout->mapping[index - 1].vma.end == vma->start;
}

static struct vmspy_error *decide(struct vmspy_modules *modules, size_t index)
{
	const struct vmspy_layout *layout = modules->layout;
	struct vmspy_error *err = NULL;
	size_t at = index;

	while (!modules->slots[at].decided && continues(layout, at))
		at--;
	if (!modules->slots[at].decided && may_be_loaded(&layout->mapping[at]))
		err = decide_file(modules, &layout->mapping[at], &modules->slots[at].place);
	if (err)
		return err;
	modules->slots[at].decided = true;
	for (; at < index; at++)
		modules->slots[at + 1] = modules->slots[at];
	return NULL;
}

struct vmspy_error *vmspy_place_find(struct vmspy_modules *modules, uint64_t address,
				     struct vmspy_place *ret)
{
	const struct vmspy_mapping *mapping = vmspy_layout_find(modules->layout, address);
	struct vmspy_error *err;
	size_t index;

	*ret = (struct vmspy_place){ 0 };
	if (!mapping)
		return NULL;
	index = (size_t)(mapping - modules->layout->mapping);
	if ((err = decide(modules, index)))
		return err;
	*ret = modules->slots[index].place;
	return NULL;
}

struct vmspy_error *vmspy_place_open_at(const struct vmspy_modules *modules, uint64_t address,
					struct vmspy_place_file *ret)
{
	const struct vmspy_mapping *mapping = vmspy_layout_find(modules->layout, address);
	struct vmspy_error *err;
	int fd;

	if (!mapping)
		return vmspy_error_create(VMSPY_ERROR_GONE, "nothing is mapped at 0x%" PRIx64,
					  address);
	if ((err = open_any(modules, mapping, &fd)))
		return err;
	*ret = (struct vmspy_place_file){
		.fd = fd,
		.offset_bytes = mapping->vma.offset_bytes + (address - mapping->vma.start),
		.left_bytes = mapping->vma.end - address,
	};
	return NULL;
}

struct vmspy_error *vmspy_place_perf_map(struct vmspy_modules *modules, uint64_t address,
					 const struct vmspy_space_perf_map **ret)
{
	const struct vmspy_mapping *mapping = vmspy_layout_find(modules->layout, address);
	struct vmspy_error *err;

	*ret = NULL;
	if (!mapping || mapping->kind != VMSPY_KIND_JIT)
		return NULL;
	if (!modules->perf_map_was_read) {
		if ((err = vmspy_space_perf_map(modules->space, &modules->perf_map)))
			return err;
		if (!modules->perf_map.path && modules->kin &&
		    (err = vmspy_space_perf_map(modules->kin, &modules->perf_map)))
			return err;
		modules->perf_map_was_read = true;
	}
	*ret = modules->perf_map.path ? &modules->perf_map : NULL;
	return NULL;
}

/* Whether the file that this mapping is of, or continues, was read. */
static bool was_read(const struct vmspy_modules *modules, size_t index)
{
	const struct vmspy_vma *vma;
	size_t at;

	while (continues(modules->layout, index))
		index--;
	vma = &modules->layout->mapping[index].vma;
	at = position_of(modules, vma);
	return at < modules->count && vmspy_bias_same_file(modules->files[at]->vma, vma) &&
	       modules->files[at]->was_tried;
}

struct vmspy_error *vmspy_place_find_known(struct vmspy_modules *modules, uint64_t address,
					   struct vmspy_place *ret)
{
	const struct vmspy_mapping *mapping = vmspy_layout_find(modules->layout, address);

	*ret = (struct vmspy_place){ 0 };
	if (!mapping || !was_read(modules, (size_t)(mapping - modules->layout->mapping)))
		return NULL;
	return vmspy_place_find(modules, address, ret);
}

struct vmspy_error *vmspy_place_functions(struct vmspy_modules *modules,
					  const struct vmspy_place *place,
					  const struct vmspy_image **ret)
{
	struct vmspy_error *err;
	struct file *file;
	int fd;

	if ((err = find_file(modules, &place->mapping->vma, &file)))
		return err;
	*ret = &file->functions;
	if (file->functions_tried)
		return NULL;
	file->functions_tried = true;
	if (!(err = open_any(modules, place->mapping, &fd)))
		err = vmspy_image_init_functions(fd, place->object ? place->object : "",
						 &file->functions);
	return err ? note_failure(modules, place->mapping, err) : NULL;
}

struct vmspy_error *vmspy_place_open(struct vmspy_modules *modules, const struct vmspy_place *place,
				     int *ret_fd)
{
	return open_any(modules, place->mapping, ret_fd);
}
