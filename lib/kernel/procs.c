#include "kernel/procs.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "kernel/proc_file.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 32,
	FORKED_NOT_EXECUTED = 0x40, /* PF_FORKNOEXEC of include/linux/sched.h */
};

enum item {
	ITEM_PID,
	ITEM_PARENT_PID,
	ITEM_SESSION,
	ITEM_FLAGS,
	ITEM_START_TIME,
	ITEM_COMM,
	ITEM_COUNT,
};

/* libproc2's PIDS_VAL lost a parameter in 4.0.5; what it stands for is the same in both. */
#define VALUE(stack, item, type) ((stack)->head[item].result.type)

static void unref(struct pids_info **info)
{
	if (*info)
		procps_pids_unref(info);
}

/*
 * libproc2 shows what it thinks is unprintable as '?' or '.': ask for those again. A comm may hold
 * any byte but NUL.
 */
static void restore_comm(struct vmspy_proc *proc)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	char path[PATH_BYTES];

	if (!strpbrk(proc->comm, "?."))
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", proc->pid);
	if (!vmspy_proc_file_read(AT_FDCWD, path, &text) && text.length)
		snprintf(proc->comm, sizeof(proc->comm), "%.*s", (int)text.length - 1, text.text);
}

static struct vmspy_proc to_proc(struct pids_stack *stack)
{
	struct vmspy_proc proc = {
		.pid = VALUE(stack, ITEM_PID, s_int),
		.parent_pid = VALUE(stack, ITEM_PARENT_PID, s_int),
		.session_pid = VALUE(stack, ITEM_SESSION, s_int),
		.forked = VALUE(stack, ITEM_FLAGS, ul_int) & FORKED_NOT_EXECUTED,
		.start_time_ticks = VALUE(stack, ITEM_START_TIME, ull_int),
	};

	snprintf(proc.comm, sizeof(proc.comm), "%s", VALUE(stack, ITEM_COMM, str));
	restore_comm(&proc);
	return proc;
}

static int by_pid(const void *a, const void *b)
{
	const struct vmspy_proc *left = a, *right = b;

	return (left->pid > right->pid) - (left->pid < right->pid);
}

static struct vmspy_error *take(const struct pids_fetch *fetch, struct vmspy_proc_list *ret)
{
	size_t count = (size_t)fetch->counts->total;
	struct vmspy_proc *proc = calloc(count ? count : 1, sizeof(*proc));

	if (!proc)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++)
		proc[i] = to_proc(fetch->stacks[i]);
	qsort(proc, count, sizeof(*proc), by_pid);
	*ret = (struct vmspy_proc_list){ .proc = proc, .count = count };
	return NULL;
}

struct vmspy_error *vmspy_procs_list(struct vmspy_proc_list *ret)
{
	VMSPY_AUTO(unref) struct pids_info *info = NULL;
	enum pids_item items[ITEM_COUNT] = {
		[ITEM_PID] = PIDS_ID_TGID,           [ITEM_PARENT_PID] = PIDS_ID_PPID,
		[ITEM_SESSION] = PIDS_ID_SESSION,    [ITEM_FLAGS] = PIDS_FLAGS,
		[ITEM_START_TIME] = PIDS_TICS_BEGAN, [ITEM_COMM] = PIDS_CMD,
	};
	struct pids_fetch *fetch;
	int code;

	/* Without /proc libproc2 calls _exit(47). */
	if (!vmspy_proc_is_mounted())
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot list processes: /proc is not mounted "
					  "(mount -t proc proc /proc)");
	code = procps_pids_new(&info, items, ITEM_COUNT);
	if (code < 0)
		return vmspy_error_system(-code, "cannot list processes");
	fetch = procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY);
	if (!fetch)
		return vmspy_error_system(errno, "cannot list processes");
	return take(fetch, ret);
}

const struct vmspy_proc *vmspy_proc_find(const struct vmspy_proc_list *list, pid_t pid)
{
	struct vmspy_proc key = { .pid = pid };

	if (!list->count)
		return NULL;
	return bsearch(&key, list->proc, list->count, sizeof(*list->proc), by_pid);
}

void vmspy_proc_list_deinit(struct vmspy_proc_list *list)
{
	free(list->proc);
	*list = (struct vmspy_proc_list){ 0 };
}
