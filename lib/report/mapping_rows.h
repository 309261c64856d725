/* The rows of `vmspy maps`. */
#ifndef VMSPY_REPORT_MAPPING_ROWS_H
#define VMSPY_REPORT_MAPPING_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "format/smaps.h"
#include "inspect/notes.h"
#include "report/column.h"
#include "report/perm.h"
#include "space/space.h"

enum {
	VMSPY_NEED_SMAPS = 1 << 0, /* /proc/PID/smaps: slow on large processes */
	VMSPY_NEED_NOTES = 1 << 1, /* a file of each thread, or its registers if it is held */
};

enum {
	VMSPY_FLAGS_TEXT = 3 * VMSPY_SMAPS_FLAGS_MAX + 1
};

/* One mapping, or the total of all. Strings are borrowed from the rows, or point into itself. */
struct vmspy_mapping_row {
	uint64_t pid;
	const char *comm;
	uint64_t start, end;
	const char *perm;
	uint64_t offset_bytes, device, inode;
	const char *object;
	const char *kind;
	uint64_t size_bytes;
	uint64_t resident_bytes, proportional_bytes, shared_bytes, private_bytes, swap_bytes;
	uint64_t anonymous_bytes, huge_bytes, locked_bytes;
	const char *flags;
	const char *note; /* "": nothing to say */
	char perm_text[VMSPY_PERM_TEXT];
	char flags_text[VMSPY_FLAGS_TEXT];
};

extern const struct vmspy_column vmspy_mapping_columns[];

struct vmspy_mapping_rows {
	const struct vmspy_space *space;
	const struct vmspy_layout *layout; /* borrowed from the space */
	struct vmspy_smaps_list smaps;     /* empty unless it is needed */
	struct vmspy_notes *notes;         /* NULL: not needed */
	size_t unmatched_count; /* mappings that smaps does not have: they changed meanwhile */
};

/*
 * Read what the rows need besides the layout.
 * space:  loaded; borrowed, and not to be loaded again before the rows are ended.
 * needs:  bits of VMSPY_NEED_.
 * ret:    end it with vmspy_mapping_rows_deinit().
 * Errors: as vmspy_space_smaps().
 */
struct vmspy_error *vmspy_mapping_rows_init(struct vmspy_space *space, uint32_t needs,
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

/*
 * The sums of all mappings; what cannot be added up is unknown.
 * Note: a sum leaves out mappings where the number is unknown (unmatched_count of them), and is
 *       unknown only if no mapping tells it.
 */
void vmspy_mapping_rows_total(const struct vmspy_mapping_rows *rows, struct vmspy_mapping_row *ret);

#endif
