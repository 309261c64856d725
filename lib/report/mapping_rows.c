#include "report/mapping_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "format/vm_flags.h"

#include "base/banned.h"

#define AT(member) offsetof(struct vmspy_mapping_row, member)

#define BIT(field) (1u << VMSPY_SMAPS_##field)
#define ALONE(member, field, sort)                                                                 \
	{                                                                                          \
		AT(member), BIT(field), sort                                                       \
	}

enum sort {
	USUAL,      /* shown unless others are chosen; adds up */
	DETAIL,     /* adds up */
	OF_ONE_ONLY /* never added up */
};

/* A number of ours is the sum of some of the kernel's. */
static const struct counter {
	size_t offset; /* in the row */
	uint32_t fields;
	enum sort sort;
} counters[] = {
	ALONE(resident_bytes, RSS, USUAL),
	ALONE(proportional_bytes, PSS, USUAL),
	{ AT(shared_bytes), BIT(SHARED_CLEAN) | BIT(SHARED_DIRTY), USUAL },
	{ AT(private_bytes), BIT(PRIVATE_CLEAN) | BIT(PRIVATE_DIRTY), USUAL },
	ALONE(swap_bytes, SWAP, USUAL),
	ALONE(anonymous_bytes, ANONYMOUS, USUAL),
	{ AT(huge_bytes),
	  BIT(ANON_HUGE) | BIT(SHMEM_HUGE) | BIT(FILE_HUGE) | BIT(SHARED_HUGETLB) |
		  BIT(PRIVATE_HUGETLB),
	  USUAL },
	ALONE(locked_bytes, LOCKED, USUAL),
	ALONE(proportional_dirty_bytes, PSS_DIRTY, DETAIL),
	ALONE(shared_clean_bytes, SHARED_CLEAN, DETAIL),
	ALONE(shared_dirty_bytes, SHARED_DIRTY, DETAIL),
	ALONE(private_clean_bytes, PRIVATE_CLEAN, DETAIL),
	ALONE(private_dirty_bytes, PRIVATE_DIRTY, DETAIL),
	ALONE(referenced_bytes, REFERENCED, DETAIL),
	ALONE(ksm_bytes, KSM, DETAIL),
	ALONE(lazy_free_bytes, LAZY_FREE, DETAIL),
	ALONE(anonymous_huge_bytes, ANON_HUGE, DETAIL),
	ALONE(shmem_huge_bytes, SHMEM_HUGE, DETAIL),
	ALONE(file_huge_bytes, FILE_HUGE, DETAIL),
	ALONE(shared_hugetlb_bytes, SHARED_HUGETLB, DETAIL),
	ALONE(private_hugetlb_bytes, PRIVATE_HUGETLB, DETAIL),
	ALONE(proportional_swap_bytes, SWAP_PSS, DETAIL),
	ALONE(kernel_page_bytes, KERNEL_PAGE, OF_ONE_ONLY),
	ALONE(mmu_page_bytes, MMU_PAGE, OF_ONE_ONLY),
	ALONE(thp_eligible, THP_ELIGIBLE, OF_ONE_ONLY),
	ALONE(protection_key, PROTECTION_KEY, OF_ONE_ONLY),
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

	fields &= smaps->known;
	if (!fields)
		return VMSPY_UNKNOWN;
	for (; fields; fields &= fields - 1)
		sum += smaps->value[__builtin_ctz(fields)];
	return sum;
}

/* Both lists are of one reading, as a rule: the counters lie where the mapping lies. */
static const struct vmspy_smaps *smaps_of(const struct vmspy_mapping_rows *rows, size_t index)
{
	const struct vmspy_vma *vma = &rows->layout->mapping[index].vma;
	const struct vmspy_smaps_list *list = &rows->smaps;

	if (index < list->count && list->smaps[index].start == vma->start &&
	    list->smaps[index].end == vma->end)
		return &list->smaps[index];
	return vmspy_smaps_find(list, vma->start, vma->end);
}

static struct vmspy_error *spell_flags(struct vmspy_mapping_rows *rows)
{
	const struct vmspy_smaps_list *smaps = &rows->smaps;
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf buf = { 0 };
	struct vmspy_error *err = NULL;

	if (!(rows->needs & VMSPY_NEED_FLAG_NAMES))
		return NULL;
	rows->flag_names = calloc(smaps->flags_count + 1, sizeof(*rows->flag_names));
	if (!rows->flag_names)
		return vmspy_error_no_memory();
	for (size_t i = 0; !err && i < smaps->flags_count; i++) {
		buf.length = 0;
		err = vmspy_vm_flags_spell(smaps->flags[i].text, &buf);
		if (!err)
			err = vmspy_texts_add(&rows->names, vmspy_buf_text(&buf), buf.length,
					      &rows->flag_names[i]);
	}
	return err;
}

struct vmspy_error *vmspy_mapping_rows_load(struct vmspy_space *space, uint32_t needs,
					    struct vmspy_mapping_rows *ret)
{
	VMSPY_AUTO(vmspy_mapping_rows_deinit)
	struct vmspy_mapping_rows rows = {
		.space = space,
		.layout = vmspy_space_layout(space),
		.needs = needs,
	};
	struct vmspy_error *err = needs & VMSPY_NEED_SMAPS
					  ? vmspy_space_load_sized(space, &rows.smaps)
					  : vmspy_space_load(space);

	if (err || (err = spell_flags(&rows)) ||
	    (needs & VMSPY_NEED_NOTES && (err = vmspy_notes_create(space, &rows.notes))))
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
	vmspy_texts_deinit(&rows->names);
	free(rows->flag_names);
	*rows = (struct vmspy_mapping_rows){ 0 };
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

static bool is_needed(const struct vmspy_mapping_rows *rows, size_t counter)
{
	return counters[counter].sort == USUAL || rows->needs & VMSPY_NEED_DETAILS;
}

static void fill_counters(const struct vmspy_mapping_rows *rows, struct vmspy_mapping_row *row,
			  const struct vmspy_smaps *smaps)
{
	for (size_t i = 0; i < COUNTER_COUNT && is_needed(rows, i); i++)
		*counter_of(row, i) = smaps ? sum_of(smaps, counters[i].fields) : VMSPY_UNKNOWN;
}

static void fill_flags(const struct vmspy_mapping_rows *rows, struct vmspy_mapping_row *row,
		       const struct vmspy_smaps *smaps)
{
	row->flags = smaps ? vmspy_smaps_flags(&rows->smaps, smaps) : NULL;
	row->flag_names =
		row->flags && rows->flag_names ? rows->flag_names[smaps->flags - 1] : NULL;
}

void vmspy_mapping_rows_get(const struct vmspy_mapping_rows *rows, size_t index,
			    struct vmspy_mapping_row *ret)
{
	const struct vmspy_mapping *mapping = &rows->layout->mapping[index];
	const struct vmspy_smaps *smaps = smaps_of(rows, index);
	const struct vmspy_vma *vma = &mapping->vma;

	fill_identity(ret, rows->space);
	ret->start = vma->start;
	ret->end = vma->end;
	ret->perm = vmspy_perm_format(vma, ret->perm_text);
	ret->offset_bytes = vma->offset_bytes;
	ret->device = VMSPY_DEVICE(vma->device_major, vma->device_minor);
	ret->inode = vma->inode;
	ret->object = vma->name;
	ret->kind = vmspy_mapping_kind_name(mapping->kind);
	ret->mapping_count = 1;
	ret->size_bytes = vma->end - vma->start;
	ret->note = note_of(rows, index);
	fill_counters(rows, ret, smaps);
	fill_flags(rows, ret, smaps);
}

static void fill_unknown(const struct vmspy_mapping_rows *rows, struct vmspy_mapping_row *row)
{
	*row = (struct vmspy_mapping_row){
		.start = VMSPY_UNKNOWN,
		.end = VMSPY_UNKNOWN,
		.offset_bytes = VMSPY_UNKNOWN,
		.device = VMSPY_UNKNOWN,
		.inode = VMSPY_UNKNOWN,
	};
	fill_identity(row, rows->space);
	for (size_t i = 0; i < COUNTER_COUNT; i++)
		*counter_of(row, i) = VMSPY_UNKNOWN;
}

void vmspy_mapping_rows_gap(const struct vmspy_mapping_rows *rows, uint64_t start, uint64_t end,
			    struct vmspy_mapping_row *ret)
{
	fill_unknown(rows, ret);
	ret->kind = "gap";
	ret->start = start;
	ret->end = end;
	ret->size_bytes = end - start;
	ret->mapping_count = 0;
}

void vmspy_mapping_rows_sum_begin(const struct vmspy_mapping_rows *rows,
				  struct vmspy_mapping_row *ret)
{
	fill_unknown(rows, ret);
}

static void add(uint64_t *total, uint64_t number)
{
	if (number == VMSPY_UNKNOWN)
		return;
	*total = *total == VMSPY_UNKNOWN ? number : *total + number;
}

void vmspy_mapping_rows_sum_add(const struct vmspy_mapping_rows *rows, size_t index,
				struct vmspy_mapping_row *sum)
{
	const struct vmspy_vma *vma = &rows->layout->mapping[index].vma;
	const struct vmspy_smaps *smaps = smaps_of(rows, index);

	sum->mapping_count++;
	sum->size_bytes += vma->end - vma->start;
	for (size_t i = 0; smaps && i < COUNTER_COUNT && is_needed(rows, i); i++)
		if (counters[i].sort != OF_ONE_ONLY)
			add(counter_of(sum, i), sum_of(smaps, counters[i].fields));
}
