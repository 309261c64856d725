/* Mappings added up: by kind, by object, or by both. */
#ifndef VMSPY_REPORT_MAPPING_SUMS_H
#define VMSPY_REPORT_MAPPING_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "report/mapping_rows.h"

/* Some mappings of the rows, by their place in the layout. index NULL: the first `count`. */
struct vmspy_mapping_set {
	const struct vmspy_mapping_rows *rows;
	const size_t *index;
	size_t count;
};

static inline size_t vmspy_mapping_set_at(const struct vmspy_mapping_set *set, size_t place)
{
	return set->index ? set->index[place] : place;
}

/* Ascending by kind, then by object. A zeroed struct is empty. */
struct vmspy_mapping_sums {
	struct vmspy_mapping_row *row; /* their texts are borrowed from the rows */
	size_t count;
	size_t room;
};

/*
 * Add them up.
 * by:     VMSPY_NEED_KIND, VMSPY_NEED_OBJECT or both: what mappings must have in common; the other
 *         is unknown. Memory without a name is "[anon]".
 * ret:    end it with vmspy_mapping_sums_deinit().
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_mapping_sums_make(const struct vmspy_mapping_set *set, uint32_t by,
					    struct vmspy_mapping_sums *ret) VMSPY_MUST_CHECK;

void vmspy_mapping_sums_deinit(struct vmspy_mapping_sums *sums);

/* ret: the sum of all of them. */
void vmspy_mapping_sums_total(const struct vmspy_mapping_set *set, struct vmspy_mapping_row *ret);

#endif
