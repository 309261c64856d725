#include "space/lists.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "format/bad_line.h"
#include "format/maps.h"
#include "kernel/pump.h"

#include "base/banned.h"

enum {
	LIST_ATTEMPTS = 10
};

/*
 * Whether a list of mappings is worth another reading: one that a running process merges with those
 * before it, while the kernel is between two lines, is told again from its new start.
 * err:  forgotten if so.
 */
static bool is_torn(struct vmspy_error **err, int attempts)
{
	if (!*err || vmspy_error_kind(*err) != VMSPY_ERROR_BAD_DATA || attempts >= LIST_ATTEMPTS)
		return false;
	vmspy_error_destroy(*err);
	*err = NULL;
	return true;
}

/* Read a file of the process, line by line. */
static struct vmspy_error *read_lines(const struct vmspy_process *process, const char *name,
				      const struct vmspy_pump_sink *sink)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_error *err;
	int code;

	if ((err = vmspy_process_open(process, name, &fd)) || (err = vmspy_pump(fd, sink, &code)))
		return err;
	if (code)
		return vmspy_error_system(code, "cannot read '%s' of '%d'", name, process->pid);
	return NULL;
}

/* The last thread that had it has left, or the reader has ended: maps reads 0 bytes then. */
static struct vmspy_error *check_any(const struct vmspy_process *process, const char *name,
				     size_t count)
{
	if (count)
		return NULL;
	return vmspy_error_create(VMSPY_ERROR_GONE,
				  "cannot read '%s' of '%d': its address space is gone", name,
				  process->pid);
}

/* The kernel ends every line: one that has no end was cut off. */
static struct vmspy_error *check_used(const char *name, struct vmspy_scan left)
{
	return left.at == left.end ? NULL : vmspy_bad_line(name, 0, left, "has no end");
}

static struct vmspy_error *add_mapping(void *context, const struct vmspy_vma *vma,
				       struct vmspy_scan name)
{
	struct vmspy_mapping_list *list = context;
	struct vmspy_mapping *added;
	struct vmspy_error *err =
		vmspy_array_grow(&list->mapping, &list->room, list->count, sizeof(*list->mapping));

	if (err)
		return err;
	added = &list->mapping[list->count++];
	*added = (struct vmspy_mapping){ .vma = *vma, .kind = VMSPY_KIND_ANON };
	added->vma.name = NULL;
	return name.at == name.end
		       ? NULL
		       : vmspy_texts_add(&list->names, name.at, (size_t)(name.end - name.at),
					 &added->vma.name);
}

void vmspy_mapping_list_deinit(struct vmspy_mapping_list *list)
{
	free(list->mapping);
	vmspy_texts_deinit(&list->names);
	*list = (struct vmspy_mapping_list){ 0 };
}

static struct vmspy_error *take_maps(void *context, const char *text, size_t length)
{
	size_t used;
	struct vmspy_error *err = vmspy_maps_feed(context, text, length, &used);

	return err ? err : check_used("maps", vmspy_scan_over(text + used, length - used));
}

static struct vmspy_error *try_mappings(const struct vmspy_process *process,
					struct vmspy_mapping_list *ret)
{
	VMSPY_AUTO(vmspy_mapping_list_deinit) struct vmspy_mapping_list list = { 0 };
	struct vmspy_vma_sink vmas = { &list, add_mapping, 0, 0 };
	struct vmspy_pump_sink sink = { &vmas, take_maps };
	struct vmspy_error *err = read_lines(process, "maps", &sink);

	if (err || (err = check_any(process, "maps", list.count)))
		return err;
	*ret = list;
	list = (struct vmspy_mapping_list){ 0 }; /* the caller's now */
	return NULL;
}

struct vmspy_error *vmspy_mappings_read(const struct vmspy_process *process,
					struct vmspy_mapping_list *ret)
{
	struct vmspy_error *err;
	int attempts = 0;

	do
		err = try_mappings(process, ret);
	while (is_torn(&err, ++attempts));
	return err;
}

static struct vmspy_error *take_smaps(void *context, const char *text, size_t length)
{
	size_t used;
	struct vmspy_error *err = vmspy_smaps_feed(context, text, length, &used);

	return err ? err : check_used("smaps", vmspy_scan_over(text + used, length - used));
}

static struct vmspy_error *try_smaps(const struct vmspy_process *process,
				     struct vmspy_mapping_list *mappings,
				     struct vmspy_smaps_list *ret)
{
	VMSPY_AUTO(vmspy_mapping_list_deinit) struct vmspy_mapping_list heads = { 0 };
	struct vmspy_vma_sink vmas = { &heads, add_mapping, 0, 0 };
	VMSPY_AUTO(vmspy_smaps_list_deinit)
	struct vmspy_smaps_list list = { .vmas = mappings ? &vmas : NULL };
	struct vmspy_pump_sink sink = { &list, take_smaps };
	struct vmspy_error *err = read_lines(process, "smaps", &sink);

	if (err || (mappings && (err = check_any(process, "smaps", heads.count))))
		return err;
	if (mappings)
		*mappings = heads;
	heads = (struct vmspy_mapping_list){ 0 }; /* both are the caller's now */
	list.vmas = NULL;
	*ret = list;
	list = (struct vmspy_smaps_list){ 0 };
	return NULL;
}

struct vmspy_error *vmspy_smaps_read(const struct vmspy_process *process,
				     struct vmspy_mapping_list *mappings,
				     struct vmspy_smaps_list *ret)
{
	struct vmspy_error *err;
	int attempts = 0;

	do
		err = try_smaps(process, mappings, ret);
	while (is_torn(&err, ++attempts));
	return err;
}
