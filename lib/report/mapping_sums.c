#include "report/mapping_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

#define NAMELESS "[anon]"

/* What decides which sum a mapping is part of. */
struct member {
	size_t index;       /* in the layout */
	int kind;           /* 0 where it does not matter */
	const char *object; /* "" where it does not matter */
};

static int by_group(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->object == y->object ? 0 : strcmp(x->object, y->object);
}

static struct member member_of(const struct vmspy_mapping_set *set, size_t place, uint32_t by)
{
	size_t index = vmspy_mapping_set_at(set, place);
	const struct vmspy_mapping *mapping = &set->rows->layout->mapping[index];
	const char *name = mapping->vma.name ? mapping->vma.name : NAMELESS;

	return (struct member){
		.index = index,
		.kind = by & VMSPY_NEED_KIND ? (int)mapping->kind : 0,
		.object = by & VMSPY_NEED_OBJECT ? name : "",
	};
}

static struct vmspy_error *add_sum(const struct vmspy_mapping_set *set, const struct member *member,
				   uint32_t by, struct vmspy_mapping_sums *sums)
{
	const struct vmspy_mapping *mapping = &set->rows->layout->mapping[member->index];
	struct vmspy_mapping_row *row;
	struct vmspy_error *err =
		vmspy_array_grow(&sums->row, &sums->room, sums->count, sizeof(*sums->row));

	if (err)
		return err;
	row = &sums->row[sums->count++];
	vmspy_mapping_rows_sum_begin(set->rows, row);
	row->kind = by & VMSPY_NEED_KIND ? vmspy_mapping_kind_name(mapping->kind) : NULL;
	row->object = by & VMSPY_NEED_OBJECT ? member->object : NULL;
	return NULL;
}

struct vmspy_error *vmspy_mapping_sums_make(const struct vmspy_mapping_set *set, uint32_t by,
					    struct vmspy_mapping_sums *ret)
{
	VMSPY_AUTO(vmspy_mapping_sums_deinit) struct vmspy_mapping_sums sums = { 0 };
	VMSPY_AUTO(vmspy_guard_free)
	struct member *member = calloc(set->count + 1, sizeof(*member));
	struct vmspy_error *err;

	if (!member)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < set->count; i++)
		member[i] = member_of(set, i, by);
	qsort(member, set->count, sizeof(*member), by_group);
	for (size_t i = 0; i < set->count; i++) {
		if ((!i || by_group(&member[i - 1], &member[i])) &&
		    (err = add_sum(set, &member[i], by, &sums)))
			return err;
		vmspy_mapping_rows_sum_add(set->rows, member[i].index, &sums.row[sums.count - 1]);
	}
	*ret = sums;
	sums = (struct vmspy_mapping_sums){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_mapping_sums_deinit(struct vmspy_mapping_sums *sums)
{
	free(sums->row);
	*sums = (struct vmspy_mapping_sums){ 0 };
}

void vmspy_mapping_sums_total(const struct vmspy_mapping_set *set, struct vmspy_mapping_row *ret)
{
	vmspy_mapping_rows_sum_begin(set->rows, ret);
	for (size_t i = 0; i < set->count; i++)
		vmspy_mapping_rows_sum_add(set->rows, vmspy_mapping_set_at(set, i), ret);
}
