#include "format/maps.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "format/bad_line.h"

#include "base/banned.h"

/* "rw-p" */
static bool read_permissions(struct vmspy_scan *line, struct vmspy_vma *vma)
{
	const char *at = line->at;

	if (line->end - at < 4 || (at[0] != 'r' && at[0] != '-') ||
	    (at[1] != 'w' && at[1] != '-') || (at[2] != 'x' && at[2] != '-') ||
	    (at[3] != 's' && at[3] != 'p'))
		return false;
	vma->readable = at[0] == 'r';
	vma->writable = at[1] == 'w';
	vma->executable = at[2] == 'x';
	vma->shared = at[3] == 's';
	line->at += 4;
	return true;
}

static bool read_device(struct vmspy_scan *line, struct vmspy_vma *vma)
{
	uint64_t major, minor;

	if (!vmspy_scan_hex(line, &major) || !vmspy_scan_char(line, ':') ||
	    !vmspy_scan_hex(line, &minor) || major > UINT32_MAX || minor > UINT32_MAX)
		return false;
	vma->device_major = (uint32_t)major;
	vma->device_minor = (uint32_t)minor;
	return true;
}

/* START-END PERM OFFSET MAJOR:MINOR INODE, and the padding in front of a name. */
static bool read_head(struct vmspy_scan *line, struct vmspy_vma *vma)
{
	if (!vmspy_scan_hex(line, &vma->start) || !vmspy_scan_char(line, '-') ||
	    !vmspy_scan_hex(line, &vma->end) || !vmspy_scan_char(line, ' ') ||
	    !read_permissions(line, vma) || !vmspy_scan_char(line, ' ') ||
	    !vmspy_scan_hex(line, &vma->offset_bytes) || !vmspy_scan_char(line, ' ') ||
	    !read_device(line, vma) || !vmspy_scan_char(line, ' ') ||
	    !vmspy_scan_decimal(line, &vma->inode))
		return false;
	return vmspy_scan_skip(line, ' ') || line->at == line->end;
}

/* ret: what is wrong with the line, NULL if nothing is; the cursor is behind the head then. */
static const char *parse_head(struct vmspy_scan *line, struct vmspy_vma *ret)
{
	struct vmspy_scan ahead = *line;
	struct vmspy_vma vma = { 0 };

	if (!read_head(&ahead, &vma))
		return "is no mapping";
	if (vma.start >= vma.end)
		return "ends before it begins";
	*line = ahead;
	*ret = vma;
	return NULL;
}

struct vmspy_error *vmspy_maps_parse_line(struct vmspy_scan *line, struct vmspy_vma *ret)
{
	const char *why = parse_head(line, ret);

	return why ? vmspy_bad_line("mapping", 0, *line, why) : NULL;
}

struct vmspy_error *vmspy_vma_sink_give(struct vmspy_vma_sink *sink, const struct vmspy_vma *vma,
					struct vmspy_scan name, const char **ret_why)
{
	*ret_why = NULL;
	if (vma->start < sink->lowest)
		*ret_why = "does not ascend";
	else if (name.at < name.end && memchr(name.at, '\0', (size_t)(name.end - name.at)))
		*ret_why = "has a NUL byte in its name";
	if (*ret_why)
		return NULL;
	sink->lowest = vma->end;
	sink->count++;
	return sink->take(sink->context, vma, name);
}

static struct vmspy_error *take_line(struct vmspy_vma_sink *sink, struct vmspy_scan line)
{
	struct vmspy_scan name = line;
	struct vmspy_error *err = NULL;
	struct vmspy_vma vma;
	const char *why = parse_head(&name, &vma);

	if (!why)
		err = vmspy_vma_sink_give(sink, &vma, name, &why);
	return why ? vmspy_bad_line("maps", sink->count + 1, line, why) : err;
}

struct vmspy_error *vmspy_maps_feed(struct vmspy_vma_sink *sink, const char *text, size_t length,
				    size_t *used)
{
	const char *last = length ? memrchr(text, '\n', length) : NULL;
	size_t complete = last ? (size_t)(last - text) + 1 : 0;
	struct vmspy_scan scan = vmspy_scan_over(text, complete), line;
	struct vmspy_error *err;

	while (vmspy_scan_until(&scan, '\n', &line))
		if ((err = take_line(sink, line)))
			return err;
	*used = complete;
	return NULL;
}

static struct vmspy_error *add_vma(void *context, const struct vmspy_vma *vma,
				   struct vmspy_scan name)
{
	struct vmspy_vma_list *list = context;
	struct vmspy_vma *added;
	struct vmspy_error *err =
		vmspy_array_grow(&list->vma, &list->room, list->count, sizeof(*list->vma));

	if (err)
		return err;
	added = &list->vma[list->count++];
	*added = *vma;
	added->name = NULL;
	return name.at == name.end ? NULL
				   : vmspy_texts_add(&list->names, name.at,
						     (size_t)(name.end - name.at), &added->name);
}

struct vmspy_error *vmspy_maps_parse(const char *text, size_t length, struct vmspy_vma_list *ret)
{
	VMSPY_AUTO(vmspy_vma_list_deinit) struct vmspy_vma_list list = { 0 };
	struct vmspy_vma_sink sink = { &list, add_vma, 0, 0 };
	struct vmspy_error *err;
	size_t used;

	if ((err = vmspy_maps_feed(&sink, text, length, &used)))
		return err;
	if (used < length && (err = take_line(&sink, vmspy_scan_over(text + used, length - used))))
		return err;
	*ret = list;
	list = (struct vmspy_vma_list){ 0 }; /* the caller owns it now */
	return NULL;
}

const struct vmspy_vma *vmspy_vma_find(const struct vmspy_vma_list *list, uint64_t address)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct vmspy_vma *vma = &list->vma[middle];

		if (address < vma->start)
			high = middle;
		else if (address >= vma->end)
			low = middle + 1;
		else
			return vma;
	}
	return NULL;
}

bool vmspy_vma_same_inode(const struct vmspy_vma *a, const struct vmspy_vma *b)
{
	return a->inode == b->inode && a->device_major == b->device_major &&
	       a->device_minor == b->device_minor;
}

void vmspy_vma_list_deinit(struct vmspy_vma_list *list)
{
	free(list->vma);
	vmspy_texts_deinit(&list->names);
	*list = (struct vmspy_vma_list){ 0 };
}
