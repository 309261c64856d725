#include "blame/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "blame/dumped_stacks.h"
#include "blame/place_names.h"
#include "blame/written_members.h"
#include "symbol/modules.h"
#include "symbol/spot.h"
#include "types/source_line.h"

#include "base/banned.h"

enum {
	STACK_MAX = VMSPY_DUMPED_STACK_MAX,
	OPEN_MAX = 8,                  /* images whose files stay open */
	GROUP_MAX = VMSPY_WRITTEN_MAX, /* places that are looked up at once */
};

/* An image, and the files that were opened for it. */
struct opened {
	struct vmspy_image *image;
	struct vmspy_modules *modules;
	uint64_t used; /* when, in turns */
};

/* A place that is not known yet. */
struct wanted {
	struct vmspy_image *image;
	struct vmspy_place_key key;
	uint64_t address;
};

struct vmspy_namer {
	struct vmspy_place_names names;
	struct opened open[OPEN_MAX];
	uint64_t turn;
	struct wanted *wanted;
	size_t wanted_count, wanted_room;
	struct vmspy_dumped_stacks dumped; /* of the batch that was prepared last */
	struct vmspy_code_name stack[STACK_MAX];
};

struct vmspy_error *vmspy_namer_create(struct vmspy_namer **ret)
{
	struct vmspy_namer *namer = calloc(1, sizeof(*namer));

	if (!namer)
		return vmspy_error_no_memory();
	*ret = namer;
	return NULL;
}

static void forget_opened(struct opened *opened)
{
	vmspy_modules_destroy(opened->modules);
	vmspy_image_drop(opened->image);
	*opened = (struct opened){ 0 };
}

void vmspy_namer_destroy(struct vmspy_namer *namer)
{
	if (!namer)
		return;
	for (size_t i = 0; i < OPEN_MAX; i++)
		forget_opened(&namer->open[i]);
	vmspy_place_names_deinit(&namer->names);
	free(namer->wanted);
	vmspy_dumped_stacks_deinit(&namer->dumped);
	free(namer);
}

/* The files of an image; of those that are open the one that was not used for longest makes room. */
static struct vmspy_error *open_image(struct vmspy_namer *namer, struct vmspy_image *image,
				      struct vmspy_modules **ret)
{
	struct opened *oldest = &namer->open[0];
	struct vmspy_error *err;

	for (size_t i = 0; i < OPEN_MAX; i++) {
		struct opened *opened = &namer->open[i];

		if (opened->image == image) {
			opened->used = ++namer->turn;
			*ret = opened->modules;
			return NULL;
		}
		if (opened->used < oldest->used)
			oldest = opened;
	}
	forget_opened(oldest);
	if ((err = vmspy_modules_create(vmspy_image_space(image), &oldest->modules)))
		return err;
	oldest->image = vmspy_image_keep(image);
	oldest->used = ++namer->turn;
	*ret = oldest->modules;
	return NULL;
}

/* --- what is wanted ------------------------------------------------------------------------ */

static bool is_page_event(const struct vmspy_trace_event *event)
{
	return event->image &&
	       (event->kind == VMSPY_TRACE_COPY || event->kind == VMSPY_TRACE_FAULT);
}

/* Of callers it is the call that tells, not what follows it. */
static uint64_t telling_address(const struct vmspy_trace_code *code, size_t index, uint64_t ip)
{
	bool is_exact = !index && !code->by_kernel;

	return is_exact || !ip ? ip : ip - 1;
}

static struct vmspy_error *want(struct vmspy_namer *namer, struct vmspy_image *image,
				uint64_t address, bool is_code)
{
	struct vmspy_place_name *name;
	struct vmspy_place_key key;
	struct vmspy_error *err;

	if (!vmspy_place_key_of(vmspy_image_space(image), address, is_code, &key) ||
	    vmspy_place_names_find(&namer->names, &key))
		return NULL;
	if ((err = vmspy_array_grow(&namer->wanted, &namer->wanted_room, namer->wanted_count,
				    sizeof(*namer->wanted))) ||
	    (err = vmspy_place_names_add(&namer->names, &key, &name)))
		return err;
	namer->wanted[namer->wanted_count++] = (struct wanted){ image, key, address };
	return NULL;
}

/* ret: what a stack is followed by: its dump, if that led anywhere. */
static struct vmspy_addresses addresses_of(const struct vmspy_namer *namer,
					   const struct vmspy_trace_event *event)
{
	const struct vmspy_trace_code *code = &event->page.code;
	struct vmspy_addresses addresses = vmspy_dumped_stacks_of(&namer->dumped, event);

	if (!addresses.count)
		addresses = (struct vmspy_addresses){ code->chain, code->chain_count };
	if (addresses.count > STACK_MAX)
		addresses.count = STACK_MAX;
	return addresses;
}

static struct vmspy_error *want_all_of(struct vmspy_namer *namer,
				       const struct vmspy_trace_event *event)
{
	const struct vmspy_trace_code *code = &event->page.code;
	struct vmspy_addresses stack = addresses_of(namer, event);
	struct vmspy_error *err = NULL;

	if (event->page.address != VMSPY_ADDRESS_UNKNOWN)
		err = want(namer, event->image, event->page.address, false);
	if (!err && code->ip != VMSPY_ADDRESS_UNKNOWN && !code->by_kernel)
		err = want(namer, event->image, code->ip, true);
	for (size_t i = 0; !err && i < stack.count; i++)
		err = want(namer, event->image, telling_address(code, i, stack.at[i]), true);
	return err;
}

/* --- looking up ---------------------------------------------------------------------------- */

static struct vmspy_error *look_up(struct vmspy_namer *namer, struct vmspy_modules *modules,
				   const struct wanted *wanted)
{
	struct vmspy_place_name *name = vmspy_place_names_find(&namer->names, &wanted->key);
	VMSPY_AUTO(vmspy_spot_deinit) struct vmspy_spot spot = { 0 };
	struct vmspy_error *err = vmspy_spot_find(modules, wanted->address, &spot);

	if (err || (err = vmspy_place_names_keep(&namer->names, spot.object, &name->object)))
		return err;
	if (!spot.symbol || spot.is_function != wanted->key.is_code)
		return NULL;
	name->symbol_offset_bytes = wanted->address - spot.symbol_start;
	return vmspy_place_names_keep(&namer->names, spot.symbol, &name->symbol);
}

/* Members of the variables among some that are wanted, all of one image, ascending. */
static struct vmspy_error *look_up_members(struct vmspy_namer *namer, struct vmspy_modules *modules,
					   const struct wanted *wanted, size_t count)
{
	uint64_t address[GROUP_MAX];
	char *member[GROUP_MAX];
	size_t of[GROUP_MAX], found = 0;
	struct vmspy_error *err;

	for (size_t i = 0; i < count; i++)
		if (!wanted[i].key.is_code &&
		    vmspy_place_names_find(&namer->names, &wanted[i].key)->symbol) {
			of[found] = i;
			address[found++] = wanted[i].address;
		}
	if (!found || (err = vmspy_written_members(modules, address, found, member)))
		return found ? err : NULL;
	for (size_t i = 0; i < found; i++) {
		struct vmspy_place_name *name =
			vmspy_place_names_find(&namer->names, &wanted[of[i]].key);

		if (!err)
			err = vmspy_place_names_keep(&namer->names, member[i], &name->member);
		free(member[i]);
	}
	return err;
}

/* Lines of the code among some that are wanted, all of one image. */
static struct vmspy_error *look_up_lines(struct vmspy_namer *namer, struct vmspy_modules *modules,
					 const struct wanted *wanted, size_t count)
{
	struct vmspy_source_line line[GROUP_MAX];
	uint64_t address[GROUP_MAX];
	size_t of[GROUP_MAX], found = 0;
	struct vmspy_error *err;

	for (size_t i = 0; i < count; i++)
		if (wanted[i].key.is_code) {
			of[found] = i;
			address[found++] = wanted[i].address;
		}
	if ((err = vmspy_source_lines_find(modules, address, found, line)))
		return err;
	for (size_t i = 0; i < found; i++) {
		struct vmspy_place_name *name =
			vmspy_place_names_find(&namer->names, &wanted[of[i]].key);

		if (!err)
			err = vmspy_place_names_keep(&namer->names, line[i].file, &name->file);
		name->line = line[i].line;
		vmspy_source_line_deinit(&line[i]);
	}
	return err;
}

static int compare(uint64_t left, uint64_t right)
{
	return (left > right) - (left < right);
}

/* And within one by address. */
static int by_image(const void *a, const void *b)
{
	const struct wanted *left = a, *right = b;

	if (left->image != right->image)
		return compare((uintptr_t)left->image, (uintptr_t)right->image);
	return compare(left->address, right->address);
}

/* Of one image, and no more than fit. ret: how many. */
static size_t group_at(const struct vmspy_namer *namer, size_t first)
{
	size_t end = first;

	while (end < namer->wanted_count && end - first < GROUP_MAX &&
	       namer->wanted[end].image == namer->wanted[first].image)
		end++;
	return end - first;
}

static struct vmspy_error *look_up_all(struct vmspy_namer *namer)
{
	struct vmspy_modules *modules;
	struct vmspy_error *err = NULL;
	size_t count;

	if (namer->wanted_count)
		qsort(namer->wanted, namer->wanted_count, sizeof(*namer->wanted), by_image);
	for (size_t first = 0; !err && first < namer->wanted_count; first += count) {
		count = group_at(namer, first);
		if ((err = open_image(namer, namer->wanted[first].image, &modules)))
			return err;
		for (size_t i = first; !err && i < first + count; i++)
			err = look_up(namer, modules, &namer->wanted[i]);
		if (err || (err = look_up_members(namer, modules, &namer->wanted[first], count)))
			return err;
		err = look_up_lines(namer, modules, &namer->wanted[first], count);
	}
	namer->wanted_count = 0;
	return err;
}

/* --- the calls ----------------------------------------------------------------------------- */

/* The dumps of one image after the other. */
static struct vmspy_error *unwind(struct vmspy_namer *namer, const struct vmspy_trace_batch *batch)
{
	struct vmspy_error *err = vmspy_dumped_stacks_take(&namer->dumped, batch);
	struct vmspy_modules *modules;
	size_t end;

	for (size_t first = 0; !err && first < namer->dumped.count; first = end) {
		const struct vmspy_dumped_stack *stack = &namer->dumped.stack[first];

		end = vmspy_dumped_stacks_group(&namer->dumped, first);
		err = open_image(namer, stack->event->image, &modules);
		if (!err)
			err = vmspy_dumped_stacks_unwind(&namer->dumped, modules, first, end);
	}
	return err;
}

struct vmspy_error *vmspy_namer_prepare(struct vmspy_namer *namer,
					const struct vmspy_trace_batch *batch)
{
	struct vmspy_error *err = unwind(namer, batch);

	if (namer->names.count > VMSPY_PLACE_NAMES_MAX)
		vmspy_place_names_deinit(&namer->names);
	for (size_t i = 0; !err && i < batch->count; i++)
		if (is_page_event(&batch->event[i]))
			err = want_all_of(namer, &batch->event[i]);
	return err ? err : look_up_all(namer);
}

static const struct vmspy_place_name *name_at(const struct vmspy_namer *namer,
					      const struct vmspy_trace_event *event,
					      uint64_t address, bool is_code)
{
	struct vmspy_place_key key;

	if (!vmspy_place_key_of(vmspy_image_space(event->image), address, is_code, &key))
		return NULL;
	return vmspy_place_names_find(&namer->names, &key);
}

static struct vmspy_code_name code_name(const struct vmspy_namer *namer,
					const struct vmspy_trace_event *event, uint64_t ip,
					uint64_t address)
{
	const struct vmspy_place_name *name = name_at(namer, event, address, true);
	struct vmspy_code_name code = { .ip = ip };

	if (!name)
		return code;
	code.symbol = name->symbol;
	code.symbol_offset_bytes = name->symbol_offset_bytes + (ip - address);
	code.object = name->object;
	code.file = name->file;
	code.line = name->line;
	return code;
}

void vmspy_namer_name(struct vmspy_namer *namer, const struct vmspy_trace_event *event,
		      struct vmspy_writer_names *ret)
{
	const struct vmspy_trace_code *code = &event->page.code;
	const struct vmspy_place_name *data;
	struct vmspy_addresses stack;

	*ret = (struct vmspy_writer_names){ .code = { .ip = code->ip } };
	if (!is_page_event(event))
		return;
	data = name_at(namer, event, event->page.address, false);
	if (data) {
		ret->symbol = data->symbol;
		ret->symbol_offset_bytes = data->symbol_offset_bytes;
		ret->object = data->object;
		ret->member = data->member;
	}
	if (code->by_kernel)
		ret->code.object = "[kernel]";
	else if (code->ip != VMSPY_ADDRESS_UNKNOWN)
		ret->code = code_name(namer, event, code->ip, code->ip);
	stack = addresses_of(namer, event);
	for (size_t i = 0; i < stack.count; i++)
		namer->stack[i] =
			code_name(namer, event, stack.at[i], telling_address(code, i, stack.at[i]));
	ret->stack = namer->stack;
	ret->stack_count = stack.count;
}
