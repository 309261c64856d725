#include "blame/dumped_stacks.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "symbol/unwind.h"

#include "base/banned.h"

void vmspy_dumped_stacks_deinit(struct vmspy_dumped_stacks *stacks)
{
	free(stacks->stack);
	*stacks = (struct vmspy_dumped_stacks){ 0 };
}

static bool has_dump(const struct vmspy_trace_event *event)
{
	const struct vmspy_trace_code *code = &event->page.code;

	return (event->kind == VMSPY_TRACE_COPY || event->kind == VMSPY_TRACE_FAULT) &&
	       event->image && code->registers.known && code->stack_bytes;
}

struct vmspy_error *vmspy_dumped_stacks_take(struct vmspy_dumped_stacks *stacks,
					     const struct vmspy_trace_batch *batch)
{
	struct vmspy_error *err;

	stacks->count = 0;
	for (size_t i = 0; i < batch->count; i++) {
		if (!has_dump(&batch->event[i]))
			continue;
		if ((err = vmspy_array_grow(&stacks->stack, &stacks->room, stacks->count,
					    sizeof(*stacks->stack))))
			return err;
		stacks->stack[stacks->count].event = &batch->event[i];
		stacks->stack[stacks->count++].count = 0;
	}
	return NULL;
}

size_t vmspy_dumped_stacks_group(const struct vmspy_dumped_stacks *stacks, size_t first)
{
	size_t end = first;

	while (end < stacks->count &&
	       stacks->stack[end].event->image == stacks->stack[first].event->image)
		end++;
	return end;
}

static void take_frames(struct vmspy_dumped_stack *stack, size_t count,
			const struct vmspy_unwound *frames)
{
	for (size_t i = 0; i < frames->count; i++) {
		const struct vmspy_unwind_frame *frame = &frames->frame[i];
		struct vmspy_dumped_stack *one = &stack[frame->thread_index];

		if (frame->thread_index < count && one->count < VMSPY_DUMPED_STACK_MAX)
			one->pc[one->count++] = frame->pc;
	}
}

struct vmspy_error *vmspy_dumped_stacks_unwind(struct vmspy_dumped_stacks *stacks,
					       struct vmspy_modules *modules, size_t first,
					       size_t end)
{
	VMSPY_AUTO(vmspy_guard_free)
	struct vmspy_unwind_thread *thread = calloc(end - first + 1, sizeof(*thread));
	VMSPY_AUTO(vmspy_unwound_deinit) struct vmspy_unwound frames = { 0 };
	struct vmspy_error *err;

	if (!thread)
		return vmspy_error_no_memory();
	for (size_t i = first; i < end; i++) {
		const struct vmspy_trace_code *code = &stacks->stack[i].event->page.code;
		int number = vmspy_registers_stack_number(&code->registers);

		thread[i - first] = (struct vmspy_unwind_thread){
			.registers = &code->registers,
			.bytes = code->stack,
			.start = code->registers.value[number],
			.size_bytes = code->stack_bytes,
		};
	}
	if ((err = vmspy_unwind(modules, thread, end - first, &frames)))
		return err;
	take_frames(stacks->stack + first, end - first, &frames);
	return NULL;
}

/* A batch is an array: they are in the order of their events. */
static int by_event(const void *key, const void *item)
{
	uintptr_t event = (uintptr_t)((const struct vmspy_dumped_stack *)item)->event;

	return ((uintptr_t)key > event) - ((uintptr_t)key < event);
}

struct vmspy_addresses vmspy_dumped_stacks_of(const struct vmspy_dumped_stacks *stacks,
					      const struct vmspy_trace_event *event)
{
	const struct vmspy_dumped_stack *stack =
		stacks->count ? bsearch(event, stacks->stack, stacks->count, sizeof(*stacks->stack),
					by_event)
			      : NULL;

	if (!stack)
		return (struct vmspy_addresses){ 0 };
	return (struct vmspy_addresses){ stack->pc, stack->count };
}
