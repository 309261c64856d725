#include "symbol/demangle.h"

#include <libiberty/demangle.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "symbol/apart.h"

#include "base/banned.h"

enum {
	TRIES_MAX = 4, /* names that break the worker before the rest is left as it is */
	NAME_BYTES_MAX = 16 * 1024,
	OPTIONS = DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO,
};

#define TIME_NS      UINT64_C(300000000)
#define MEMORY_BYTES (UINT64_C(64) << 20)
#define ANSWER_BYTES (UINT64_C(64) << 20) /* room; only what is written takes memory */

struct batch {
	const char *const *names;
	size_t count;
	size_t next; /* the first one to be done */
};

/* What the worker says of one name; its text follows. */
struct record {
	uint64_t index;
	uint64_t length; /* 0: it is about to be tried */
};

bool vmspy_demangle_is_mangled(const char *name)
{
	return name && name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

/* Two records a name: the first says who it was if the second never comes. */
static struct vmspy_error *demangle_one(const struct batch *batch, size_t index,
					struct vmspy_apart_answer *answer)
{
	VMSPY_AUTO(vmspy_guard_free) char *text = NULL;
	VMSPY_AUTO(vmspy_guard_free) char *whole = NULL;
	struct record record = { .index = index };
	struct vmspy_error *err = vmspy_apart_add(answer, &record, sizeof(record));

	if (err)
		return err;
	text = cplus_demangle(batch->names[index], OPTIONS);
	record.length = text ? strnlen(text, NAME_BYTES_MAX) : 0;
	if (!record.length || record.length == NAME_BYTES_MAX)
		return NULL;
	whole = malloc(sizeof(record) + record.length);
	if (!whole)
		return vmspy_error_no_memory();
	memcpy(whole, &record, sizeof(record));
	memcpy(whole + sizeof(record), text, record.length);
	return vmspy_apart_add(answer, whole, sizeof(record) + record.length);
}

static struct vmspy_error *demangle_apart(void *context, struct vmspy_apart_answer *answer)
{
	const struct batch *batch = context;
	struct vmspy_error *err = NULL;

	for (size_t i = batch->next; !err && i < batch->count; i++)
		if (vmspy_demangle_is_mangled(batch->names[i]))
			err = demangle_one(batch, i, answer);
	return err;
}

/* Take what the worker found. batch->next: behind the last name that was tried. */
static struct vmspy_error *take(const struct vmspy_buf *found, struct batch *batch, char **ret)
{
	struct record record;
	size_t at = 0;

	while (found->length - at >= sizeof(record)) {
		memcpy(&record, found->text + at, sizeof(record));
		at += sizeof(record);
		if (record.index < batch->next && record.index + 1 != batch->next)
			return NULL;
		if (record.index >= batch->count || record.length > found->length - at)
			return NULL;
		batch->next = (size_t)record.index + 1;
		if (!record.length || ret[record.index])
			continue;
		ret[record.index] = strndup(found->text + at, (size_t)record.length);
		if (!ret[record.index])
			return vmspy_error_no_memory();
		at += (size_t)record.length;
	}
	return NULL;
}

/* ret: whether all names were tried. */
static struct vmspy_error *demangle_some(struct batch *batch, char **ret, bool *ret_done)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf found = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *broken = NULL;
	const struct vmspy_apart_job job = {
		.work = demangle_apart,
		.context = batch,
		.time_ns = TIME_NS,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes = ANSWER_BYTES,
	};

	broken = vmspy_apart_run(&job, &found);
	*ret_done = !broken;
	return take(&found, batch, ret);
}

static bool any_is_mangled(const struct batch *batch)
{
	for (size_t i = batch->next; i < batch->count; i++)
		if (vmspy_demangle_is_mangled(batch->names[i]))
			return true;
	return false;
}

struct vmspy_error *vmspy_demangle(const char *const *names, size_t count, char **ret)
{
	struct batch batch = { .names = names, .count = count };
	struct vmspy_error *err = NULL;
	bool done = false;

	memset(ret, 0, count * sizeof(*ret));
	for (int i = 0; !err && !done && i < TRIES_MAX && any_is_mangled(&batch); i++)
		err = demangle_some(&batch, ret, &done);
	for (size_t i = 0; err && i < count; i++) {
		free(ret[i]);
		ret[i] = NULL;
	}
	return err;
}
