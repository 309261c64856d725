#include "types/pointed.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "symbol/apart.h"
#include "symbol/demangle.h"
#include "symbol/lookup.h"
#include "symbol/place.h"

#include "base/banned.h"

#define TIME_NS      UINT64_C(300000000) /* for one file */
#define MEMORY_BYTES (UINT64_C(256) << 20)
#define ANSWER_BYTES (UINT64_C(16) << 20)

enum {
	FUNCTION_NAME_MAX = 4096
};

/* An address, and what was found there. */
struct target {
	uint64_t address;
	struct vmspy_place place; /* no image: nothing more is asked */
	char *name;               /* as the file has it; owned */
	uint64_t offset;
};

struct targets {
	struct target *target;
	size_t count;
};

static void end_targets(struct targets *targets)
{
	for (size_t i = 0; targets->target && i < targets->count; i++)
		free(targets->target[i].name);
	free(targets->target);
}

/* --- data ---------------------------------------------------------------------------------- */

/* The smallest that is there: what lies inside of another is more. */
static struct vmspy_error *find_data(struct vmspy_modules *modules, struct target *target)
{
	VMSPY_AUTO(vmspy_symbol_list_deinit) struct vmspy_symbol_list list = { 0 };
	const struct vmspy_symbol *best = NULL;
	struct vmspy_error *err =
		vmspy_symbols_in(modules, target->address, target->address + 1, &list);

	if (err)
		return err;
	for (size_t i = 0; i < list.count; i++)
		if (list.symbol[i].name && (!best || list.symbol[i].size_bytes < best->size_bytes))
			best = &list.symbol[i];
	if (!best)
		return NULL;
	target->offset = target->address - best->start;
	target->name = strdup(best->name);
	return target->name ? NULL : vmspy_error_no_memory();
}

static struct vmspy_error *find_one(struct vmspy_modules *modules, struct target *target)
{
	struct vmspy_error *err = vmspy_place_find_known(modules, target->address, &target->place);

	return err || !target->place.image ? err : find_data(modules, target);
}

/* --- functions ----------------------------------------------------------------------------- */

/* The addresses of one file. */
struct function_job {
	const struct targets *targets;
	const struct vmspy_image *image;
	int fd;
};

/* What the worker says of one address; the name follows. */
struct function_record {
	uint64_t index;
	uint64_t offset;
	uint64_t length;
};

struct function_answer {
	const struct vmspy_table *table;
	struct vmspy_apart_answer *answer;
	uint64_t index;
	uint64_t address; /* as linked */
	bool is_done;
};

static bool is_asked(const struct target *target, const struct vmspy_image *image)
{
	return !target->name && target->place.image == image;
}

static struct vmspy_error *tell_function(const struct vmspy_table_row *row, void *context)
{
	struct function_answer *told = context;
	const char *name = vmspy_table_name(told->table, row->name);
	char whole[sizeof(struct function_record) + FUNCTION_NAME_MAX];
	struct function_record record = {
		.index = told->index,
		.offset = told->address - row->start,
		.length = name ? strlen(name) : 0,
	};

	if (!record.length || record.length > FUNCTION_NAME_MAX || told->is_done)
		return NULL;
	told->is_done = true;
	memcpy(whole, &record, sizeof(record));
	memcpy(whole + sizeof(record), name, (size_t)record.length);
	return vmspy_apart_add(told->answer, whole, sizeof(record) + (size_t)record.length);
}

static struct vmspy_error *find_functions_apart(void *context, struct vmspy_apart_answer *answer)
{
	const struct function_job *job = context;
	VMSPY_AUTO(vmspy_image_deinit) struct vmspy_image image = { 0 };
	struct vmspy_error *err = NULL;
	bool is_read = false;

	for (size_t i = 0; !err && i < job->targets->count; i++) {
		const struct target *target = &job->targets->target[i];
		struct function_answer told = { .answer = answer, .index = i };
		struct vmspy_table_query query = { .found = tell_function, .context = &told };

		if (!is_asked(target, job->image))
			continue;
		if (!is_read &&
		    (err = vmspy_image_init_functions(dup(job->fd), target->place.object, &image)))
			break;
		is_read = true;
		told.table = &image.table;
		told.address = query.start = target->address - target->place.bias;
		query.end = query.start + 1;
		err = vmspy_table_find(&image.table, &query);
	}
	return err;
}

static struct vmspy_error *take_functions(const struct vmspy_buf *found,
					  const struct function_job *job)
{
	struct function_record record;
	size_t at = 0;

	while (found->length - at >= sizeof(record)) {
		struct target *target;

		memcpy(&record, found->text + at, sizeof(record));
		at += sizeof(record);
		if (record.index >= job->targets->count || record.length > found->length - at)
			return NULL;
		target = &job->targets->target[record.index];
		if (is_asked(target, job->image)) {
			target->offset = record.offset;
			target->name = strndup(found->text + at, (size_t)record.length);
			if (!target->name)
				return vmspy_error_no_memory();
		}
		at += (size_t)record.length;
	}
	return NULL;
}

/* A file that cannot be read has no names. */
static struct vmspy_error *find_functions(struct vmspy_modules *modules,
					  const struct targets *targets, const struct target *first)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf found = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *failed = NULL;
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct function_job job = { .targets = targets, .image = first->place.image };
	const struct vmspy_apart_job apart = {
		.work = find_functions_apart,
		.context = &job,
		.time_ns = TIME_NS,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes = ANSWER_BYTES,
	};

	if ((failed = vmspy_place_open(modules, &first->place, &fd)))
		return NULL;
	job.fd = fd;
	failed = vmspy_apart_run(&apart, &found);
	return take_functions(&found, &job);
}

static bool is_code(const struct target *target)
{
	const struct vmspy_image *image = target->place.image;
	uint64_t address = target->address - target->place.bias;
	const struct vmspy_elf_load *load =
		image ? vmspy_elf_load_of(&image->elf, address, address + 1) : NULL;

	return load && load->executable;
}

/* --- all of them --------------------------------------------------------------------------- */

static struct vmspy_error *find_all(struct vmspy_modules *modules, struct targets *targets)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < targets->count; i++)
		err = find_one(modules, &targets->target[i]);
	for (size_t i = 0; !err && i < targets->count; i++) {
		struct target *first = &targets->target[i];
		const struct vmspy_image *image = first->place.image;

		if (first->name || !is_code(first))
			continue;
		err = find_functions(modules, targets, first);
		for (size_t j = i; j < targets->count; j++)
			if (targets->target[j].place.image == image)
				targets->target[j].place.image = NULL;
	}
	return err;
}

static struct vmspy_error *write_name(const struct target *target, const char *demangled,
				      char **ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err =
		vmspy_buf_printf(&text, "%s", demangled ? demangled : target->name);

	if (!err && target->offset)
		err = vmspy_buf_printf(&text, "+%" PRIu64, target->offset);
	if (!err)
		*ret = vmspy_buf_take(&text);
	return err;
}

static struct vmspy_error *write_names(const struct targets *targets, char **ret)
{
	VMSPY_AUTO(vmspy_guard_free) const char **names = calloc(targets->count, sizeof(*names));
	struct vmspy_error *err;

	if (!names)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < targets->count; i++)
		names[i] = targets->target[i].name;
	err = vmspy_demangle(names, targets->count, ret);
	for (size_t i = 0; !err && i < targets->count; i++) {
		char *demangled = ret[i];

		if (targets->target[i].name)
			err = write_name(&targets->target[i], demangled, &ret[i]);
		if (!err)
			free(targets->target[i].name ? demangled : NULL);
	}
	for (size_t i = 0; err && i < targets->count; i++) {
		free(ret[i]);
		ret[i] = NULL;
	}
	return err;
}

struct vmspy_error *vmspy_pointed_find(struct vmspy_modules *modules, const uint64_t *addresses,
				       size_t count, char **ret)
{
	VMSPY_AUTO(end_targets) struct targets targets = { .count = count };
	struct vmspy_error *err;

	if (!count)
		return NULL;
	targets.target = calloc(count, sizeof(*targets.target));
	if (!targets.target)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		targets.target[i].address = addresses[i];
	if ((err = find_all(modules, &targets)))
		return err;
	return write_names(&targets, ret);
}
