#include "types/typed_fill.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "types/leaf_text.h"
#include "types/pointed.h"

#include "base/banned.h"

void vmspy_filling_deinit(struct vmspy_filling *filling)
{
	free(filling->pointer);
	free(filling->member_room);
	*filling = (struct vmspy_filling){ 0 };
}

/* --- taking -------------------------------------------------------------------------------- */

/* ret: a copy, escaped: the worker may have been led astray. The caller's to free. */
static struct vmspy_error *copy_text(const char *text, char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf copy = { 0 };
	struct vmspy_error *err = vmspy_buf_reserve(&copy, 1);

	if (!err)
		err = vmspy_escape_line(&copy, text, strlen(text));
	if (err)
		return err;
	copy.text[copy.length] = '\0';
	free(*ret);
	*ret = vmspy_buf_take(&copy);
	return NULL;
}

/* Hand out what escaping is no longer needed of: known texts stay as they are. */
static struct vmspy_error *clean_value(struct vmspy_value *value)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_escape_line(&text, value->text, strlen(value->text));

	if (!err)
		vmspy_text_set(value, &text);
	return err;
}

static struct vmspy_error *note_pointer(struct vmspy_filling *filling,
					const struct vmspy_record *record, size_t member_index,
					bool of_b)
{
	uint64_t address = of_b ? record->points_b : record->points_a;
	struct vmspy_error *err;

	if (!record->is_pointer || !address)
		return NULL;
	err = vmspy_array_grow(&filling->pointer, &filling->pointer_room, filling->pointer_count,
			       sizeof(*filling->pointer));
	if (err)
		return err;
	filling->pointer[filling->pointer_count++] = (struct vmspy_pointer){
		.typed_index = record->index,
		.member_index = member_index,
		.of_b = of_b,
		.address = address,
	};
	return NULL;
}

static struct vmspy_error *note_pointers(struct vmspy_filling *filling,
					 const struct vmspy_record *record, size_t member_index)
{
	struct vmspy_error *err = note_pointer(filling, record, member_index, false);

	return err ? err : note_pointer(filling, record, member_index, true);
}

static struct vmspy_error *take_variable(struct vmspy_filling *filling,
					 const struct vmspy_record *record)
{
	struct vmspy_typed *typed = &filling->list->typed[record->index];
	const char *symbol = filling->query->symbol[record->index]->name;
	struct vmspy_error *err = copy_text(record->type, &typed->type);

	if (!err && strcmp(record->path, symbol))
		err = copy_text(record->path, &typed->name);
	if (err)
		return err;
	typed->value_a = record->value_a;
	typed->value_b = record->value_b;
	if ((err = clean_value(&typed->value_a)) || (err = clean_value(&typed->value_b)))
		return err;
	return note_pointers(filling, record, SIZE_MAX);
}

static bool is_inside(const struct vmspy_record *record, const struct vmspy_symbol *symbol)
{
	return record->size_bytes && record->start >= symbol->start &&
	       record->size_bytes <= symbol->size_bytes &&
	       record->start - symbol->start <= symbol->size_bytes - record->size_bytes;
}

static struct vmspy_error *take_member(struct vmspy_filling *filling,
				       const struct vmspy_record *record)
{
	struct vmspy_typed *typed = &filling->list->typed[record->index];
	struct vmspy_member *member;
	struct vmspy_error *err;

	if (typed->member_count >= filling->query->members_max ||
	    !is_inside(record, filling->query->symbol[record->index]))
		return NULL;
	err = vmspy_array_grow(&typed->member, &filling->member_room[record->index],
			       typed->member_count, sizeof(*typed->member));
	if (err)
		return err;
	member = &typed->member[typed->member_count++];
	*member = (struct vmspy_member){
		.start = record->start,
		.size_bytes = record->size_bytes,
		.changed_bytes = record->changed_bytes,
		.in_union = record->in_union,
		.value_a = record->value_a,
		.value_b = record->value_b,
	};
	if ((err = copy_text(record->path, &member->path)) ||
	    (err = copy_text(record->type, &member->type)) ||
	    (err = clean_value(&member->value_a)) || (err = clean_value(&member->value_b)))
		return err;
	return note_pointers(filling, record, typed->member_count - 1);
}

struct vmspy_error *vmspy_filling_take(struct vmspy_filling *filling,
				       const struct vmspy_record *record)
{
	switch (record->kind) {
	case VMSPY_RECORD_VARIABLE:
		return take_variable(filling, record);
	case VMSPY_RECORD_MEMBER:
		return take_member(filling, record);
	case VMSPY_RECORD_LEFT_OUT:
		filling->list->typed[record->index].left_out_count = (size_t)record->size_bytes;
		return NULL;
	case VMSPY_RECORD_NO_DWARF:
	default:
		return NULL;
	}
}

/* --- finishing ----------------------------------------------------------------------------- */

static struct vmspy_value *value_of(const struct vmspy_filling *filling,
				    const struct vmspy_pointer *pointer)
{
	struct vmspy_typed *typed = &filling->list->typed[pointer->typed_index];

	if (pointer->member_index == SIZE_MAX)
		return pointer->of_b ? &typed->value_b : &typed->value_a;
	return pointer->of_b ? &typed->member[pointer->member_index].value_b
			     : &typed->member[pointer->member_index].value_a;
}

/* "0x5555 "text"" becomes "0x5555 <name> "text"". */
static struct vmspy_error *insert_name(struct vmspy_value *value, const char *name)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	size_t length = strcspn(value->text, " ");
	struct vmspy_error *err;

	if (!length)
		return NULL;
	if ((err = vmspy_buf_append(&text, value->text, length)) ||
	    (err = vmspy_buf_append(&text, " <", 2)) ||
	    (err = vmspy_escape_line(&text, name, strlen(name))) ||
	    (err = vmspy_buf_append(&text, ">", 1)) ||
	    (err = vmspy_buf_printf(&text, "%s", value->text + length)))
		return err;
	vmspy_text_set(value, &text);
	return NULL;
}

static struct vmspy_error *name_pointers(struct vmspy_filling *filling,
					 struct vmspy_modules *modules)
{
	size_t count = filling->pointer_count;
	VMSPY_AUTO(vmspy_guard_free) uint64_t *addresses = calloc(count + 1, sizeof(*addresses));
	VMSPY_AUTO(vmspy_guard_free) char **names = calloc(count + 1, sizeof(*names));
	struct vmspy_error *err;

	if (!addresses || !names)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		addresses[i] = filling->pointer[i].address;
	err = vmspy_pointed_find(modules, addresses, count, names);
	for (size_t i = 0; i < count; i++) {
		if (!err && names[i])
			err = insert_name(value_of(filling, &filling->pointer[i]), names[i]);
		free(names[i]);
	}
	return err;
}

static int by_start(const void *x, const void *y)
{
	const struct vmspy_member *a = x, *b = y;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return strcmp(a->path, b->path);
}

struct vmspy_error *vmspy_filling_finish(struct vmspy_filling *filling,
					 struct vmspy_modules *modules)
{
	struct vmspy_error *err = name_pointers(filling, modules);

	for (size_t i = 0; !err && i < filling->list->count; i++) {
		struct vmspy_typed *typed = &filling->list->typed[i];

		if (typed->member_count)
			qsort(typed->member, typed->member_count, sizeof(*typed->member), by_start);
	}
	return err;
}
