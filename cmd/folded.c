#include "folded.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/path.h"

#include "base/banned.h"

enum {
	STACKS_MAX = 1 << 20,
};

struct folded_stack {
	char *line;
	uint64_t hash;
	uint64_t copies;
};

void folded_deinit(struct folded *folded)
{
	for (size_t i = 0; i < folded->count; i++)
		free(folded->stack[i].line);
	free(folded->stack);
	vmspy_slots_deinit(&folded->slots);
	*folded = (struct folded){ 0 };
}

/* --- a line -------------------------------------------------------------------------------- */

/* A name must not end the line, or the frame. */
static struct vmspy_error *append_name(struct vmspy_buf *buf, const char *name)
{
	size_t start = buf->length;
	struct vmspy_error *err = vmspy_escape_line(buf, name, strlen(name));

	for (size_t i = start; !err && i < buf->length; i++)
		if (buf->text[i] == ';')
			buf->text[i] = ':';
	return err;
}

static struct vmspy_error *append_frame(struct vmspy_buf *buf, const struct vmspy_code_row *code)
{
	struct vmspy_error *err = vmspy_buf_printf(buf, ";");

	if (err)
		return err;
	if (code->symbol)
		return append_name(buf, code->symbol);
	if (!code->object)
		return vmspy_buf_printf(buf, "[unknown]");
	if (code->object[0] == '[')
		return append_name(buf, code->object);
	if ((err = vmspy_buf_printf(buf, "[")) ||
	    (err = append_name(buf, vmspy_path_last(code->object))))
		return err;
	return vmspy_buf_printf(buf, "]");
}

static struct vmspy_error *append_stack(struct vmspy_buf *buf, const struct vmspy_trace_row *row)
{
	const struct vmspy_nested *frames = row->stack.count ? &row->stack : &row->code;
	struct vmspy_error *err = append_name(buf, row->comm);

	if (!err && !frames->count)
		err = vmspy_buf_printf(buf, ";[unobserved]");
	for (size_t i = frames->count; !err && i; i--)
		err = append_frame(buf, vmspy_nested_row(frames, i - 1));
	/* The kernel's own code comes last: it wrote for the function that called it. */
	if (!err && row->stack.count && row->access && !strcmp(row->access, "kernel"))
		err = append_frame(buf, vmspy_nested_row(&row->code, 0));
	return err;
}

/* --- the stacks ---------------------------------------------------------------------------- */

static uint64_t hash_of(const void *stacks, size_t index)
{
	return ((const struct folded_stack *)stacks)[index].hash;
}

static bool is_same(const void *stacks, size_t index, const void *key)
{
	return !strcmp(((const struct folded_stack *)stacks)[index].line, key);
}

struct vmspy_error *folded_add(struct folded *folded, const struct vmspy_trace_row *row)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf line = { 0 };
	struct vmspy_error *err = append_stack(&line, row);
	const struct vmspy_slots_items items = { hash_of, folded->stack, folded->count };
	struct vmspy_slots_key key = { .is = is_same, .items = folded->stack };
	size_t *slot;

	if (err || (err = vmspy_slots_reserve(&folded->slots, &items)))
		return err;
	key.hash = vmspy_hash_text(VMSPY_HASH_BEGIN, line.text);
	key.key = line.text;
	slot = vmspy_slots_find(&folded->slots, &key);
	if (*slot != VMSPY_SLOT_FREE) {
		folded->stack[*slot].copies++;
		return NULL;
	}
	if (folded->count == STACKS_MAX) {
		folded->left_out++;
		return NULL;
	}
	if ((err = vmspy_array_grow(&folded->stack, &folded->room, folded->count,
				    sizeof(*folded->stack))))
		return err;
	*slot = folded->count;
	folded->stack[folded->count++] =
		(struct folded_stack){ vmspy_buf_take(&line), key.hash, 1 };
	return NULL;
}

static int by_copies(const void *a, const void *b)
{
	const struct folded_stack *left = a, *right = b;

	if (left->copies != right->copies)
		return left->copies < right->copies ? 1 : -1;
	return strcmp(left->line, right->line);
}

void folded_print(struct folded *folded, FILE *out)
{
	if (folded->count)
		qsort(folded->stack, folded->count, sizeof(*folded->stack), by_copies);
	for (size_t i = 0; i < folded->count; i++)
		fprintf(out, "%s %" PRIu64 "\n", folded->stack[i].line, folded->stack[i].copies);
}
