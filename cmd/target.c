#include "target.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "kernel/procs.h"
#include "report/nearest.h"

#include "base/banned.h"

enum {
	LISTED_MAX = 12
}; /* more pids than that do not help to choose */

static bool is_digits(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

static struct vmspy_error *parse_pid(const char *word, pid_t *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(word, strlen(word));
	uint64_t number;

	if (!vmspy_scan_decimal(&scan, &number) || number > INT_MAX)
		return vmspy_error_create(VMSPY_ERROR_GONE,
					  "no process '%s': the number is larger than any pid",
					  word);
	if (!number)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "'%s' is no pid: they begin at 1",
					  word);
	*ret = (pid_t)number;
	return NULL;
}

/* We are never meant by our own name. */
static bool is_named(const struct vmspy_proc *proc, const char *name)
{
	return !strcmp(proc->comm, name) && proc->pid != getpid();
}

static struct vmspy_error *no_name(const struct vmspy_proc_list *list, const char *name)
{
	struct vmspy_nearest nearest = vmspy_nearest_to(name, strlen(name));

	for (size_t i = 0; i < list->count; i++)
		if (list->proc[i].pid != getpid())
			vmspy_nearest_try(&nearest, list->proc[i].comm);
	if (nearest.name)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
					  "'%s' is no pid and no process name (did you mean '%s'?)",
					  name, nearest.name);
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "'%s' is no pid and no process name", name);
}

static struct vmspy_error *several(const struct vmspy_proc_list *list, const char *name,
				   size_t count)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf pids = { 0 };
	struct vmspy_error *err = NULL;
	size_t listed = 0;

	for (size_t i = 0; !err && i < list->count && listed < LISTED_MAX; i++)
		if (is_named(&list->proc[i], name)) {
			err = vmspy_buf_printf(&pids, " %d", (int)list->proc[i].pid);
			listed++;
		}
	if (err)
		return err;
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
				  "'%s' is the name of %zu processes:%s%s (give one pid)", name,
				  count, vmspy_buf_text(&pids), count > listed ? " ..." : "");
}

static struct vmspy_error *find_name(const char *name, pid_t *ret)
{
	VMSPY_AUTO(vmspy_proc_list_deinit) struct vmspy_proc_list list = { 0 };
	struct vmspy_error *err;
	size_t count = 0;
	pid_t pid = 0;

	if ((err = vmspy_procs_list(&list)))
		return err;
	for (size_t i = 0; i < list.count; i++)
		if (is_named(&list.proc[i], name)) {
			pid = list.proc[i].pid;
			count++;
		}
	if (!count)
		return no_name(&list, name);
	if (count > 1)
		return several(&list, name, count);
	*ret = pid;
	return NULL;
}

struct vmspy_error *target_open(const char *word, const struct vmspy_host *host,
				struct vmspy_space **ret)
{
	struct vmspy_error *err;
	pid_t pid;

	if ((err = is_digits(word) ? parse_pid(word, &pid) : find_name(word, &pid)))
		return err;
	return vmspy_space_open(pid, host, ret);
}
