/* vmspy diff: whose stacks differ, and which functions' frames. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "diff.h"
#include "diff_text.h"
#include "report/stack_rows.h"
#include "watch_rows.h"

#include "base/banned.h"

/* The stacks, and the rows of all their frames, one stack's behind the other's. */
struct rows_context {
	const struct vmspy_stacks *stacks;
	struct vmspy_frame_row *frames;
};

/* ret: false without memory. */
static bool make_frame_rows(const struct vmspy_stacks *stacks, struct rows_context *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < stacks->count; i++)
		count += stacks->stack[i].frame_count;
	*ret = (struct rows_context){ stacks, calloc(count + 1, sizeof(*ret->frames)) };
	if (!ret->frames)
		return false;
	count = 0;
	for (size_t i = 0; i < stacks->count; i++)
		for (size_t j = 0; j < stacks->stack[i].frame_count; j++)
			ret->frames[count++] = vmspy_frame_row_of(&stacks->stack[i].frame[j]);
	return true;
}

static void get_stack(const void *context, size_t index, void *row)
{
	const struct rows_context *rows = context;
	const struct vmspy_frame_row *frames = rows->frames;

	for (size_t i = 0; i < index; i++)
		frames += rows->stacks->stack[i].frame_count;
	*(struct vmspy_stack_row *)row = vmspy_stack_row_of(&rows->stacks->stack[index], frames);
}

static void append_thread(struct vmspy_buf *text, const struct vmspy_thread *thread)
{
	struct vmspy_error *err;

	if (!thread) {
		vmspy_error_destroy(vmspy_buf_printf(text, "nobody"));
		return;
	}
	err = vmspy_buf_printf(text, "%d%s", (int)thread->tid, thread->comm[0] ? " " : "");
	if (!err)
		err = vmspy_escape_line(text, thread->comm, strlen(thread->comm));
	vmspy_error_destroy(err); /* without memory the line ends early; the tables will say so */
}

/* For people: the functions of one stack, below a line that says whose it is. */
static void print_functions(const struct diff *diff, struct render *render,
			    const struct vmspy_stack *stack)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf a = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf b = { 0 };
	struct vmspy_selection columns = output_columns(&diff->output, vmspy_frame_columns);

	if (!stack->frame_count)
		return;
	append_thread(&a, stack->thread_a);
	append_thread(&b, stack->thread_b);
	diff_text_gap(&diff->output, render);
	render_line(render, "the stack at %llx: %s in a, %s in b", (unsigned long long)stack->start,
		    vmspy_buf_text(&a), vmspy_buf_text(&b));
	render_table_begin(render, NULL, &columns);
	for (size_t i = 0; i < stack->frame_count; i++) {
		struct vmspy_frame_row row = vmspy_frame_row_of(&stack->frame[i]);

		render_row(render, &row);
	}
	render_table_end(render);
}

void diff_print_stacks(const struct diff *diff, struct render *render)
{
	enum {
		SHOWN = 5
	};
	const struct vmspy_stacks *stacks = &diff->stacks;
	bool for_people = diff->output.style.format == RENDER_TEXT;
	bool all = !for_people || is_given(diff->arguments, OPTION_STACKS);
	bool is_first = !watch_is_later(diff->watch);
	struct rows_context context;
	struct vmspy_stack_row row;
	struct diff_table table = {
		.key = "stacks",
		.columns = vmspy_stack_columns,
		.rows = { stacks->count, &context, get_stack, &row },
		.shown = all ? 0 : SHOWN,
		.id_offset = offsetof(struct vmspy_stack_row, start),
	};

	if (for_people && (is_first ? !stacks->count : !all))
		return;
	if (!make_frame_rows(stacks, &context)) {
		render_fail(render, vmspy_error_no_memory());
		return;
	}
	diff_print_table(diff, render, &table);
	free(context.frames);
	if (!is_first)
		return;
	if (!all && stacks->count > SHOWN)
		render_line(render, "and %zu more (--stacks shows all)", stacks->count - SHOWN);
	for (size_t i = 0; for_people && i < stacks->count; i++)
		print_functions(diff, render, &stacks->stack[i]);
}
