#include "space/relation.h"

#include <string.h>

#include "base/cleanup.h"
#include "space/ops.h"

#include "base/banned.h"

static const char *const names[] = {
	[VMSPY_RELATION_PARENT] = "parent",
	[VMSPY_RELATION_CHILD] = "child",
	[VMSPY_RELATION_SIBLING] = "sibling",
	[VMSPY_RELATION_ANCESTOR] = "ancestor",
	[VMSPY_RELATION_DESCENDANT] = "descendant",
	[VMSPY_RELATION_SAME_ADDRESS_SPACE] = "same-address-space",
	[VMSPY_RELATION_UNRELATED] = "unrelated",
	[VMSPY_RELATION_SAME] = "same",
};

enum {
	NOT_ABOVE = -1,
	INIT_PID = 1, /* adopts orphans: to have it as a parent in common says nothing */
};

const char *vmspy_relation_name(enum vmspy_relation relation)
{
	return names[relation];
}

static pid_t parent_of(const struct vmspy_proc_list *list, pid_t pid)
{
	const struct vmspy_proc *proc = vmspy_proc_find(list, pid);

	return proc ? proc->parent_pid : 0;
}

/*
 * How many generations one process is above another: 1 is its parent.
 * ret:  NOT_ABOVE if it is no ancestor. A list that was not made at one instant may hold a circle:
 *       no chain is longer than the list.
 */
static int generations(const struct vmspy_proc_list *list, pid_t above, pid_t below)
{
	int steps = 1;

	for (pid_t pid = parent_of(list, below); pid > 0 && (size_t)steps <= list->count;
	     pid = parent_of(list, pid), steps++)
		if (pid == above)
			return steps;
	return NOT_ABOVE;
}

static enum vmspy_relation relate(const struct vmspy_proc_list *list, pid_t a, pid_t b)
{
	int a_above = generations(list, a, b);
	int b_above = generations(list, b, a);
	pid_t parent = parent_of(list, a);

	if (a_above > 0)
		return a_above == 1 ? VMSPY_RELATION_PARENT : VMSPY_RELATION_ANCESTOR;
	if (b_above > 0)
		return b_above == 1 ? VMSPY_RELATION_CHILD : VMSPY_RELATION_DESCENDANT;
	if (parent > INIT_PID && parent == parent_of(list, b))
		return VMSPY_RELATION_SIBLING;
	return VMSPY_RELATION_UNRELATED;
}

static bool is_same_process(const struct vmspy_identity *a, const struct vmspy_identity *b)
{
	return a->pid == b->pid && a->start_time_ticks == b->start_time_ticks;
}

bool vmspy_relation_same_memory(const struct vmspy_space *a, const struct vmspy_space *b)
{
	return a->ops == b->ops && a->ops->same_memory && a->ops->same_memory(a, b);
}

struct vmspy_error *vmspy_relation_find(const struct vmspy_space *a, const struct vmspy_space *b,
					enum vmspy_relation *ret)
{
	VMSPY_AUTO(vmspy_proc_list_deinit) struct vmspy_proc_list list = { 0 };
	struct vmspy_error *err;

	if (is_same_process(&a->identity, &b->identity)) {
		*ret = VMSPY_RELATION_SAME;
		return NULL;
	}
	if (vmspy_relation_same_memory(a, b)) {
		*ret = VMSPY_RELATION_SAME_ADDRESS_SPACE;
		return NULL;
	}
	if (a->ops->processes && (err = a->ops->processes(a, &list)))
		return err;
	*ret = relate(&list, a->identity.pid, b->identity.pid);
	return NULL;
}

bool vmspy_relation_same_bounds(const struct vmspy_mm_bounds *left,
				const struct vmspy_mm_bounds *right)
{
	/* Not the arguments: a program may move them (PR_SET_MM), as it does to set its title. */
	return left->start_code == right->start_code && left->end_code == right->end_code &&
	       left->start_data == right->start_data && left->end_data == right->end_data &&
	       left->start_brk == right->start_brk && left->start_stack == right->start_stack;
}

bool vmspy_relation_same_image(const struct vmspy_space *a, const struct vmspy_space *b)
{
	const struct vmspy_mm_bounds *left = &a->layout.bounds, *right = &b->layout.bounds;
	const char *left_exe = a->identity.exe, *right_exe = b->identity.exe;

	if (!left->known || !right->known || !left_exe || !right_exe)
		return false;
	return !strcmp(left_exe, right_exe) && vmspy_relation_same_bounds(left, right);
}
