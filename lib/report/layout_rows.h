/* Rows about the layout of an address space: its shape, and the blocks that it is made of. */
#ifndef VMSPY_REPORT_LAYOUT_ROWS_H
#define VMSPY_REPORT_LAYOUT_ROWS_H

#include "inspect/blocks.h"
#include "report/column.h"
#include "report/perm.h"

/* The shape, and what decided it. */
struct vmspy_address_space_row {
	uint64_t pointer_bits, page_table_levels;
	uint64_t user_end, kernel_start, mmap_min_addr;
	const char *mmap_direction; /* "down", "up" */
	uint64_t is_pie;
	uint64_t randomize_va_space, personality;
	const char *personality_flags; /* in flag_text; NULL: hidden */
	char flag_text[VMSPY_PERSONALITY_TEXT];
};

/* pointer_bits ... personality_flags */
extern const struct vmspy_column vmspy_address_space_columns[];

/* row: filled; it points into itself and must not be copied. */
void vmspy_address_space_row_fill(const struct vmspy_address_facts *facts,
				  const struct vmspy_address_shape *shape,
				  const struct vmspy_host *host,
				  struct vmspy_address_space_row *row);

/* One block. */
struct vmspy_block_row {
	uint64_t pid;
	const char *comm;
	uint64_t start, end; /* end: unknown where it is 2^64 */
	uint64_t size_bytes, mapped_bytes;
	const char *block; /* "heap" */
	const char *perm;  /* in perm_text; NULL: none, or several */
	uint64_t mappings;
	const char *object; /* NULL: none, or several */
	char perm_text[VMSPY_PERM_TEXT];
};

extern const struct vmspy_column vmspy_block_columns[];

/* row: filled; it points into itself and must not be copied. */
void vmspy_block_row_fill(const struct vmspy_identity *identity, const struct vmspy_block *block,
			  struct vmspy_block_row *row);

#endif
