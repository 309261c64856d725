#include "report/trace_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#include "base/banned.h"

enum {
	NAMES_MAX = 1 << 16,
};

#define FIRST_BUCKET_NS UINT64_C(10000000)

/* clang-format off */
#define AT(member) offsetof(struct vmspy_trace_sum, member)
#define COLUMN_COPIES { "COPIES", "copies", "how many pages were copied", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(copies) }
#define COLUMN_BYTES  { "SIZE", "copied_bytes", "how much was copied", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(bytes) }

static const struct vmspy_column process_columns[] = {
	COLUMN_COPIES, COLUMN_BYTES,
	{ "PID", "pid", "the process", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "COMM", "comm", "its name", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(name) },
	{ 0 },
};

static const struct vmspy_column mapping_columns[] = {
	COLUMN_COPIES, COLUMN_BYTES,
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(name) },
	{ 0 },
};

static const struct vmspy_column symbol_columns[] = {
	COLUMN_COPIES, COLUMN_BYTES,
	{ "SYMBOL", "symbol", "the variable that was written", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(name) },
	{ "OBJECT", "object", "the file it is in", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};

static const struct vmspy_column function_columns[] = {
	COLUMN_COPIES, COLUMN_BYTES,
	{ "FUNCTION", "function", "the function that wrote", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(name) },
	{ "OBJECT", "object", "the file it is from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

static const struct by {
	const char *key;
	const struct vmspy_column *columns;
} by[VMSPY_BY_COUNT] = {
	[VMSPY_BY_PROCESS] = { "processes", process_columns },
	[VMSPY_BY_MAPPING] = { "mappings", mapping_columns },
	[VMSPY_BY_SYMBOL] = { "symbols", symbol_columns },
	[VMSPY_BY_FUNCTION] = { "functions", function_columns },
};

const struct vmspy_column *vmspy_trace_sum_columns(enum vmspy_trace_by which)
{
	return by[which].columns;
}

const char *vmspy_trace_sum_key(enum vmspy_trace_by which)
{
	return by[which].key;
}

void vmspy_trace_sums_init(uint64_t begin_ns, struct vmspy_trace_sums *ret)
{
	*ret = (struct vmspy_trace_sums){
		.rate = { .begin_ns = begin_ns, .bucket_ns = FIRST_BUCKET_NS },
	};
}

void vmspy_trace_sums_deinit(struct vmspy_trace_sums *sums)
{
	for (size_t i = 0; i < VMSPY_BY_COUNT; i++) {
		free(sums->by[i].sum);
		vmspy_slots_deinit(&sums->by[i].slots);
	}
	vmspy_texts_deinit(&sums->texts);
	*sums = (struct vmspy_trace_sums){ 0 };
}

/* --- tables -------------------------------------------------------------------------------- */

static uint64_t hash_of(const void *sums, size_t index)
{
	const struct vmspy_trace_sum *sum = (const struct vmspy_trace_sum *)sums + index;
	uint64_t hash = vmspy_hash_text(VMSPY_HASH_BEGIN ^ sum->pid, sum->name);

	return vmspy_hash_text(vmspy_hash_text(hash, sum->object), sum->kind);
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_same(const void *sums, size_t index, const void *key)
{
	const struct vmspy_trace_sum *a = (const struct vmspy_trace_sum *)sums + index, *b = key;

	return a->pid == b->pid && is_same_text(a->name, b->name) &&
	       is_same_text(a->object, b->object) && is_same_text(a->kind, b->kind);
}

static size_t *find(const struct vmspy_trace_table *table, const struct vmspy_trace_sum *sum)
{
	const struct vmspy_slots_key key = { hash_of(sum, 0), is_same, table->sum, sum };

	return vmspy_slots_find(&table->slots, &key);
}

static struct vmspy_error *keep_text(struct vmspy_texts *texts, const char **text)
{
	return *text ? vmspy_texts_add(texts, *text, strlen(*text), text) : NULL;
}

/* slot: free. */
static struct vmspy_error *add_new(struct vmspy_trace_sums *sums, struct vmspy_trace_table *table,
				   const struct vmspy_trace_sum *sum, size_t *slot)
{
	struct vmspy_trace_sum kept = *sum;
	struct vmspy_error *err;

	if ((err = vmspy_array_grow(&table->sum, &table->sum_room, table->count,
				    sizeof(*table->sum))) ||
	    (err = keep_text(&sums->texts, &kept.name)) ||
	    (err = keep_text(&sums->texts, &kept.object)) ||
	    (err = keep_text(&sums->texts, &kept.kind)))
		return err;
	*slot = table->count;
	table->sum[table->count++] = kept;
	return NULL;
}

/* sum: one copy. */
static struct vmspy_error *add(struct vmspy_trace_sums *sums, enum vmspy_trace_by which,
			       struct vmspy_trace_sum sum)
{
	struct vmspy_trace_table *table = &sums->by[which];
	const struct vmspy_slots_items items = { hash_of, table->sum, table->count };
	struct vmspy_error *err;
	size_t *slot;

	if ((err = vmspy_slots_reserve(&table->slots, &items)))
		return err;
	slot = find(table, &sum);
	if (*slot == VMSPY_SLOT_FREE && table->count >= NAMES_MAX) {
		sum.name = sum.object = sum.kind = NULL;
		sum.pid = VMSPY_UNKNOWN;
		slot = find(table, &sum);
	}
	if (*slot == VMSPY_SLOT_FREE)
		return add_new(sums, table, &sum, slot);
	table->sum[*slot].copies += sum.copies;
	table->sum[*slot].bytes += sum.bytes;
	return NULL;
}

/* --- rate ---------------------------------------------------------------------------------- */

/* Two buckets become one: the trace has lasted longer than they reach. */
static void widen(struct vmspy_trace_rate *rate)
{
	for (size_t i = 0; i < VMSPY_RATE_BUCKETS / 2; i++)
		rate->bucket[i].copies =
			rate->bucket[2 * i].copies + rate->bucket[2 * i + 1].copies;
	memset(rate->bucket + VMSPY_RATE_BUCKETS / 2, 0, sizeof(rate->bucket) / 2);
	rate->bucket_ns *= 2;
	rate->count = (rate->count + 1) / 2;
}

static void add_time(struct vmspy_trace_rate *rate, uint64_t time_ns)
{
	uint64_t elapsed_ns = time_ns > rate->begin_ns ? time_ns - rate->begin_ns : 0;
	size_t index;

	while (elapsed_ns / rate->bucket_ns >= VMSPY_RATE_BUCKETS)
		widen(rate);
	index = (size_t)(elapsed_ns / rate->bucket_ns);
	rate->bucket[index].copies++;
	if (rate->count <= index)
		rate->count = index + 1;
}

/* --- copies -------------------------------------------------------------------------------- */

/* Of the kernel's writes: the function that made the system call. */
static const char *writing_object(const struct vmspy_trace_row *row)
{
	const struct vmspy_code_row *first = row->stack.count  ? row->stack.rows
					     : row->code.count ? row->code.rows
							       : NULL;

	return first ? first->object : NULL;
}

struct vmspy_error *vmspy_trace_sums_add(struct vmspy_trace_sums *sums,
					 const struct vmspy_trace_row *row,
					 enum vmspy_writer writer)
{
	struct vmspy_trace_sum sum = { .copies = 1, .bytes = row->copy_bytes }, process = sum,
			       mapping = sum, symbol = sum, function = sum;
	struct vmspy_error *err;

	process.pid = row->pid;
	process.name = row->comm;
	mapping.name = row->object;
	mapping.kind = row->kind;
	symbol.name = row->symbol;
	symbol.object = row->symbol_object;
	function.name = row->function;
	function.object = writing_object(row);
	sums->copies++;
	sums->bytes += row->copy_bytes;
	sums->by_writer[writer]++;
	add_time(&sums->rate, row->time_ns);
	if ((err = add(sums, VMSPY_BY_PROCESS, process)) ||
	    (err = add(sums, VMSPY_BY_MAPPING, mapping)))
		return err;
	if (row->symbol && (err = add(sums, VMSPY_BY_SYMBOL, symbol)))
		return err;
	return row->function ? add(sums, VMSPY_BY_FUNCTION, function) : NULL;
}

static int by_copies(const void *a, const void *b)
{
	const struct vmspy_trace_sum *left = a, *right = b;

	if (left->copies != right->copies)
		return left->copies < right->copies ? 1 : -1;
	return strcmp(left->name ? left->name : "", right->name ? right->name : "");
}

void vmspy_trace_sums_finish(struct vmspy_trace_sums *sums)
{
	struct vmspy_trace_rate *rate = &sums->rate;

	for (size_t i = 0; i < rate->count; i++)
		rate->bucket[i].begin_ns = rate->begin_ns + i * rate->bucket_ns;
	for (size_t i = 0; i < VMSPY_BY_COUNT; i++)
		if (sums->by[i].count)
			qsort(sums->by[i].sum, sums->by[i].count, sizeof(*sums->by[i].sum),
			      by_copies);
}
