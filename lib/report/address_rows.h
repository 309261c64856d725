/* The rows of `vmspy addr`: one address of one process, and all that is known of it. */
#ifndef VMSPY_REPORT_ADDRESS_ROWS_H
#define VMSPY_REPORT_ADDRESS_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "format/kpageflags.h"
#include "format/page_table.h"
#include "inspect/huge.h"
#include "inspect/page_facts.h"
#include "report/column.h"
#include "report/perm.h"
#include "space/space.h"
#include "symbol/spot.h"
#include "types/source_line.h"

/* What was found out. Pointers are borrowed. */
struct vmspy_address_sight {
	const char *word; /* as it was asked for */
	uint64_t address;
	const struct vmspy_host *host;
	const struct vmspy_layout *layout;
	const struct vmspy_page_facts *facts;
	const char *refused; /* why the page could not be seen: facts is not read; NULL: it was */
	const struct vmspy_huge *huge;
	const char *cgroup; /* path; NULL: not known */
	const struct vmspy_spot *spot;
	const struct vmspy_source_line *source;
};

enum {
	VMSPY_HIDDEN_MAX = 5,
	VMSPY_SOURCE_TEXT_MAX = 4096, /* longer ones are cut */
};

/* Something that could not be seen. Static strings, but for a page that was refused. */
struct vmspy_hidden {
	const char *what;   /* the key of the column */
	const char *needs;  /* the right that would show it */
	const char *remedy; /* NULL: none is known */
};

/* Strings are borrowed from the sight, or point into the row. */
struct vmspy_address_row {
	const char *word;
	const char *side; /* "a", "b" beside another process; NULL: there is none */
	uint64_t address;
	uint64_t start, end; /* of the mapping */
	const char *perm, *kind, *object;
	const char *section, *symbol;
	uint64_t symbol_offset, symbol_bytes;
	const char *source;
	uint64_t file_offset_bytes, link_address;
	uint64_t index[VMSPY_LEVEL_COUNT], page_offset;
	const char *state, *means, *backing;
	uint64_t frame, physical;
	uint64_t swap_type, swap_offset_pages;
	const char *page_flags;
	uint64_t map_count, exclusive, write_protected, soft_dirty;
	const char *huge;
	uint64_t huge_bytes, huge_position_bytes;
	uint64_t cgroup_inode;
	const char *cgroup;
	const char *verdict, *page_class; /* of the pair; NULL: there is none */
	struct vmspy_nested hidden;

	struct vmspy_hidden hidden_row[VMSPY_HIDDEN_MAX];
	char perm_text[VMSPY_PERM_TEXT];
	char flags_text[VMSPY_KPAGEFLAGS_NAMES];
	char source_text[VMSPY_SOURCE_TEXT_MAX];
};

extern const struct vmspy_column vmspy_address_columns[];
extern const struct vmspy_column vmspy_hidden_columns[];

/* Objects of JSON whose row is the row of the address: "indices", "swap". */
extern const struct vmspy_column vmspy_indices_columns[];
extern const struct vmspy_column vmspy_swap_columns[];

/* ret: filled in place, not to be copied. */
void vmspy_address_row_get(const struct vmspy_address_sight *sight, struct vmspy_address_row *ret);

/* A mapping at, below or above the address. */
struct vmspy_near_row {
	uint64_t start, end, size_bytes;
	const char *perm;
	uint64_t offset_bytes, device, inode;
	const char *kind, *object;
	uint64_t gap_bytes; /* between it and the mapping of the address, or the address itself */
	char perm_text[VMSPY_PERM_TEXT];
};

extern const struct vmspy_column vmspy_near_columns[];

enum vmspy_near {
	VMSPY_NEAR_ABOVE,
	VMSPY_NEAR_HERE,
	VMSPY_NEAR_BELOW,
	VMSPY_NEAR_COUNT,
};

/* ret: false: there is no such mapping. row: filled in place, not to be copied. */
bool vmspy_near_row_get(const struct vmspy_layout *layout, uint64_t address, enum vmspy_near near,
			struct vmspy_near_row *row);

/* What both pages are to each other. Static words; unknown where nothing can be said. */
struct vmspy_verdict_row {
	const char *state, *page_class;
	const char *reason, *remedy; /* of what could not be judged */
	const char *left, *left_source;
};

extern const struct vmspy_column vmspy_verdict_columns[];

#endif
