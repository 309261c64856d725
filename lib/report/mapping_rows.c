#include "report/mapping_rows.h"

#include <string.h>

#include "base/cleanup.h"

#include "base/banned.h"

#define AT(member) offsetof(struct vmspy_mapping_row, member)
#define SMAPS      VMSPY_NEED_SMAPS

const struct vmspy_column vmspy_mapping_columns[] = {
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW_ASKED, 0, AT(pid) },
	{ "COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW_ASKED, 0, AT(comm) },
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0,
	  AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS,
	  VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(end) },
	{ "PERM", "perm", "r read, w write, x execute, p private or s shared", VMSPY_UNIT_WORD,
	  VMSPY_SHOW, 0, AT(perm) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OFFSET", "offset", "where in the file it begins", VMSPY_UNIT_OFFSET, VMSPY_SHOW_JSON, 0,
	  AT(offset_bytes) },
	{ "DEVICE", "device", "device of the file, major:minor", VMSPY_UNIT_DEVICE, VMSPY_SHOW_JSON,
	  0, AT(device) },
	{ "INODE", "inode", "inode of the file, 0 without a file", VMSPY_UNIT_ID, VMSPY_SHOW_JSON,
	  0, AT(inode) },
	{ "SIZE", "size_bytes", "size of the address range", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0,
	  AT(size_bytes) },
	{ "RSS", "resident_bytes", "in memory now (resident set), without hugetlb pages",
	  VMSPY_UNIT_BYTES, VMSPY_SHOW, SMAPS, AT(resident_bytes) },
	{ "PSS", "proportional_bytes",
	  "resident, each page divided by the number of processes that map it", VMSPY_UNIT_BYTES,
	  VMSPY_SHOW, SMAPS, AT(proportional_bytes) },
	{ "SHARED", "shared_bytes", "resident and mapped more than once", VMSPY_UNIT_BYTES,
	  VMSPY_SHOW, SMAPS, AT(shared_bytes) },
	{ "PRIVATE", "private_bytes", "resident and mapped only here", VMSPY_UNIT_BYTES, VMSPY_SHOW,
	  SMAPS, AT(private_bytes) },
	{ "SWAP", "swap_bytes", "swapped out", VMSPY_UNIT_BYTES, VMSPY_SHOW_NONZERO, SMAPS,
	  AT(swap_bytes) },
	{ "ANON", "anonymous_bytes", "resident and not, or no longer, the page of a file",
	  VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, SMAPS, AT(anonymous_bytes) },
	{ "HUGE", "huge_bytes", "in huge pages: transparent ones of any memory, and hugetlb",
	  VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, SMAPS, AT(huge_bytes) },
	{ "LOCKED", "locked_bytes", "locked in memory (mlock)", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON,
	  SMAPS, AT(locked_bytes) },
	{ "FLAGS", "flags", "the kernel's two-letter flags (VmFlags of smaps)", VMSPY_UNIT_WORDS,
	  VMSPY_SHOW_JSON, SMAPS, AT(flags) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH,
	  VMSPY_SHOW, 0, AT(object) },
	{ "NOTE", "note", "what else is known: whose stack, writable code, deleted ...",
	  VMSPY_UNIT_TEXT, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_NOTES, AT(note) },
	{ 0 },
};

#define BIT(field) (1u << VMSPY_SMAPS_##field)

/* A number of ours is the sum of some of the kernel's. */
static const struct counter {
	size_t offset; /* in the row */
	uint32_t fields;
} counters[] = {
	{ AT(resident_bytes), BIT(RSS) },
	{ AT(proportional_bytes), BIT(PSS) },
	{ AT(shared_bytes), BIT(SHARED_CLEAN) | BIT(SHARED_DIRTY) },
	{ AT(private_bytes), BIT(PRIVATE_CLEAN) | BIT(PRIVATE_DIRTY) },
	{ AT(swap_bytes), BIT(SWAP) },
	{ AT(anonymous_bytes), BIT(ANONYMOUS) },
	{ AT(huge_bytes), BIT(ANON_HUGE) | BIT(SHMEM_HUGE) | BIT(FILE_HUGE) | BIT(SHARED_HUGETLB) |
				  BIT(PRIVATE_HUGETLB) },
	{ AT(locked_bytes), BIT(LOCKED) },
};

enum {
	COUNTER_COUNT = sizeof(counters) / sizeof(counters[0])
};

static uint64_t *counter_of(struct vmspy_mapping_row *row, size_t index)
{
	return (uint64_t *)((char *)row + counters[index].offset);
}

/* Fields that this kernel does not have count nothing: it has no such pages. */
static uint64_t sum_of(const struct vmspy_smaps *smaps, uint32_t fields)
{
	uint64_t sum = 0;

	if (!(smaps->known & fields))
		return VMSPY_UNKNOWN;
	for (unsigned field = 0; field < VMSPY_SMAPS_FIELD_COUNT; field++)
		if (smaps->known & fields & (1u << field))
			sum += smaps->bytes[field];
	return sum;
}

static const struct vmspy_smaps *smaps_of(const struct vmspy_mapping_rows *rows,
					  const struct vmspy_vma *vma)
{
	return vmspy_smaps_find(&rows->smaps, vma->start, vma->end);
}

struct vmspy_error *vmspy_mapping_rows_init(struct vmspy_space *space, uint32_t needs,
					    struct vmspy_mapping_rows *ret)
{
	VMSPY_AUTO(vmspy_mapping_rows_deinit)
	struct vmspy_mapping_rows rows = { .space = space, .layout = vmspy_space_layout(space) };
	struct vmspy_error *err;

	if (needs & VMSPY_NEED_SMAPS) {
		if ((err = vmspy_space_smaps(space, &rows.smaps)))
			return err;
		for (size_t i = 0; i < rows.layout->count; i++)
			rows.unmatched_count += !smaps_of(&rows, &rows.layout->mapping[i].vma);
	}
	if (needs & VMSPY_NEED_NOTES && (err = vmspy_notes_create(space, &rows.notes)))
		return err;
	*ret = rows;
	rows = (struct vmspy_mapping_rows){ 0 }; /* the caller's now */
	return NULL;
}

struct vmspy_error *vmspy_mapping_rows_finish(struct vmspy_mapping_rows *rows)
{
	if (!rows->notes)
		return NULL;
	return vmspy_notes_write(rows->notes, rows->smaps.count ? &rows->smaps : NULL);
}

void vmspy_mapping_rows_deinit(struct vmspy_mapping_rows *rows)
{
	vmspy_smaps_list_deinit(&rows->smaps);
	vmspy_notes_destroy(rows->notes);
	*rows = (struct vmspy_mapping_rows){ 0 };
}

static void fill_flags(struct vmspy_mapping_row *row, const struct vmspy_smaps *smaps)
{
	char *at = row->flags_text;

	if (!smaps->flags_known)
		return;
	for (size_t i = 0; i < smaps->flag_count; i++) {
		if (i)
			*at++ = ' ';
		*at++ = smaps->flags[i][0];
		*at++ = smaps->flags[i][1];
	}
	*at = '\0';
	row->flags = row->flags_text;
}

static const char *note_of(const struct vmspy_mapping_rows *rows, size_t index)
{
	const char *note = rows->notes ? vmspy_notes_of(rows->notes, index) : NULL;

	return note ? note : "";
}

static void fill_identity(struct vmspy_mapping_row *row, const struct vmspy_space *space)
{
	const struct vmspy_identity *identity = vmspy_space_identity(space);

	row->pid = (uint64_t)identity->pid;
	row->comm = identity->comm;
}

static void fill_counters(struct vmspy_mapping_row *row, const struct vmspy_smaps *smaps)
{
	for (size_t i = 0; i < COUNTER_COUNT; i++)
		*counter_of(row, i) = smaps ? sum_of(smaps, counters[i].fields) : VMSPY_UNKNOWN;
}

void vmspy_mapping_rows_get(const struct vmspy_mapping_rows *rows, size_t index,
			    struct vmspy_mapping_row *ret)
{
	const struct vmspy_mapping *mapping = &rows->layout->mapping[index];
	const struct vmspy_vma *vma = &mapping->vma;
	const struct vmspy_smaps *smaps = smaps_of(rows, vma);

	ret->start = vma->start;
	ret->end = vma->end;
	ret->offset_bytes = vma->offset_bytes;
	ret->device = VMSPY_DEVICE(vma->device_major, vma->device_minor);
	ret->inode = vma->inode;
	ret->object = vma->name;
	ret->kind = vmspy_mapping_kind_name(mapping->kind);
	ret->size_bytes = vma->end - vma->start;
	ret->flags = NULL;
	ret->note = note_of(rows, index);
	fill_identity(ret, rows->space);
	ret->perm = vmspy_perm_format(vma, ret->perm_text);
	fill_counters(ret, smaps);
	if (smaps)
		fill_flags(ret, smaps);
}

static void add(uint64_t *total, uint64_t number)
{
	if (number == VMSPY_UNKNOWN)
		return;
	*total = *total == VMSPY_UNKNOWN ? number : *total + number;
}

void vmspy_mapping_rows_total(const struct vmspy_mapping_rows *rows, struct vmspy_mapping_row *ret)
{
	*ret = (struct vmspy_mapping_row){
		.start = VMSPY_UNKNOWN,
		.end = VMSPY_UNKNOWN,
		.offset_bytes = VMSPY_UNKNOWN,
		.device = VMSPY_UNKNOWN,
		.inode = VMSPY_UNKNOWN,
	};
	fill_identity(ret, rows->space);
	fill_counters(ret, NULL);
	for (size_t i = 0; i < rows->layout->count; i++) {
		const struct vmspy_vma *vma = &rows->layout->mapping[i].vma;
		const struct vmspy_smaps *smaps = smaps_of(rows, vma);

		ret->size_bytes += vma->end - vma->start;
		for (size_t j = 0; smaps && j < COUNTER_COUNT; j++)
			add(counter_of(ret, j), sum_of(smaps, counters[j].fields));
	}
}
