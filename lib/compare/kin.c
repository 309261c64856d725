#include "compare/kin.h"

#include <stdbool.h>
#include <stdlib.h>

#include "kernel/procs.h"

#include "base/banned.h"

/*
 * fork hands the session on, and setsid() makes one that is named after its maker. Who is in
 * another one than the parent and did not make it has it from somebody in between, who may
 * have ended since: what it inherited it has from there. (Or the parent made a session later.)
 */
static bool may_be_adopted(const struct vmspy_proc *proc, const struct vmspy_proc *parent)
{
	return proc->session_pid != parent->session_pid && proc->session_pid != proc->pid;
}

static enum vmspy_age age_of(const struct vmspy_proc *proc, const struct vmspy_proc *child)
{
	if (proc->start_time_ticks == child->start_time_ticks)
		return VMSPY_AGE_EQUAL;
	return proc->start_time_ticks < child->start_time_ticks ? VMSPY_AGE_OLDER
								: VMSPY_AGE_YOUNGER;
}

static bool is_kin(const struct vmspy_proc *proc, const struct vmspy_proc *parent,
		   const struct vmspy_proc *child)
{
	return proc->parent_pid == parent->pid && proc->pid != child->pid && proc->forked &&
	       !may_be_adopted(proc, parent);
}

/* The nearest to the child first, each age apart. */
static int by_age(const void *x, const void *y)
{
	const struct vmspy_kin *a = x, *b = y;
	bool later = a->start_time_ticks > b->start_time_ticks;

	if (a->age != b->age)
		return a->age < b->age ? -1 : 1;
	if (a->start_time_ticks != b->start_time_ticks)
		return later == (a->age == VMSPY_AGE_OLDER) ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

static int by_turns(const void *x, const void *y)
{
	const struct vmspy_kin *a = x, *b = y;

	if ((a->age == VMSPY_AGE_EQUAL) != (b->age == VMSPY_AGE_EQUAL))
		return a->age == VMSPY_AGE_EQUAL ? 1 : -1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->age > b->age) - (a->age < b->age);
}

static void put_in_order(struct vmspy_kin *kin, size_t count)
{
	size_t seen[VMSPY_AGE_YOUNGER + 1] = { 0 };

	qsort(kin, count, sizeof(*kin), by_age);
	for (size_t i = 0; i < count; i++)
		kin[i].rank = seen[kin[i].age]++;
	qsort(kin, count, sizeof(*kin), by_turns);
}

struct vmspy_error *vmspy_kin_find(const struct vmspy_proc_list *list, pid_t parent_pid,
				   pid_t child_pid, struct vmspy_kin_list *ret)
{
	const struct vmspy_proc *parent = vmspy_proc_find(list, parent_pid);
	const struct vmspy_proc *child = vmspy_proc_find(list, child_pid);
	struct vmspy_kin *kin = calloc(list->count + 1, sizeof(*kin));
	size_t count = 0;

	if (!kin)
		return vmspy_error_no_memory();
	for (size_t i = 0; parent && child && i < list->count; i++) {
		const struct vmspy_proc *proc = &list->proc[i];

		if (may_be_adopted(child, parent) || !is_kin(proc, parent, child))
			continue;
		kin[count++] = (struct vmspy_kin){
			.pid = proc->pid,
			.start_time_ticks = proc->start_time_ticks,
			.age = age_of(proc, child),
		};
	}
	put_in_order(kin, count);
	*ret = (struct vmspy_kin_list){ .kin = kin, .count = count };
	return NULL;
}
