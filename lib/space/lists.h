/*
 * The lists of mappings of a live process. While it runs, the kernel may tell a mapping again from a
 * lower start, because it was merged with those before: such a list is read again, some times.
 */
#ifndef VMSPY_SPACE_LISTS_H
#define VMSPY_SPACE_LISTS_H

#include "base/error.h"
#include "base/texts.h"
#include "format/smaps.h"
#include "kernel/process.h"
#include "space/kinds.h"

/* Shape: ascending by start, disjoint. A zeroed struct is empty. */
struct vmspy_mapping_list {
	struct vmspy_mapping *mapping; /* of no kind and page size yet: see space/lay_out.h */
	size_t count;
	size_t room;
	struct vmspy_texts names; /* what their names point into */
};

void vmspy_mapping_list_deinit(struct vmspy_mapping_list *list);

/*
 * ret:    end it with vmspy_mapping_list_deinit().
 * Errors: those of vmspy_process_open(), GONE (no address space any more), SYSTEM, BAD_DATA,
 *         NO_MEMORY.
 */
struct vmspy_error *vmspy_mappings_read(const struct vmspy_process *process,
					struct vmspy_mapping_list *ret) VMSPY_MUST_CHECK;

/*
 * mappings: gets the mappings themselves too, which smaps tells as maps does: both are of one reading
 *           then. NULL: they are not wanted.
 * ret:      end it with vmspy_smaps_list_deinit().
 * Errors:   as vmspy_mappings_read(); GONE only where mappings are wanted.
 */
struct vmspy_error *vmspy_smaps_read(const struct vmspy_process *process,
				     struct vmspy_mapping_list *mappings,
				     struct vmspy_smaps_list *ret) VMSPY_MUST_CHECK;

#endif
