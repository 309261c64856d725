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

/* What stands behind a key. */
enum form {
	KILOBYTES, /* "   4 kB" */
	NUMBER     /* "   4" */
};

/*
 * The keys in the kernel's order, padded as the kernel pads them: on a line that comes where it is
 * expected one comparison finds the number.
 * Source: __show_smap() and show_smap() of fs/proc/task_mmu.c, arch_show_smap() of x86.
 */
enum {
	KEY_WIDTH = 16
};

static const struct key {
	char padded[KEY_WIDTH + 1];
	enum form form;
} keys[VMSPY_SMAPS_FIELD_COUNT] = {
	[VMSPY_SMAPS_SIZE] = { "Size:           ", KILOBYTES },
	[VMSPY_SMAPS_KERNEL_PAGE] = { "KernelPageSize: ", KILOBYTES },
	[VMSPY_SMAPS_MMU_PAGE] = { "MMUPageSize:    ", KILOBYTES },
	[VMSPY_SMAPS_RSS] = { "Rss:            ", KILOBYTES },
	[VMSPY_SMAPS_PSS] = { "Pss:            ", KILOBYTES },
	[VMSPY_SMAPS_PSS_DIRTY] = { "Pss_Dirty:      ", KILOBYTES },
	[VMSPY_SMAPS_SHARED_CLEAN] = { "Shared_Clean:   ", KILOBYTES },
	[VMSPY_SMAPS_SHARED_DIRTY] = { "Shared_Dirty:   ", KILOBYTES },
	[VMSPY_SMAPS_PRIVATE_CLEAN] = { "Private_Clean:  ", KILOBYTES },
	[VMSPY_SMAPS_PRIVATE_DIRTY] = { "Private_Dirty:  ", KILOBYTES },
	[VMSPY_SMAPS_REFERENCED] = { "Referenced:     ", KILOBYTES },
	[VMSPY_SMAPS_ANONYMOUS] = { "Anonymous:      ", KILOBYTES },
	[VMSPY_SMAPS_KSM] = { "KSM:            ", KILOBYTES },
	[VMSPY_SMAPS_LAZY_FREE] = { "LazyFree:       ", KILOBYTES },
	[VMSPY_SMAPS_ANON_HUGE] = { "AnonHugePages:  ", KILOBYTES },
	[VMSPY_SMAPS_SHMEM_HUGE] = { "ShmemPmdMapped: ", KILOBYTES },
	[VMSPY_SMAPS_FILE_HUGE] = { "FilePmdMapped:  ", KILOBYTES },
	[VMSPY_SMAPS_SHARED_HUGETLB] = { "Shared_Hugetlb: ", KILOBYTES },
	[VMSPY_SMAPS_PRIVATE_HUGETLB] = { "Private_Hugetlb:", KILOBYTES },
	[VMSPY_SMAPS_SWAP] = { "Swap:           ", KILOBYTES },
	[VMSPY_SMAPS_SWAP_PSS] = { "SwapPss:        ", KILOBYTES },
	[VMSPY_SMAPS_LOCKED] = { "Locked:         ", KILOBYTES },
	[VMSPY_SMAPS_THP_ELIGIBLE] = { "THPeligible:    ", NUMBER },
	[VMSPY_SMAPS_PROTECTION_KEY] = { "ProtectionKey:  ", NUMBER },
};

/* ret: VMSPY_SMAPS_FIELD_COUNT for a key that is not kept. key: with its colon. */
static enum vmspy_smaps_field find_field(struct vmspy_scan key)
{
	size_t length = (size_t)(key.end - key.at);
	size_t field = 0;

	if (length > KEY_WIDTH)
		return VMSPY_SMAPS_FIELD_COUNT;
	while (field < VMSPY_SMAPS_FIELD_COUNT && memcmp(keys[field].padded, key.at, length) != 0)
		field++;
	return (enum vmspy_smaps_field)field;
}

/* ret: what is wrong with the value, NULL if nothing is. */
static const char *read_value(struct vmspy_scan value, enum form form, uint64_t *ret)
{
	uint64_t number;

	vmspy_scan_skip(&value, ' ');
	if (!vmspy_scan_decimal(&value, &number))
		return form == KILOBYTES ? "is no number of kB" : "is no number";
	if (form == KILOBYTES &&
	    (!vmspy_scan_text(&value, " kB") || number > UINT64_MAX / KILOBYTE))
		return "is no number of kB";
	if (value.at != value.end)
		return form == KILOBYTES ? "is no number of kB" : "is no number";
	*ret = form == KILOBYTES ? number * KILOBYTE : number;
	return NULL;
}

static const char *keep_value(struct vmspy_scan value, enum vmspy_smaps_field field,
			      struct vmspy_smaps *smaps)
{
	const char *why = read_value(value, keys[field].form, &smaps->value[field]);

	if (!why)
		smaps->known |= UINT32_C(1) << field;
	return why;
}

static bool is_printable(char byte)
{
	return byte > ' ' && byte <= '~';
}

/* Flags that are no two letters, and those beyond the room, are left out. */
static void read_flags(struct vmspy_scan value, struct vmspy_smaps_flags *flags)
{
	char *at = flags->text, *end = flags->text + sizeof(flags->text);
	struct vmspy_scan flag;

	while (at < end && vmspy_scan_until(&value, ' ', &flag)) {
		if (flag.end - flag.at != 2 || !is_printable(flag.at[0]) ||
		    !is_printable(flag.at[1]))
			continue;
		*at++ = flag.at[0];
		*at++ = flag.at[1];
		*at++ = ' ';
	}
	memset(at > flags->text ? at - 1 : at, 0, (size_t)(end - at) + (at > flags->text));
}

/* Bounded: a program can give each mapping flags of its own. One that is missed is kept twice. */
static uint32_t find_flags(const struct vmspy_smaps_list *list,
			   const struct vmspy_smaps_flags *flags)
{
	enum {
		LOOKED_AT_MAX = 32
	};

	for (size_t i = list->flags_count, tries = 0; i && tries < LOOKED_AT_MAX; i--, tries++)
		if (!strcmp(list->flags[i - 1].text, flags->text))
			return (uint32_t)i;
	return VMSPY_SMAPS_NO_FLAGS;
}

static struct vmspy_error *keep_flags(struct vmspy_smaps_list *list, struct vmspy_scan value,
				      struct vmspy_smaps *smaps)
{
	struct vmspy_smaps_flags flags;
	struct vmspy_error *err;

	read_flags(value, &flags);
	smaps->flags = find_flags(list, &flags);
	if (smaps->flags != VMSPY_SMAPS_NO_FLAGS)
		return NULL;
	err = vmspy_array_grow(&list->flags, &list->flags_room, list->flags_count,
			       sizeof(*list->flags));
	if (err)
		return err;
	list->flags[list->flags_count++] = flags;
	smaps->flags = (uint32_t)list->flags_count;
	return NULL;
}

static struct vmspy_error *bad(struct vmspy_scan line, const char *why)
{
	return why ? vmspy_bad_line("smaps", 0, line, why) : NULL;
}

/* KEY: VALUE of the mapping that the last head line began. */
static struct vmspy_error *take_value(struct vmspy_smaps_list *list, struct vmspy_scan line)
{
	static const char flags_key[] = "VmFlags:";
	struct vmspy_smaps *smaps = &list->smaps[list->count - 1];
	struct vmspy_scan value = line, key = { .at = line.at };
	const char *colon =
		line.at < line.end ? memchr(line.at, ':', (size_t)(line.end - line.at)) : NULL;
	enum vmspy_smaps_field field;

	if (!colon || colon == line.at)
		return bad(line, "is neither a mapping nor a value");
	if (vmspy_scan_text(&value, flags_key))
		return keep_flags(list, value, smaps);
	key.end = value.at = colon + 1;
	field = find_field(key);
	if (field == VMSPY_SMAPS_FIELD_COUNT)
		return NULL;
	list->expected = field + 1;
	return bad(line, keep_value(value, field, smaps));
}

/* Whether the line has the key that was expected; the cursor is behind it then. */
static bool is_expected(const struct vmspy_smaps_list *list, struct vmspy_scan *line)
{
	if (list->expected >= VMSPY_SMAPS_FIELD_COUNT || line->end - line->at <= KEY_WIDTH ||
	    memcmp(line->at, keys[list->expected].padded, KEY_WIDTH) != 0)
		return false;
	line->at += KEY_WIDTH;
	return true;
}

static struct vmspy_error *add_mapping(struct vmspy_smaps_list *list, struct vmspy_scan line)
{
	uint64_t lowest = list->count ? list->smaps[list->count - 1].end : 0;
	struct vmspy_scan name = line;
	struct vmspy_vma vma = { 0 };
	struct vmspy_error *err = vmspy_maps_parse_line(&name, &vma);
	const char *why = NULL;

	if (err)
		return err;
	if (vma.start < lowest)
		why = "does not ascend";
	else if (list->vmas)
		err = vmspy_vma_sink_give(list->vmas, &vma, name, &why);
	if (why || err)
		return why ? bad(line, why) : err;
	err = vmspy_array_grow(&list->smaps, &list->room, list->count, sizeof(*list->smaps));
	if (err)
		return err;
	list->smaps[list->count++] = (struct vmspy_smaps){ .start = vma.start, .end = vma.end };
	list->expected = VMSPY_SMAPS_SIZE;
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
	struct vmspy_scan value = line;

	if (list->count && is_expected(list, &value))
		return bad(line,
			   keep_value(value, list->expected++, &list->smaps[list->count - 1]));
	if (is_head(line))
		return add_mapping(list, line);
	if (!list->count)
		return bad(line, "comes before the first mapping");
	return take_value(list, line);
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

const char *vmspy_smaps_flags(const struct vmspy_smaps_list *list, const struct vmspy_smaps *smaps)
{
	return smaps->flags == VMSPY_SMAPS_NO_FLAGS ? NULL : list->flags[smaps->flags - 1].text;
}

void vmspy_smaps_list_deinit(struct vmspy_smaps_list *list)
{
	free(list->smaps);
	free(list->flags);
	*list = (struct vmspy_smaps_list){ 0 };
}
