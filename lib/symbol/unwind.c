#include "symbol/unwind.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "symbol/apart.h"
#include "symbol/place.h"
#include "symbol/stack_walk.h"

#include "base/banned.h"

#define TIME_NS      UINT64_C(3000000000)
#define MEMORY_BYTES (UINT64_C(256) << 20)
#define ANSWER_BYTES ((size_t)32 << 20) /* 2,000 threads with a hundred frames each, and names */

/* A function that was told. */
struct named {
	uint64_t at;
	size_t place; /* in the names */
};

struct naming {
	struct named *named;
	size_t count;
	size_t room;
	struct vmspy_buf names;
};

static void naming_deinit(struct naming *naming)
{
	free(naming->named);
	vmspy_buf_deinit(&naming->names);
}

/* What comes back, taken apart. */
struct answer {
	const struct vmspy_stack_walk *walk;
	struct vmspy_unwound *unwound;
	uint64_t *at; /* of each frame */
	size_t at_room;
	struct naming naming;
};

static void answer_deinit(struct answer *answer)
{
	free(answer->at);
	naming_deinit(&answer->naming);
}

static const char *object_at(const struct answer *answer, uint64_t address)
{
	const struct vmspy_mapping *mapping =
		vmspy_layout_find(vmspy_space_layout(answer->walk->space), address);

	return mapping ? mapping->vma.name : NULL;
}

static struct vmspy_error *add_frame(struct answer *answer,
				     const struct vmspy_stack_walk_record *record)
{
	struct vmspy_unwound *unwound = answer->unwound;
	struct vmspy_error *err;

	if ((err = vmspy_array_grow(&answer->at, &answer->at_room, unwound->count,
				    sizeof(*answer->at))) ||
	    (err = vmspy_array_grow(&unwound->frame, &unwound->room, unwound->count,
				    sizeof(*unwound->frame))))
		return err;
	answer->at[unwound->count] = record->at;
	unwound->frame[unwound->count++] = (struct vmspy_unwind_frame){
		.thread_index = (size_t)record->thread_index,
		.pc = record->pc,
		.start = record->start,
		.end = record->end,
		.object = object_at(answer, record->at),
	};
	return NULL;
}

static struct vmspy_error *add_name(struct naming *naming, uint64_t at, const char *name,
				    size_t length)
{
	struct vmspy_error *err = vmspy_array_grow(&naming->named, &naming->room, naming->count,
						   sizeof(*naming->named));

	if (err || !length)
		return err;
	naming->named[naming->count++] = (struct named){ .at = at, .place = naming->names.length };
	if (!(err = vmspy_buf_append(&naming->names, name, length)))
		err = vmspy_buf_append(&naming->names, "", 1);
	return err;
}

static struct vmspy_error *add_cut(struct vmspy_unwound *unwound, const char *why, size_t length)
{
	unwound->cut_count++;
	if (unwound->reason || !length)
		return NULL;
	unwound->reason = strndup(why, length);
	return unwound->reason ? NULL : vmspy_error_no_memory();
}

/* Whether a record can be what the walker was asked for: it may have been led astray. */
static bool is_sane(const struct answer *answer, const struct vmspy_stack_walk_record *record)
{
	const struct vmspy_unwound *unwound = answer->unwound;
	const struct vmspy_unwind_frame *last =
		unwound->count ? &unwound->frame[unwound->count - 1] : NULL;

	if (record->kind == VMSPY_STACK_WALK_NAME)
		return true;
	if (record->thread_index >= answer->walk->count || record->start > record->end)
		return false;
	return record->kind == VMSPY_STACK_WALK_CUT ||
	       (record->kind == VMSPY_STACK_WALK_FRAME &&
		(!last || last->thread_index <= record->thread_index));
}

/* ret: the bytes of the record, 0: it is none. */
static size_t take_record(const char *bytes, size_t left, struct vmspy_stack_walk_record *ret)
{
	if (left < sizeof(*ret))
		return 0;
	memcpy(ret, bytes, sizeof(*ret));
	if (ret->name_bytes > VMSPY_STACK_WALK_NAME_MAX || ret->name_bytes > left - sizeof(*ret))
		return 0;
	return sizeof(*ret) + ret->name_bytes;
}

static struct vmspy_error *take_all(struct answer *answer, const struct vmspy_buf *bytes)
{
	struct vmspy_stack_walk_record record;
	struct vmspy_error *err = NULL;
	size_t at = 0, size;

	while (!err &&
	       (size = take_record(vmspy_buf_text(bytes) + at, bytes->length - at, &record))) {
		const char *name = bytes->text + at + sizeof(record);

		if (!is_sane(answer, &record))
			return NULL;
		if (record.kind == VMSPY_STACK_WALK_FRAME)
			err = add_frame(answer, &record);
		else if (record.kind == VMSPY_STACK_WALK_NAME)
			err = add_name(&answer->naming, record.at, name, record.name_bytes);
		else
			err = add_cut(answer->unwound, name, record.name_bytes);
		at += size;
	}
	return err;
}

static int by_address(const void *x, const void *y)
{
	const struct named *a = x, *b = y;

	return (a->at > b->at) - (a->at < b->at);
}

/* All names first, then the pointers into them: they move while they grow. */
static void name_frames(struct answer *answer)
{
	struct naming *naming = &answer->naming;
	struct vmspy_unwound *unwound = answer->unwound;

	if (!naming->count)
		return;
	qsort(naming->named, naming->count, sizeof(*naming->named), by_address);
	unwound->names = vmspy_buf_take(&naming->names);
	for (size_t i = 0; i < unwound->count; i++) {
		struct named key = { .at = answer->at[i] };
		const struct named *named = bsearch(&key, naming->named, naming->count,
						    sizeof(*naming->named), by_address);

		if (named)
			unwound->frame[i].function = unwound->names + named->place;
	}
}

/* Threads that no frame came back of were cut as well. */
static void count_missing(struct vmspy_unwound *unwound, size_t thread_count)
{
	size_t met = 0;

	for (size_t i = 0; i < unwound->count; i++)
		met += !i || unwound->frame[i].thread_index != unwound->frame[i - 1].thread_index;
	if (unwound->cut_count < thread_count - met)
		unwound->cut_count = thread_count - met;
}

/* failed: what the work ended with; ended here. */
static struct vmspy_error *explain(struct vmspy_unwound *unwound, struct vmspy_error *failed)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *ended = failed;

	if (!ended)
		return NULL;
	free(unwound->reason);
	unwound->reason = strdup(vmspy_error_message(ended));
	return unwound->reason ? NULL : vmspy_error_no_memory();
}

struct vmspy_error *vmspy_unwind(struct vmspy_modules *modules,
				 const struct vmspy_unwind_thread *threads, size_t count,
				 struct vmspy_unwound *ret)
{
	struct vmspy_stack_walk walk = {
		.space = vmspy_modules_space(modules),
		.thread = threads,
		.count = count,
	};
	const struct vmspy_apart_job job = {
		.work = vmspy_stack_walk_run,
		.context = &walk,
		.time_ns = TIME_NS,
		.memory_bytes = MEMORY_BYTES,
		.answer_bytes = ANSWER_BYTES,
	};
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf bytes = { 0 };
	VMSPY_AUTO(vmspy_unwound_deinit) struct vmspy_unwound unwound = { 0 };
	VMSPY_AUTO(answer_deinit) struct answer answer = { .walk = &walk, .unwound = &unwound };
	struct vmspy_error *err;

	if (count && ((err = explain(&unwound, vmspy_apart_run(&job, &bytes))) ||
		      (err = take_all(&answer, &bytes))))
		return err;
	name_frames(&answer);
	count_missing(&unwound, count);
	*ret = unwound;
	unwound = (struct vmspy_unwound){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_unwound_deinit(struct vmspy_unwound *unwound)
{
	free(unwound->frame);
	free(unwound->reason);
	free(unwound->names);
	*unwound = (struct vmspy_unwound){ 0 };
}
