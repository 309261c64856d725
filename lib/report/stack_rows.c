#include "report/stack_rows.h"

#include "report/pair_rows.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_stack_row, member)
const struct vmspy_column vmspy_stack_columns[] = {
	{ "STACK", "start", "address of its first byte that both sides have", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "END", "end", "address behind the last one", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, 0, AT(end) },
	{ "TID-A", "tid_a", "thread of a that stands on it; none: nobody's any more", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(tid_a) },
	{ "NAME-A", "comm_a", "name of that thread", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(comm_a) },
	{ "TID-B", "tid_b", "thread of b that stands on it", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(tid_b) },
	{ "NAME-B", "comm_b", "name of that thread", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(comm_b) },
	{ "DIVERGED", "diverged_pages", "its diverged pages", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(diverged_pages) },
	{ "CHANGED", "changed_bytes", "bytes that differ on those that were compared", VMSPY_UNIT_BYTES, VMSPY_SHOW, VMSPY_NEED_BYTES, AT(changed_bytes) },
	{ "FRAMES", "frames", "functions that had not returned, whose frames lie on diverged pages", VMSPY_UNIT_ROWS, VMSPY_SHOW_JSON, VMSPY_NEED_STACKS, AT(frames) },
	{ 0 },
};
#undef AT
#define AT(member) offsetof(struct vmspy_frame_row, member)
const struct vmspy_column vmspy_frame_columns[] = {
	{ "FRAME", "start", "address of the first byte of its frame", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "END", "end", "address behind the last one", VMSPY_UNIT_ADDRESS, VMSPY_SHOW_JSON, 0, AT(end) },
	{ "SIDE", "side", "whose function it is: a, b", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(side) },
	{ "PAGES", "diverged_pages", "diverged pages that its frame lies on", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(diverged_pages) },
	{ "CHANGED", "changed_bytes", "bytes inside its frame that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(changed_bytes) },
	{ "FUNCTION", "function", "the function; none: no symbol has it", VMSPY_UNIT_TEXT, VMSPY_SHOW | VMSPY_SHOW_CUT, 0, AT(function) },
	{ "OBJECT", "object", "the file that it comes from", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

struct vmspy_frame_row vmspy_frame_row_of(const struct vmspy_stack_frame *frame)
{
	return (struct vmspy_frame_row){
		.function = frame->function,
		.object = frame->object,
		.side = frame->of_b ? "b" : "a",
		.start = frame->start,
		.end = frame->end,
		.diverged_pages = frame->diverged_pages,
		.changed_bytes = frame->changed_bytes,
	};
}

static uint64_t tid_of(const struct vmspy_thread *thread)
{
	return thread ? (uint64_t)thread->tid : VMSPY_UNKNOWN;
}

static const char *comm_of(const struct vmspy_thread *thread)
{
	return thread && thread->comm[0] ? thread->comm : NULL;
}

struct vmspy_stack_row vmspy_stack_row_of(const struct vmspy_stack *stack,
					  const struct vmspy_frame_row *frames)
{
	return (struct vmspy_stack_row){
		.start = stack->start,
		.end = stack->end,
		.tid_a = tid_of(stack->thread_a),
		.comm_a = comm_of(stack->thread_a),
		.tid_b = tid_of(stack->thread_b),
		.comm_b = comm_of(stack->thread_b),
		.diverged_pages = stack->diverged_pages,
		.changed_bytes = stack->changed_bytes,
		.frames = { .columns = vmspy_frame_columns,
			    .rows = frames,
			    .count = stack->frame_count,
			    .row_bytes = sizeof(*frames) },
	};
}
