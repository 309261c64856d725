/* The rows of `vmspy maps`. */
#ifndef VMSPY_REPORT_MAPPING_ROWS_H
#define VMSPY_REPORT_MAPPING_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/texts.h"
#include "format/smaps.h"
#include "inspect/notes.h"
#include "report/column.h"
#include "report/perm.h"
#include "space/space.h"

enum {
	VMSPY_NEED_SMAPS = 1 << 0,      /* /proc/PID/smaps: slow on large processes */
	VMSPY_NEED_DETAILS = 1 << 1,    /* what of it is shown only when it is asked for */
	VMSPY_NEED_FLAG_NAMES = 1 << 2, /* VmFlags, spelled out */
	VMSPY_NEED_KIND = 1 << 3,       /* of a summary: it is by kind */
	VMSPY_NEED_OBJECT = 1 << 4,     /* of a summary: it is by object */
	VMSPY_NEED_NOTES = 1 << 5,      /* a file of each thread, or its registers if it is held */
};

/* A mapping, what is not mapped, or the sum of some. Strings are borrowed from the rows, or its own. */
struct vmspy_mapping_row {
	uint64_t pid;
	const char *comm;
	uint64_t start, end;
	const char *perm;
	uint64_t offset_bytes, device, inode;
	const char *object;
	const char *kind;
	uint64_t mapping_count; /* of a sum */
	uint64_t size_bytes;
	uint64_t resident_bytes, proportional_bytes, shared_bytes, private_bytes, swap_bytes;
	uint64_t anonymous_bytes, huge_bytes, locked_bytes;
	uint64_t kernel_page_bytes, mmu_page_bytes;
	uint64_t proportional_dirty_bytes, shared_clean_bytes, shared_dirty_bytes;
	uint64_t private_clean_bytes, private_dirty_bytes, referenced_bytes, ksm_bytes;
	uint64_t lazy_free_bytes, anonymous_huge_bytes, shmem_huge_bytes, file_huge_bytes;
	uint64_t shared_hugetlb_bytes, private_hugetlb_bytes, proportional_swap_bytes;
	uint64_t thp_eligible, protection_key;
	const char *flags, *flag_names;
	const char *note; /* "": nothing to say */
	char perm_text[VMSPY_PERM_TEXT];
};

extern const struct vmspy_column vmspy_mapping_columns[];
extern const struct vmspy_column vmspy_summary_columns[]; /* of sums */
extern const struct vmspy_column vmspy_gap_columns[];     /* JSON, of what is not mapped */

struct vmspy_mapping_rows {
	const struct vmspy_space *space;
	const struct vmspy_layout *layout; /* borrowed from the space */
	uint32_t needs;
	struct vmspy_smaps_list smaps; /* empty unless it is needed */
	struct vmspy_notes *notes;     /* NULL: not needed */
	struct vmspy_texts names;      /* of flags */
	const char **flag_names;       /* one for each set of flags in smaps */
};

/*
 * Read the mappings, and what the rows need besides.
 * space:  loaded by this; borrowed, and not to be loaded again before the rows are ended.
 * needs:  of the columns.
 * ret:    end it with vmspy_mapping_rows_deinit().
 * Errors: as vmspy_space_load_sized().
 */
struct vmspy_error *vmspy_mapping_rows_load(struct vmspy_space *space, uint32_t needs,
					    struct vmspy_mapping_rows *ret) VMSPY_MUST_CHECK;

/*
 * Write the notes, if they are needed: when nothing is held any more.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_mapping_rows_finish(struct vmspy_mapping_rows *rows) VMSPY_MUST_CHECK;

void vmspy_mapping_rows_deinit(struct vmspy_mapping_rows *rows);

/* index: below rows->layout->count. ret: filled in place, not to be copied. */
void vmspy_mapping_rows_get(const struct vmspy_mapping_rows *rows, size_t index,
			    struct vmspy_mapping_row *ret);

/* ret: [start, end) as a row of kind "gap"; all else of it is unknown. */
void vmspy_mapping_rows_gap(const struct vmspy_mapping_rows *rows, uint64_t start, uint64_t end,
			    struct vmspy_mapping_row *ret);

/* ret: a sum of nothing: what can be added up is 0 or, if a mapping has to tell it, unknown. */
void vmspy_mapping_rows_sum_begin(const struct vmspy_mapping_rows *rows,
				  struct vmspy_mapping_row *ret);

/*
 * Add a mapping to a sum.
 * Note: what is unknown of a mapping is left out; a sum is unknown only if no mapping tells it.
 */
void vmspy_mapping_rows_sum_add(const struct vmspy_mapping_rows *rows, size_t index,
				struct vmspy_mapping_row *sum);

#endif
