#include "format/maps.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "format/bad_line.h"

#include "base/banned.h"

static bool read_flag(struct vmspy_scan *line, char set, char clear, bool *ret)
{
	*ret = vmspy_scan_char(line, set);
	return *ret || vmspy_scan_char(line, clear);
}

static bool read_permissions(struct vmspy_scan *line, struct vmspy_vma *vma)
{
	return read_flag(line, 'r', '-', &vma->readable) &&
	       read_flag(line, 'w', '-', &vma->writable) &&
	       read_flag(line, 'x', '-', &vma->executable) &&
	       read_flag(line, 's', 'p', &vma->shared);
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

/* lowest: end of the mapping before. name: out, empty without one. */
static const char *parse_entry(struct vmspy_scan line, uint64_t lowest, struct vmspy_vma *vma,
			       struct vmspy_scan *name)
{
	const char *why = parse_head(&line, vma);

	if (why)
		return why;
	if (vma->start < lowest)
		return "does not ascend";
	if (memchr(line.at, '\0', (size_t)(line.end - line.at)))
		return "has a NUL byte in its name";
	*name = line;
	return NULL;
}

/* The names point into list->text, where a NUL replaces the end of their line. */
static struct vmspy_error *parse_lines(struct vmspy_vma_list *list, size_t length)
{
	struct vmspy_scan scan = vmspy_scan_over(list->text, length), line, name;
	struct vmspy_error *err;
	uint64_t lowest = 0;
	const char *why;
	size_t room = 0;

	while (vmspy_scan_until(&scan, '\n', &line)) {
		if ((err = vmspy_array_grow(&list->vma, &room, list->count, sizeof(*list->vma))))
			return err;
		why = parse_entry(line, lowest, &list->vma[list->count], &name);
		if (why)
			return vmspy_bad_line("maps", list->count + 1, line, why);
		list->text[line.end - list->text] = '\0';
		if (name.at < name.end)
			list->vma[list->count].name = name.at;
		lowest = list->vma[list->count++].end;
	}
	return NULL;
}

struct vmspy_error *vmspy_maps_parse(const char *text, size_t length, struct vmspy_vma_list *ret)
{
	VMSPY_AUTO(vmspy_vma_list_deinit) struct vmspy_vma_list list = { 0 };
	struct vmspy_error *err;

	list.text = malloc(length + 1);
	if (!list.text)
		return vmspy_error_no_memory();
	if (length)
		memcpy(list.text, text, length);
	list.text[length] = '\0';
	if ((err = parse_lines(&list, length)))
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

void vmspy_vma_list_deinit(struct vmspy_vma_list *list)
{
	free(list->vma);
	free(list->text);
	*list = (struct vmspy_vma_list){ 0 };
}
