#include "kernel/tracee.h"

#include <stdlib.h>

#include "base/banned.h"

static struct vmspy_tracee **bucket_of(struct vmspy_tracee_table *table, pid_t tid)
{
	return &table->bucket[(unsigned)tid % VMSPY_TRACEE_BUCKETS];
}

struct vmspy_tracee *vmspy_tracee_find(const struct vmspy_tracee_table *table, pid_t tid)
{
	struct vmspy_tracee *tracee = table->bucket[(unsigned)tid % VMSPY_TRACEE_BUCKETS];

	while (tracee && tracee->tid != tid)
		tracee = tracee->next;
	return tracee;
}

static struct vmspy_tracee *add(struct vmspy_tracee_table *table, pid_t pid, pid_t tid)
{
	struct vmspy_tracee *tracee = calloc(1, sizeof(*tracee));
	struct vmspy_tracee **bucket = bucket_of(table, tid);

	if (!tracee)
		return NULL;
	*tracee = (struct vmspy_tracee){ .next = *bucket, .tid = tid, .pid = pid };
	*bucket = tracee;
	return tracee;
}

static void drop(struct vmspy_tracee_table *table, struct vmspy_tracee *tracee)
{
	struct vmspy_tracee **at = bucket_of(table, tracee->tid);

	while (*at != tracee)
		at = &(*at)->next;
	*at = tracee->next;
	free(tracee);
}

struct vmspy_tracee *vmspy_tracee_add_leader(struct vmspy_tracee_table *table, pid_t pid)
{
	return add(table, pid, pid);
}

struct vmspy_tracee *vmspy_tracee_add_thread(struct vmspy_tracee_table *table, pid_t pid, pid_t tid)
{
	struct vmspy_tracee *leader = vmspy_tracee_find(table, pid);
	struct vmspy_tracee *tracee = tid == pid ? leader : add(table, pid, tid);

	if (!tracee)
		return NULL;
	tracee->traced = true;
	table->traced_count++;
	leader->process.thread_count++;
	leader->process.staying_count++;
	return tracee;
}

bool vmspy_tracee_leave(struct vmspy_tracee_table *table, struct vmspy_tracee *tracee)
{
	struct vmspy_tracee *leader = vmspy_tracee_find(table, tracee->pid);

	if (tracee->leaving)
		return false;
	tracee->leaving = true;
	return !--leader->process.staying_count;
}

void vmspy_tracee_drop_thread(struct vmspy_tracee_table *table, struct vmspy_tracee *tracee)
{
	vmspy_tracee_leave(table, tracee);
	vmspy_tracee_find(table, tracee->pid)->process.thread_count--;
	table->traced_count--;
	drop(table, tracee);
}

static void drop_others(struct vmspy_tracee_table *table, struct vmspy_tracee *leader)
{
	struct vmspy_traced_process *process = &leader->process;

	for (size_t i = 0; i < VMSPY_TRACEE_BUCKETS && process->thread_count > leader->traced;
	     i++) {
		struct vmspy_tracee *next, *tracee = table->bucket[i];

		for (; tracee; tracee = next) {
			next = tracee->next;
			if (tracee != leader && tracee->pid == leader->pid)
				vmspy_tracee_drop_thread(table, tracee);
		}
	}
}

void vmspy_tracee_keep_leader(struct vmspy_tracee_table *table, struct vmspy_tracee *leader)
{
	drop_others(table, leader);
	table->traced_count += !leader->traced;
	leader->traced = true;
	leader->leaving = false;
	leader->process.thread_count = 1;
	leader->process.staying_count = 1;
}

void vmspy_tracee_drop_process(struct vmspy_tracee_table *table, struct vmspy_tracee *leader)
{
	drop_others(table, leader);
	table->traced_count -= leader->traced;
	table->unborn_count -= leader->process.unborn;
	drop(table, leader);
}

struct vmspy_tracee *vmspy_tracee_find_unborn(const struct vmspy_tracee_table *table)
{
	for (size_t i = 0; i < VMSPY_TRACEE_BUCKETS && table->unborn_count; i++)
		for (struct vmspy_tracee *at = table->bucket[i]; at; at = at->next)
			if (at->process.unborn)
				return at;
	return NULL;
}

void vmspy_tracee_table_deinit(struct vmspy_tracee_table *table)
{
	for (size_t i = 0; i < VMSPY_TRACEE_BUCKETS; i++) {
		struct vmspy_tracee *next, *tracee = table->bucket[i];

		for (; tracee; tracee = next) {
			next = tracee->next;
			free(tracee);
		}
	}
	*table = (struct vmspy_tracee_table){ 0 };
}
