#include "symbol/table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"

#include "base/banned.h"

/* Names that are read of one file. C++ writes names of many KiB; a library has tens of MiB. */
#define NAME_BYTES_MAX  (UINT32_C(64) << 10)
#define NAMES_BYTES_MAX (UINT32_C(512) << 20)

void vmspy_table_deinit(struct vmspy_table *table)
{
	free(table->rows.row);
	free(table->sections.row);
	vmspy_buf_deinit(&table->names);
	*table = (struct vmspy_table){ 0 };
}

const char *vmspy_table_name(const struct vmspy_table *table, uint32_t name)
{
	return name == VMSPY_TABLE_NO_NAME ? NULL : table->names.text + name;
}

static struct vmspy_error *append(struct vmspy_table_rows *rows, const struct vmspy_table_row *row)
{
	struct vmspy_error *err =
		vmspy_array_grow(&rows->row, &rows->room, rows->count, sizeof(*rows->row));

	if (!err)
		rows->row[rows->count++] = *row;
	return err;
}

/* ret: where the copy is; NO_NAME if the name is not to be kept. */
static struct vmspy_error *keep_name(struct vmspy_table *table, const char *name, uint32_t *ret)
{
	size_t length, at = table->names.length;
	struct vmspy_error *err;

	*ret = VMSPY_TABLE_NO_NAME;
	if (table->names_seen_bytes > NAMES_BYTES_MAX)
		return NULL;
	length = strnlen(name, NAME_BYTES_MAX);
	table->names_seen_bytes += length + 1;
	if (length == NAME_BYTES_MAX)
		return NULL;
	if ((err = vmspy_buf_append(&table->names, name, length + 1)))
		return err;
	*ret = (uint32_t)at;
	return NULL;
}

struct vmspy_error *vmspy_table_add_object(struct vmspy_table *table,
					   const struct vmspy_table_row *row, const char *name)
{
	struct vmspy_table_row added = *row;
	struct vmspy_error *err = keep_name(table, name, &added.name);

	added.section = VMSPY_TABLE_NO_NAME;
	if (err || added.name == VMSPY_TABLE_NO_NAME)
		return err;
	return append(&table->rows, &added);
}

struct vmspy_error *vmspy_table_add_section(struct vmspy_table *table, uint64_t start, uint64_t end,
					    const char *name)
{
	struct vmspy_table_row added = {
		.start = start,
		.end = end,
		.name = VMSPY_TABLE_NO_NAME,
	};
	struct vmspy_error *err = keep_name(table, name, &added.section);

	if (err || added.section == VMSPY_TABLE_NO_NAME)
		return err;
	return append(&table->sections, &added);
}

static int compare_place(const struct vmspy_table_row *a, const struct vmspy_table_row *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end > b->end ? -1 : 1;
	return 0;
}

static int compare_names(const char *a, const char *b)
{
	size_t underscores_of_a = strspn(a, "_"), underscores_of_b = strspn(b, "_");

	if (underscores_of_a != underscores_of_b)
		return underscores_of_a < underscores_of_b ? -1 : 1;
	return strcmp(a, b);
}

/* By place; aliases in the order in which they are preferred. */
static int compare_objects(const void *x, const void *y, void *table)
{
	const struct vmspy_table_row *a = x, *b = y;
	int order = compare_place(a, b);

	if (order)
		return order;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return compare_names(vmspy_table_name(table, a->name), vmspy_table_name(table, b->name));
}

static int compare_rows(const void *x, const void *y)
{
	return compare_place(x, y);
}

/* Sections of a sound file are disjoint. Of others, what is behind another is cut off. */
static void make_disjoint(struct vmspy_table_rows *sections)
{
	uint64_t covered = 0;
	size_t kept = 0;

	for (size_t i = 0; i < sections->count; i++) {
		struct vmspy_table_row section = sections->row[i];

		if (section.start < covered)
			section.start = covered;
		if (section.start >= section.end)
			continue;
		covered = section.end;
		sections->row[kept++] = section;
	}
	sections->count = kept;
}

/* The objects that are open at a place, as their ends. */
struct nest {
	uint64_t end[VMSPY_TABLE_DEPTH_MAX];
	size_t depth;
};

static bool fits_in_nest(struct nest *nest, const struct vmspy_table_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < nest->depth; i++)
		if (nest->end[i] > row->start)
			nest->end[kept++] = nest->end[i];
	nest->depth = kept;
	if (nest->depth == VMSPY_TABLE_DEPTH_MAX)
		return false;
	nest->end[nest->depth++] = row->end;
	return true;
}

/* Keep the first of each place, in its section. Both lists are sorted. */
static void choose_objects(struct vmspy_table *table)
{
	struct vmspy_table_rows *objects = &table->rows;
	const struct vmspy_table_rows *sections = &table->sections;
	struct nest nest = { 0 };
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < objects->count; i++) {
		struct vmspy_table_row object = objects->row[i];

		if (kept && !compare_place(&objects->row[kept - 1], &object))
			continue;
		while (at < sections->count && sections->row[at].end <= object.start)
			at++;
		if (sections->count) {
			if (at == sections->count || sections->row[at].start > object.start)
				continue;
			object.section = sections->row[at].section;
		}
		if (fits_in_nest(&nest, &object))
			objects->row[kept++] = object;
	}
	objects->count = kept;
}

static struct vmspy_error *add_stretch(struct vmspy_table_rows *stretches,
				       const struct vmspy_table_row *section, uint64_t start,
				       uint64_t end)
{
	struct vmspy_table_row stretch = *section;

	stretch.start = start > section->start ? start : section->start;
	stretch.end = end < section->end ? end : section->end;
	return stretch.start < stretch.end ? append(stretches, &stretch) : NULL;
}

/* What the objects leave of each section. */
static struct vmspy_error *find_stretches(const struct vmspy_table *table,
					  struct vmspy_table_rows *stretches)
{
	const struct vmspy_table_rows *objects = &table->rows;
	struct vmspy_error *err = NULL;
	uint64_t covered = 0;
	size_t next = 0;

	for (size_t i = 0; !err && i < table->sections.count; i++) {
		const struct vmspy_table_row *section = &table->sections.row[i];

		for (; !err && next < objects->count; next++) {
			const struct vmspy_table_row *object = &objects->row[next];

			if (object->start >= section->end)
				break;
			err = add_stretch(stretches, section, covered, object->start);
			if (object->end > covered)
				covered = object->end;
		}
		if (!err)
			err = add_stretch(stretches, section, covered, section->end);
	}
	return err;
}

/*
 * A sorted array is a tree: the middle is the root, the halves are its branches. `reach` lets a
 * search leave out branches that end too early, however long a row far to the left is.
 */
static uint64_t set_reach(struct vmspy_table_row *row, size_t count)
{
	size_t middle = count / 2;
	uint64_t reach, branch;

	if (!count)
		return 0;
	reach = row[middle].end;
	branch = set_reach(row, middle);
	if (branch > reach)
		reach = branch;
	branch = set_reach(row + middle + 1, count - middle - 1);
	if (branch > reach)
		reach = branch;
	row[middle].reach = reach;
	return reach;
}

static void sort(struct vmspy_table_rows *rows)
{
	if (rows->count)
		qsort(rows->row, rows->count, sizeof(*rows->row), compare_rows);
}

struct vmspy_error *vmspy_table_finish(struct vmspy_table *table)
{
	VMSPY_AUTO(vmspy_guard_free) struct vmspy_table_row *owned = NULL;
	struct vmspy_table_rows stretches = { 0 };
	struct vmspy_error *err;

	sort(&table->sections);
	make_disjoint(&table->sections);
	if (table->rows.count)
		qsort_r(table->rows.row, table->rows.count, sizeof(*table->rows.row),
			compare_objects, table);
	choose_objects(table);
	err = find_stretches(table, &stretches);
	owned = stretches.row;
	for (size_t i = 0; !err && i < stretches.count; i++)
		err = append(&table->rows, &stretches.row[i]);
	if (err)
		return err;
	sort(&table->rows);
	set_reach(table->rows.row, table->rows.count);
	return NULL;
}

static struct vmspy_error *find_in(const struct vmspy_table_row *row, size_t count,
				   const struct vmspy_table_query *query)
{
	size_t middle = count / 2;
	struct vmspy_error *err;

	if (!count || row[middle].reach <= query->start)
		return NULL;
	if ((err = find_in(row, middle, query)))
		return err;
	if (row[middle].start >= query->end)
		return NULL;
	if (row[middle].end > query->start && (err = query->found(&row[middle], query->context)))
		return err;
	return find_in(row + middle + 1, count - middle - 1, query);
}

struct vmspy_error *vmspy_table_find(const struct vmspy_table *table,
				     const struct vmspy_table_query *query)
{
	return find_in(table->rows.row, table->rows.count, query);
}
