#include "kernel/refusal.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/scan.h"
#include "format/status.h"
#include "kernel/proc_file.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 32,
	YAMA_NONE = -1,  /* this kernel has no Yama */
	YAMA_NOBODY = 3, /* not even CAP_SYS_PTRACE may attach */
};

/* What is known of the process that was refused. */
struct suspect {
	struct vmspy_status status;
	uid_t owner; /* of its files in /proc: root's if it is not dumpable */
	int yama;
};

static const struct {
	const char *capabilities;
	bool attaches; /* PTRACE_MODE_ATTACH: Yama has a say */
} rights[] = {
	[VMSPY_RIGHT_STOP] = { "CAP_SYS_PTRACE", true },
	[VMSPY_RIGHT_READ] = { "CAP_SYS_PTRACE", false },
	[VMSPY_RIGHT_READ_PAGES] = { "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH", false },
	[VMSPY_RIGHT_READ_BYTES] = { "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH", true },
};

static int read_yama(void)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_scan scan;
	uint64_t scope;

	if (vmspy_proc_file_read(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", &text))
		return YAMA_NONE;
	scan = vmspy_scan_over(text.text, text.length);
	return vmspy_scan_decimal(&scan, &scope) ? (int)scope : YAMA_NONE;
}

/* ret: false if it is not there any more. */
static bool look_at(pid_t pid, struct suspect *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	char path[PATH_BYTES];
	struct stat file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (stat(path, &file) || vmspy_proc_file_read(AT_FDCWD, path, &text))
		return false;
	err = vmspy_status_parse(text.text, text.length, &ret->status);
	ret->owner = file.st_uid;
	ret->yama = read_yama();
	return !err;
}

static struct vmspy_error *explain_tracer(const char *what, pid_t tracer_tid)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf comm = { 0 };
	struct suspect tracer;
	/* The kernel tells the thread that traces; a user knows its process. */
	pid_t pid = look_at(tracer_tid, &tracer) ? tracer.status.thread_group_pid : tracer_tid;
	struct vmspy_error *err = vmspy_proc_file_comm(pid, &comm);

	if (err)
		return err;
	return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
				  "%s: already traced by '%s' (pid %d) (end it, or let the process "
				  "run: without --hold, or with --no-hold)",
				  what, vmspy_buf_text(&comm), pid);
}

static struct vmspy_error *explain_gate(const char *what, enum vmspy_right right,
					const struct suspect *suspect)
{
	const char *needs = rights[right].capabilities;

	if (rights[right].attaches && suspect->yama >= YAMA_NOBODY)
		return vmspy_error_create(
			VMSPY_ERROR_NOT_PERMITTED,
			"%s: /proc/sys/kernel/yama/ptrace_scope is %d: nobody may "
			"trace until the next boot (use --no-hold)",
			what, suspect->yama);
	if (suspect->status.effective_uid != geteuid())
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
					  "%s: it belongs to uid %u: needs %s (run with sudo)",
					  what, suspect->status.effective_uid, needs);
	if (suspect->owner != suspect->status.effective_uid)
		return vmspy_error_create(
			VMSPY_ERROR_NOT_PERMITTED,
			"%s: it is not dumpable (PR_SET_DUMPABLE, or a program with "
			"more rights than its user): needs %s (run with sudo)",
			what, needs);
	if (rights[right].attaches && suspect->yama > 0)
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
					  "%s: /proc/sys/kernel/yama/ptrace_scope is %d: needs %s "
					  "(run with sudo)",
					  what, suspect->yama, needs);
	return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
				  "%s: a security module or a container refused, or it has more "
				  "rights than we: needs %s%s",
				  what, needs, geteuid() ? " (run with sudo)" : "");
}

struct vmspy_error *vmspy_refusal_explain(pid_t pid, const char *what, enum vmspy_right right,
					  int code)
{
	struct suspect suspect;

	if (!look_at(pid, &suspect))
		return vmspy_error_system(code, "%s", what);
	if (right == VMSPY_RIGHT_STOP && suspect.status.tracer_pid)
		return explain_tracer(what, suspect.status.tracer_pid);
	if (!suspect.status.has_memory)
		return vmspy_error_create(
			VMSPY_ERROR_UNSUPPORTED,
			"%s: it has no address space (a kernel thread or a zombie)", what);
	return explain_gate(what, right, &suspect);
}
