#include "format/smaps.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scan.h"
#include "format/bad_line.h"
#include "format/maps.h"

#include "base/banned.h"

enum {
	KILOBYTE = 1024
}; /* what the kernel calls kB */

struct key {
	const char *name;
	size_t length;
};

#define KEY(text)                                                                                  \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct key keys[VMSPY_SMAPS_FIELD_COUNT] = {
	[VMSPY_SMAPS_SIZE] = KEY("Size"),
	[VMSPY_SMAPS_RSS] = KEY("Rss"),
	[VMSPY_SMAPS_PSS] = KEY("Pss"),
	[VMSPY_SMAPS_SHARED_CLEAN] = KEY("Shared_Clean"),
	[VMSPY_SMAPS_SHARED_DIRTY] = KEY("Shared_Dirty"),
	[VMSPY_SMAPS_PRIVATE_CLEAN] = KEY("Private_Clean"),
	[VMSPY_SMAPS_PRIVATE_DIRTY] = KEY("Private_Dirty"),
	[VMSPY_SMAPS_ANONYMOUS] = KEY("Anonymous"),
	[VMSPY_SMAPS_ANON_HUGE] = KEY("AnonHugePages"),
	[VMSPY_SMAPS_SHMEM_HUGE] = KEY("ShmemPmdMapped"),
	[VMSPY_SMAPS_FILE_HUGE] = KEY("FilePmdMapped"),
	[VMSPY_SMAPS_SHARED_HUGETLB] = KEY("Shared_Hugetlb"),
	[VMSPY_SMAPS_PRIVATE_HUGETLB] = KEY("Private_Hugetlb"),
	[VMSPY_SMAPS_SWAP] = KEY("Swap"),
	[VMSPY_SMAPS_SWAP_PSS] = KEY("SwapPss"),
	[VMSPY_SMAPS_LOCKED] = KEY("Locked"),
};

/* ret: VMSPY_SMAPS_FIELD_COUNT for a key that is not kept. */
static enum vmspy_smaps_field find_field(struct vmspy_scan key)
{
	size_t length = (size_t)(key.end - key.at);
	size_t field = 0;

	while (field < VMSPY_SMAPS_FIELD_COUNT &&
	       (keys[field].length != length || memcmp(keys[field].name, key.at, length) != 0))
		field++;
	return (enum vmspy_smaps_field)field;
}

static bool read_kilobytes(struct vmspy_scan value, uint64_t *ret_bytes)
{
	uint64_t kilobytes;

	vmspy_scan_skip(&value, ' ');
	if (!vmspy_scan_decimal(&value, &kilobytes) || !vmspy_scan_text(&value, " kB") ||
	    value.at != value.end || kilobytes > UINT64_MAX / KILOBYTE)
		return false;
	*ret_bytes = kilobytes * KILOBYTE;
	return true;
}

static bool is_printable(char byte)
{
	return byte > ' ' && byte <= '~';
}

/* Flags that are no two letters, and those beyond the room, are left out. */
static void read_flags(struct vmspy_scan value, struct vmspy_smaps *smaps)
{
	struct vmspy_scan flag;

	smaps->flags_known = true;
	smaps->flag_count = 0;
	while (smaps->flag_count < VMSPY_SMAPS_FLAGS_MAX && vmspy_scan_until(&value, ' ', &flag)) {
		if (flag.end - flag.at != 2 || !is_printable(flag.at[0]) ||
		    !is_printable(flag.at[1]))
			continue;
		memcpy(smaps->flags[smaps->flag_count++], flag.at, 2);
	}
}

/* KEY: VALUE of the mapping that the last head line began. */
static const char *parse_value(struct vmspy_scan line, struct vmspy_smaps *smaps)
{
	struct vmspy_scan key;
	enum vmspy_smaps_field field;

	if (!vmspy_scan_until(&line, ':', &key) || key.end == line.end)
		return "is neither a mapping nor a value";
	if (key.end - key.at == 7 && memcmp(key.at, "VmFlags", 7) == 0) {
		read_flags(line, smaps);
		return NULL;
	}
	field = find_field(key);
	if (field == VMSPY_SMAPS_FIELD_COUNT)
		return NULL;
	if (!read_kilobytes(line, &smaps->bytes[field]))
		return "is no number of kB";
	smaps->known |= UINT32_C(1) << field;
	return NULL;
}

static struct vmspy_error *add_mapping(struct vmspy_smaps_list *list, struct vmspy_scan line)
{
	uint64_t lowest = list->count ? list->smaps[list->count - 1].end : 0;
	struct vmspy_scan head = line;
	struct vmspy_vma vma = { 0 };
	struct vmspy_error *err = vmspy_maps_parse_line(&head, &vma);

	if (err)
		return err;
	if (vma.start < lowest)
		return vmspy_bad_line("smaps", 0, line, "does not ascend");
	err = vmspy_array_grow(&list->smaps, &list->room, list->count, sizeof(*list->smaps));
	if (err)
		return err;
	list->smaps[list->count++] = (struct vmspy_smaps){ .start = vma.start, .end = vma.end };
	return NULL;
}

/* Head lines begin with an address in small letters, keys with a capital one. */
static bool is_head(struct vmspy_scan line)
{
	return line.at < line.end &&
	       ((*line.at >= '0' && *line.at <= '9') || (*line.at >= 'a' && *line.at <= 'f'));
}

static struct vmspy_error *take_line(struct vmspy_smaps_list *list, struct vmspy_scan line)
{
	const char *why;

	if (is_head(line))
		return add_mapping(list, line);
	why = list->count ? parse_value(line, &list->smaps[list->count - 1])
			  : "comes before the first mapping";
	return why ? vmspy_bad_line("smaps", 0, line, why) : NULL;
}

struct vmspy_error *vmspy_smaps_feed(struct vmspy_smaps_list *list, const char *text, size_t length,
				     size_t *used)
{
	const char *last = length ? memrchr(text, '\n', length) : NULL;
	size_t complete = last ? (size_t)(last - text) + 1 : 0;
	struct vmspy_scan scan = vmspy_scan_over(text, complete), line;
	struct vmspy_error *err;

	while (vmspy_scan_until(&scan, '\n', &line))
		if ((err = take_line(list, line)))
			return err;
	*used = complete;
	return NULL;
}

const struct vmspy_smaps *vmspy_smaps_find(const struct vmspy_smaps_list *list, uint64_t start,
					   uint64_t end)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->smaps[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == list->count || list->smaps[low].start != start || list->smaps[low].end != end)
		return NULL;
	return &list->smaps[low];
}

void vmspy_smaps_list_deinit(struct vmspy_smaps_list *list)
{
	free(list->smaps);
	*list = (struct vmspy_smaps_list){ 0 };
}
