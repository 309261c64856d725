#include "blame/stack_frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "blame/stack_pages.h"
#include "symbol/demangle.h"
#include "symbol/unwind.h"

#include "base/banned.h"

#define NO_JOB SIZE_MAX

/* One side while its stacks are unwound. */
struct side {
	const struct vmspy_pair *pair;
	const struct vmspy_stack_list *list;
	bool of_b;
	struct vmspy_unwind_thread *job; /* what is to be unwound */
	size_t job_count;
	size_t *job_of;       /* of each thread; NO_JOB: it is not unwound */
	size_t unknown_count; /* threads without registers */
	size_t unkept_count;  /* threads whose stacks were not kept */
};

static void side_deinit(struct side *side)
{
	free(side->job);
	free(side->job_of);
}

static const struct vmspy_thread *thread_of(const struct side *side,
					    const struct vmspy_stack *stack)
{
	return side->of_b ? stack->thread_b : stack->thread_a;
}

static void add_job(struct side *side, size_t index)
{
	const struct vmspy_thread *thread = &side->list->threads.thread[index];
	const struct vmspy_stack_bytes *stack = &side->list->stack[index];

	if (side->job_of[index] != NO_JOB)
		return;
	side->unknown_count += !thread->registers.known;
	side->unkept_count += thread->registers.known && !stack->size_bytes;
	if (!thread->registers.known || !stack->size_bytes)
		return;
	side->job_of[index] = side->job_count;
	side->job[side->job_count++] = (struct vmspy_unwind_thread){
		.registers = &thread->registers,
		.bytes = side->list->bytes + stack->offset_bytes,
		.start = stack->start,
		.size_bytes = stack->size_bytes,
	};
}

/* Only threads whose stacks have diverged pages. */
static struct vmspy_error *add_jobs(struct side *side, const struct vmspy_stacks *stacks)
{
	size_t count = side->list->threads.count;

	side->job = calloc(count + 1, sizeof(*side->job));
	side->job_of = malloc((count + 1) * sizeof(*side->job_of));
	if (!side->job || !side->job_of)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		side->job_of[i] = NO_JOB;
	for (size_t i = 0; i < stacks->count; i++) {
		const struct vmspy_thread *thread = thread_of(side, &stacks->stack[i]);

		if (thread)
			add_job(side, (size_t)(thread - side->list->threads.thread));
	}
	return NULL;
}

/* --- frames -------------------------------------------------------------------------------- */

/* Without the version of a symbol: read@@GLIBC_2.2.5. */
static char *without_version(const char *name)
{
	size_t length = strcspn(name, "@");

	return length ? strndup(name, length) : strdup(name);
}

static struct vmspy_error *add_frame(const struct side *side, const struct vmspy_unwind_frame *from,
				     struct vmspy_stack *stack)
{
	uint64_t start = from->start > stack->start ? from->start : stack->start;
	uint64_t end = from->end < stack->end ? from->end : stack->end;
	struct vmspy_stack_frame frame = {
		.object = from->object,
		.start = from->start,
		.end = from->end,
		.diverged_pages = vmspy_stack_pages(side->pair, start, end),
		.of_b = side->of_b,
	};
	struct vmspy_error *err;

	if (!frame.diverged_pages)
		return NULL;
	frame.changed_bytes = vmspy_stack_changed_inside(side->pair, start, end);
	err = vmspy_array_grow(&stack->frame, &stack->frame_room, stack->frame_count,
			       sizeof(*stack->frame));
	if (err)
		return err;
	if (from->function && !(frame.function = without_version(from->function)))
		return vmspy_error_no_memory();
	stack->frame[stack->frame_count++] = frame;
	return NULL;
}

/* ret: the index of the first frame of a job. */
static size_t first_of(const struct vmspy_unwound *unwound, size_t job)
{
	size_t low = 0, high = unwound->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (unwound->frame[middle].thread_index < job)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct vmspy_error *add_frames(const struct side *side, const struct vmspy_unwound *unwound,
				      struct vmspy_stack *stack)
{
	const struct vmspy_thread *thread = thread_of(side, stack);
	size_t job = thread ? side->job_of[thread - side->list->threads.thread] : NO_JOB;
	struct vmspy_error *err = NULL;

	if (job == NO_JOB)
		return NULL;
	for (size_t i = first_of(unwound, job);
	     !err && i < unwound->count && unwound->frame[i].thread_index == job; i++)
		err = add_frame(side, &unwound->frame[i], stack);
	return err;
}

/* --- notes --------------------------------------------------------------------------------- */

/* text: taken over. */
static struct vmspy_error *add_note(struct vmspy_stacks *stacks, struct vmspy_buf *text)
{
	char **note = realloc(stacks->note, (stacks->note_count + 1) * sizeof(*note));

	if (!note)
		return vmspy_error_no_memory();
	stacks->note = note;
	note[stacks->note_count++] = vmspy_buf_take(text);
	return NULL;
}

static struct vmspy_error *note(const struct side *side, struct vmspy_stacks *stacks, size_t count,
				const char *what)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err;

	if (!count)
		return NULL;
	err = vmspy_buf_printf(&text, "%zu of %s's stacks could not be unwound%s", count,
			       side->of_b ? "b" : "a", what);
	return err ? err : add_note(stacks, &text);
}

static struct vmspy_error *note_cut(const struct side *side, const struct vmspy_unwound *unwound,
				    struct vmspy_stacks *stacks)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf what = { 0 };
	const char *reason = unwound->reason;
	struct vmspy_error *err = vmspy_buf_printf(
		&what, " to the end%s%s", reason ? ", the first: " : "", reason ? reason : "");

	return err ? err : note(side, stacks, unwound->cut_count, vmspy_buf_text(&what));
}

static struct vmspy_error *add_notes(const struct side *side, const struct vmspy_unwound *unwound,
				     struct vmspy_stacks *stacks)
{
	struct vmspy_error *err;

	if ((err = note(side, stacks, side->unknown_count,
			": their threads' registers are not known (they must be held)")) ||
	    (err = note(side, stacks, side->unkept_count,
			": their bytes were not kept (too many, or swapped out)")))
		return err;
	return note_cut(side, unwound, stacks);
}

struct vmspy_error *vmspy_stack_frames_add(const struct vmspy_pair *pair,
					   struct vmspy_modules *modules, bool of_b,
					   struct vmspy_stacks *stacks)
{
	VMSPY_AUTO(side_deinit)
	struct side side = {
		.pair = pair,
		.list = of_b ? &pair->stacks_b : &pair->stacks_a,
		.of_b = of_b,
	};
	VMSPY_AUTO(vmspy_unwound_deinit) struct vmspy_unwound unwound = { 0 };
	struct vmspy_error *err;

	if (!side.list->stack)
		return NULL; /* none were asked for */
	if ((err = add_jobs(&side, stacks)) ||
	    (err = vmspy_unwind(modules, side.job, side.job_count, &unwound)))
		return err;
	for (size_t i = 0; !err && i < stacks->count; i++)
		err = add_frames(&side, &unwound, &stacks->stack[i]);
	return err ? err : add_notes(&side, &unwound, stacks);
}

/* names: NULL: write readable names over the frames' own; otherwise gather the latter. */
static void exchange_names(struct vmspy_stacks *stacks, const char **names, char **readable)
{
	size_t at = 0;

	for (size_t i = 0; i < stacks->count; i++)
		for (size_t j = 0; j < stacks->stack[i].frame_count; j++, at++) {
			struct vmspy_stack_frame *frame = &stacks->stack[i].frame[j];

			if (names) {
				names[at] = frame->function;
			} else if (readable[at]) {
				free(frame->function);
				frame->function = readable[at];
			}
		}
}

struct vmspy_error *vmspy_stack_frames_demangle(struct vmspy_stacks *stacks)
{
	VMSPY_AUTO(vmspy_guard_free) const char **names = NULL;
	VMSPY_AUTO(vmspy_guard_free) char **readable = NULL;
	struct vmspy_error *err;
	size_t count = 0;

	for (size_t i = 0; i < stacks->count; i++)
		count += stacks->stack[i].frame_count;
	names = calloc(count + 1, sizeof(*names));
	readable = calloc(count + 1, sizeof(*readable));
	if (!names || !readable)
		return vmspy_error_no_memory();
	exchange_names(stacks, names, NULL);
	if ((err = vmspy_demangle(names, count, readable)))
		return err;
	exchange_names(stacks, NULL, readable);
	return NULL;
}
