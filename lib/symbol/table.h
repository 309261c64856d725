/* What lies where in one ELF file: its objects, and the sections between them. Pure. */
#ifndef VMSPY_SYMBOL_TABLE_H
#define VMSPY_SYMBOL_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define VMSPY_TABLE_NO_NAME UINT32_MAX

/* Which of several names for one object is kept: the lowest. */
enum vmspy_table_rank {
	VMSPY_TABLE_GLOBAL,
	VMSPY_TABLE_WEAK,
	VMSPY_TABLE_LOCAL,
};

/* An object, a section, or a stretch of a section that no object covers. */
struct vmspy_table_row {
	uint64_t start; /* as linked */
	uint64_t end;
	uint64_t reach;   /* the highest end in its part of the tree: see vmspy_table_finish() */
	uint32_t name;    /* place in names; NO_NAME: no object */
	uint32_t section; /* place in names; NO_NAME: the file has no sections */
	enum vmspy_table_rank rank;
};

struct vmspy_table_rows {
	struct vmspy_table_row *row;
	size_t count;
	size_t room;
};

/*
 * Life:  zeroed; rows are added in any order; finished once; asked many times.
 * Shape: when finished, rows are ascending by start and of those the larger ones first; no two
 *        objects have one start and size; stretches touch no object. At most
 *        VMSPY_TABLE_DEPTH_MAX objects cover one byte, so that a query has an end.
 */
struct vmspy_table {
	struct vmspy_table_rows rows;
	struct vmspy_table_rows sections; /* while it is filled: disjoint after finishing */
	struct vmspy_buf names;
	size_t names_seen_bytes; /* what names cost to read, also those that were not kept */
};

enum {
	VMSPY_TABLE_DEPTH_MAX = 16
}; /* structs in arrays in arenas nest a few deep */

void vmspy_table_deinit(struct vmspy_table *table);

/*
 * Add an object or a section: [row->start, row->end) and its rank; not empty.
 * name:   copied. Rows whose name is absurdly long are left out, and so are all once the names
 *         are absurdly many: nobody reads such a list.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_table_add_object(struct vmspy_table *table,
					   const struct vmspy_table_row *row,
					   const char *name) VMSPY_MUST_CHECK;
struct vmspy_error *vmspy_table_add_section(struct vmspy_table *table, uint64_t start, uint64_t end,
					    const char *name) VMSPY_MUST_CHECK;

/*
 * Sort, choose among aliases, give objects their section and fill the gaps. Objects in no section
 * are dropped, if there are sections at all.
 * Errors: NO_MEMORY.
 */
struct vmspy_error *vmspy_table_finish(struct vmspy_table *table) VMSPY_MUST_CHECK;

/* What is asked of a table. Each row found is handed over, ascending; an error ends the search. */
struct vmspy_table_query {
	uint64_t start;
	uint64_t end;
	struct vmspy_error *(*found)(const struct vmspy_table_row *row, void *context);
	void *context;
};

/* Every row that overlaps the range: as many steps as rows found, times a logarithm. */
struct vmspy_error *vmspy_table_find(const struct vmspy_table *table,
				     const struct vmspy_table_query *query) VMSPY_MUST_CHECK;

/* ret: a name of the table, NULL for NO_NAME. Borrowed. */
const char *vmspy_table_name(const struct vmspy_table *table, uint32_t name);

#endif
