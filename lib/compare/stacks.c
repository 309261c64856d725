#include "compare/stacks.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "compare/pair.h"
#include "compare/window.h"
#include "format/pagemap.h"

#include "base/banned.h"

enum {
	SIDE_BYTES_MAX = 4 << 20,
	WORDS_MAX = VMSPY_STACK_BYTES_MAX / 4096, /* no machine has smaller pages */
};

bool vmspy_mapping_may_be_stack(const struct vmspy_mapping *mapping)
{
	return mapping->kind == VMSPY_KIND_STACK || mapping->kind == VMSPY_KIND_THREAD_STACK ||
	       mapping->kind == VMSPY_KIND_ANON;
}

/* One side while its stacks are read. */
struct side {
	struct vmspy_space *space; /* while they are read */
	const struct vmspy_layout *layout;
	struct vmspy_stack_list *list;
	bool *diverged; /* of each mapping: it may be a stack, and has diverged pages */
};

/* ret: the mapping of one side that a run lies in, if it may be a stack and the run diverged. */
static const struct vmspy_mapping *stack_of_run(const struct vmspy_pair *pair,
						const struct vmspy_run *run, bool of_b)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[run->interval_index];
	const struct vmspy_mapping *mapping = of_b ? interval->b : interval->a;

	if (vmspy_class_state(run->page_class) != VMSPY_STATE_DIVERGED || !mapping ||
	    !vmspy_mapping_may_be_stack(mapping))
		return NULL;
	return mapping;
}

static bool is_worth_asking(const struct vmspy_pair *pair)
{
	for (size_t i = 0; i < pair->runs.count; i++)
		if (stack_of_run(pair, &pair->runs.run[i], false) ||
		    stack_of_run(pair, &pair->runs.run[i], true))
			return true;
	return false;
}

/* --- bytes --------------------------------------------------------------------------------- */

static struct vmspy_error *mark_diverged(const struct vmspy_pair *pair, struct side *side,
					 bool of_b)
{
	side->diverged = calloc(side->layout->count + 1, sizeof(*side->diverged));
	if (!side->diverged)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < pair->runs.count; i++) {
		const struct vmspy_mapping *mapping = stack_of_run(pair, &pair->runs.run[i], of_b);

		if (mapping)
			side->diverged[mapping - side->layout->mapping] = true;
	}
	return NULL;
}

/* ret: the mapping that a thread stands in, NULL if that is not known or has not diverged. */
static const struct vmspy_mapping *diverged_stack_of(const struct side *side,
						     const struct vmspy_thread *thread)
{
	const struct vmspy_mapping *mapping =
		vmspy_layout_find(side->layout, thread->stack_pointer);

	return mapping && side->diverged[mapping - side->layout->mapping] ? mapping : NULL;
}

/* Where the bytes of a stack are looked for; empty: it is none that is wanted. */
static struct vmspy_stack_bytes wanted_of(const struct side *side,
					  const struct vmspy_thread *thread)
{
	const struct vmspy_mapping *mapping = diverged_stack_of(side, thread);
	uint64_t in_page = vmspy_space_host(side->space)->page_bytes - 1;
	uint64_t start = thread->stack_pointer & ~in_page, left;

	if (!thread->registers.known || !mapping)
		return (struct vmspy_stack_bytes){ 0 };
	if (start > mapping->vma.start)
		start = (thread->stack_pointer - VMSPY_RED_ZONE_BYTES) & ~in_page;
	left = mapping->vma.end - start;
	return (struct vmspy_stack_bytes){
		.start = start,
		.size_bytes = left < VMSPY_STACK_BYTES_MAX ? left : VMSPY_STACK_BYTES_MAX,
	};
}

/* Cut it to the pages that are present: an absent one would be faulted in by our reading. */
static struct vmspy_error *cut_to_present(const struct side *side, uint64_t stack_pointer,
					  struct vmspy_stack_bytes *stack)
{
	uint64_t page_bytes = vmspy_space_host(side->space)->page_bytes, word[WORDS_MAX];
	size_t count = stack->size_bytes / page_bytes, from = 0, to;
	struct vmspy_error *err = vmspy_space_words(side->space, stack->start, count, word);

	if (err)
		return err;
	/* The red zone alone may lie on a page that was never touched. */
	while (from < count && !(word[from] & VMSPY_PAGEMAP_PRESENT) &&
	       stack->start + (from + 1) * page_bytes <= stack_pointer)
		from++;
	for (to = from; to < count && word[to] & VMSPY_PAGEMAP_PRESENT; to++)
		;
	stack->start += from * page_bytes;
	stack->size_bytes = (to - from) * page_bytes;
	return NULL;
}

static struct vmspy_error *keep_bytes_of(struct side *side, size_t index)
{
	struct vmspy_stack_list *list = side->list;
	const struct vmspy_thread *thread = &list->threads.thread[index];
	struct vmspy_stack_bytes stack = wanted_of(side, thread);
	struct vmspy_error *err;
	size_t got;

	if (!stack.size_bytes)
		return NULL;
	if ((err = cut_to_present(side, thread->stack_pointer, &stack)))
		return err;
	if (!stack.size_bytes || stack.size_bytes > list->byte_room - list->byte_count)
		return NULL;
	stack.offset_bytes = list->byte_count;
	if ((err = vmspy_space_bytes(side->space, stack.start, list->bytes + list->byte_count,
				     stack.size_bytes, &got)))
		return err;
	stack.size_bytes = got;
	list->byte_count += got;
	list->stack[index] = stack;
	return NULL;
}

/* All memory is taken before the first byte is read; what is not written to costs nothing. */
static struct vmspy_error *keep_all(struct side *side)
{
	struct vmspy_stack_list *list = side->list;
	struct vmspy_error *err = NULL;

	list->stack = calloc(list->threads.count + 1, sizeof(*list->stack));
	list->bytes = malloc(SIDE_BYTES_MAX);
	if (!list->stack || !list->bytes)
		return vmspy_error_no_memory();
	list->byte_room = SIDE_BYTES_MAX;
	for (size_t i = 0; !err && i < list->threads.count; i++)
		err = keep_bytes_of(side, i);
	return err;
}

/* --- both ---------------------------------------------------------------------------------- */

/* What cannot be asked is not known: a recording has no threads, bytes may be forbidden. */
static struct vmspy_error *unless_refused(struct vmspy_error *err)
{
	if (!err || (vmspy_error_kind(err) != VMSPY_ERROR_UNSUPPORTED &&
		     vmspy_error_kind(err) != VMSPY_ERROR_NOT_PERMITTED))
		return err;
	vmspy_error_destroy(err);
	return NULL;
}

static struct vmspy_error *take_side(const struct vmspy_pair *pair, struct side *side, bool of_b,
				     bool keep_bytes)
{
	struct vmspy_error *err =
		unless_refused(vmspy_space_threads(side->space, &side->list->threads));

	if (err || !keep_bytes)
		return err;
	err = mark_diverged(pair, side, of_b);
	if (!err)
		err = unless_refused(keep_all(side));
	free(side->diverged);
	return err;
}

static struct side side_of(struct vmspy_space *space, struct vmspy_stack_list *list)
{
	return (struct side){ .space = space, .layout = vmspy_space_layout(space), .list = list };
}

struct vmspy_error *vmspy_stacks_take(struct vmspy_pair *pair, struct vmspy_window *window,
				      bool keep_bytes)
{
	struct side a = side_of(window->a.space, &pair->stacks_a);
	struct side b = side_of(window->b.space, &pair->stacks_b);
	struct vmspy_error *err;

	if (!is_worth_asking(pair))
		return NULL;
	if ((err = take_side(pair, &a, false, keep_bytes)))
		return err;
	return take_side(pair, &b, true, keep_bytes);
}

/* --- names --------------------------------------------------------------------------------- */

static struct vmspy_error *name_side(const struct vmspy_pair *pair, const struct vmspy_space *space,
				     struct vmspy_stack_list *list, bool of_b)
{
	struct side side = { .layout = vmspy_space_layout(space), .list = list };
	VMSPY_AUTO(vmspy_guard_free)
	bool *wanted = calloc(list->threads.count + 1, sizeof(*wanted));
	struct vmspy_error *err;

	if (!wanted)
		return vmspy_error_no_memory();
	if ((err = mark_diverged(pair, &side, of_b)))
		return err;
	for (size_t i = 0; i < list->threads.count; i++)
		wanted[i] = diverged_stack_of(&side, &list->threads.thread[i]) != NULL;
	free(side.diverged);
	vmspy_space_name_threads(space, wanted, &list->threads);
	return NULL;
}

struct vmspy_error *vmspy_stacks_name(struct vmspy_pair *pair, const struct vmspy_space *a,
				      const struct vmspy_space *b)
{
	struct vmspy_error *err = name_side(pair, a, &pair->stacks_a, false);

	return err ? err : name_side(pair, b, &pair->stacks_b, true);
}

void vmspy_stack_list_deinit(struct vmspy_stack_list *list)
{
	vmspy_thread_list_deinit(&list->threads);
	free(list->stack);
	free(list->bytes);
	*list = (struct vmspy_stack_list){ 0 };
}
