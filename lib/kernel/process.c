#include "kernel/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/proc_file.h"
#include "kernel/refusal.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 64,
	WHAT_BYTES = 96,
	LINK_BYTES = 8192, /* d_path() prints at most a page, and " (deleted)" */
	KTHREADD_PID = 2,  /* the parent of all kernel threads */
};

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static bool has_ended(char state)
{
	return state == 'Z' || state == 'X';
}

/* The process is there for kill(), and is not for /proc. */
static bool is_hidden(pid_t pid)
{
	return !kill(pid, 0) || errno == EPERM;
}

static struct vmspy_error *explain_no_directory(pid_t pid, int code)
{
	if ((code == ENOENT || code == EPERM || code == EACCES) && is_hidden(pid))
		return vmspy_error_create(
			VMSPY_ERROR_NOT_PERMITTED,
			"cannot see process '%d': /proc hides it (hidepid, or the /proc "
			"of another pid namespace): needs CAP_SYS_PTRACE (run with sudo)",
			pid);
	if (code == ENOENT || code == ESRCH)
		return vmspy_error_create(VMSPY_ERROR_GONE, "no process '%d'", pid);
	return vmspy_error_system(code, "cannot open '/proc/%d'", pid);
}

/* ret: 0, or an errno. */
static int open_directory(struct vmspy_process *process, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	vmspy_guard_close(&process->directory_fd);
	process->directory_fd = fd;
	return 0;
}

static struct vmspy_error *open_leader(struct vmspy_process *process, pid_t pid)
{
	char path[PATH_BYTES];
	int code;

	process->pid = process->reader_tid = pid;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	code = open_directory(process, path);
	return code ? explain_no_directory(pid, code) : NULL;
}

static struct vmspy_error *read_stat(const struct vmspy_process *process, struct vmspy_stat *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_process_read(process, "stat", &text);

	return err ? err : vmspy_stat_parse(vmspy_buf_text(&text), text.length, ret);
}

static struct vmspy_error *read_status(const struct vmspy_process *process,
				       struct vmspy_status *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_process_read(process, "status", &text);

	return err ? err : vmspy_status_parse(vmspy_buf_text(&text), text.length, ret);
}

/* A tid means its process. */
static struct vmspy_error *resolve_leader(struct vmspy_process *process, pid_t pid)
{
	struct vmspy_error *err;

	if ((err = open_leader(process, pid)))
		return err;
	if ((err = read_status(process, &process->status)))
		return err;
	if (process->status.thread_group_pid == pid)
		return NULL;
	return open_leader(process, process->status.thread_group_pid);
}

static struct vmspy_error *explain_zombie(const struct vmspy_process *process)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf comm = { 0 };
	pid_t parent_pid = process->stat.parent_pid;
	struct vmspy_error *err = vmspy_proc_file_comm(parent_pid, &comm);

	if (err)
		return err;
	return vmspy_error_create(VMSPY_ERROR_GONE,
				  "process '%d' is a zombie: it has ended and waits for its parent "
				  "'%s' (pid %d)",
				  process->pid, vmspy_buf_text(&comm), parent_pid);
}

/* Make this thread the reader if it still lives. */
static struct vmspy_error *try_reader(struct vmspy_process *process, pid_t tid, bool *lives)
{
	struct vmspy_error *err;
	struct vmspy_stat stat;
	char path[PATH_BYTES];

	*lives = false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d", process->pid, tid);
	if (open_directory(process, path))
		return NULL;
	err = read_stat(process, &stat);
	if (err && vmspy_error_kind(err) == VMSPY_ERROR_GONE) {
		vmspy_error_destroy(err);
		return NULL;
	}
	if (err || has_ended(stat.state))
		return err;
	process->reader_tid = tid;
	process->stat.bounds = stat.bounds;
	*lives = true;
	return NULL;
}

/*
 * The leader has ended and other threads live on: its own files in /proc have lost the address
 * space (maps reads 0 bytes), those of any live thread still have it.
 */
static struct vmspy_error *find_reader(struct vmspy_process *process)
{
	VMSPY_AUTO(close_directory) DIR *tasks = NULL;
	struct vmspy_error *err = NULL;
	struct dirent *entry;
	char path[PATH_BYTES];
	bool lives = false;

	snprintf(path, sizeof(path), "/proc/%d/task", process->pid);
	tasks = opendir(path);
	while (tasks && !lives && !err && (entry = readdir(tasks)))
		if (entry->d_name[0] != '.')
			err = try_reader(process, (pid_t)strtol(entry->d_name, NULL, 10), &lives);
	if (err)
		return err;
	return lives ? NULL : explain_zombie(process);
}

static struct vmspy_error *check_memory(struct vmspy_process *process)
{
	struct vmspy_error *err = read_status(process, &process->status);

	if (err || process->status.has_memory)
		return err;
	if (process->pid == KTHREADD_PID || process->stat.parent_pid == KTHREADD_PID)
		return vmspy_error_create(
			VMSPY_ERROR_UNSUPPORTED,
			"process '%d' is a kernel thread: it has no address space", process->pid);
	return vmspy_error_create(VMSPY_ERROR_GONE,
				  "process '%d' is about to end: it has no address space any more",
				  process->pid);
}

/* exe is worth nothing to those who may not read it: NULL. */
static struct vmspy_error *read_exe(struct vmspy_process *process)
{
	char target[LINK_BYTES];
	ssize_t length = readlinkat(process->directory_fd, "exe", target, sizeof(target));

	free(process->exe);
	process->exe = NULL;
	if (length < 0)
		return NULL;
	process->exe = strndup(target, (size_t)length);
	return process->exe ? NULL : vmspy_error_no_memory();
}

static struct vmspy_error *pin(struct vmspy_process *process, pid_t pid)
{
	struct vmspy_error *err;

	if ((err = resolve_leader(process, pid)))
		return err;
	/*
	 * The directory stays with the process, the number does not: that stat can be read after
	 * pidfd_open() means that both are the same one.
	 */
	process->pid_fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
	if ((err = read_stat(process, &process->stat)))
		return err;
	if (has_ended(process->stat.state) && (err = find_reader(process)))
		return err;
	if ((err = check_memory(process)))
		return err;
	return read_exe(process);
}

struct vmspy_error *vmspy_process_init(pid_t pid, struct vmspy_process *ret)
{
	VMSPY_AUTO(vmspy_process_deinit) struct vmspy_process process = VMSPY_PROCESS_NONE;
	struct vmspy_error *err;

	if (pid <= 0)
		return vmspy_error_create(VMSPY_ERROR_GONE, "no process '%d'", pid);
	if ((err = pin(&process, pid)))
		return err;
	*ret = process;
	process = VMSPY_PROCESS_NONE; /* the caller's now */
	return NULL;
}

void vmspy_process_deinit(struct vmspy_process *process)
{
	vmspy_guard_close(&process->directory_fd);
	vmspy_guard_close(&process->pid_fd);
	free(process->exe);
	*process = VMSPY_PROCESS_NONE;
}

static enum vmspy_right right_of(const char *name)
{
	if (!strcmp(name, "pagemap"))
		return VMSPY_RIGHT_READ_PAGES;
	if (!strcmp(name, "mem") || !strcmp(name, "personality"))
		return VMSPY_RIGHT_READ_BYTES;
	return VMSPY_RIGHT_READ;
}

static struct vmspy_error *explain_file(const struct vmspy_process *process, const char *name,
					int code)
{
	char what[WHAT_BYTES];

	/* ENOENT is not "gone": a kernel can lack the file. ESRCH is. */
	if (code == ESRCH || (code == ENOENT && faccessat(process->directory_fd, "stat", F_OK, 0)))
		return vmspy_error_create(VMSPY_ERROR_GONE,
					  "cannot read '%s' of '%d': the process has ended", name,
					  process->pid);
	if (code == ENOENT)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot read '%s' of '%d': this kernel has no such file",
					  name, process->pid);
	snprintf(what, sizeof(what), "cannot read '%s' of '%d'", name, process->pid);
	if (code == EACCES || code == EPERM)
		return vmspy_refusal_explain(process->pid, what, right_of(name), code);
	return vmspy_error_system(code, "%s", what);
}

struct vmspy_error *vmspy_process_read(const struct vmspy_process *process, const char *name,
				       struct vmspy_buf *buf)
{
	int code = vmspy_proc_file_read(process->directory_fd, name, buf);

	return code ? explain_file(process, name, code) : NULL;
}

struct vmspy_error *vmspy_process_open(const struct vmspy_process *process, const char *name,
				       int *ret_fd)
{
	int fd = openat(process->directory_fd, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return explain_file(process, name, errno);
	*ret_fd = fd;
	return NULL;
}

struct vmspy_error *vmspy_process_check(const struct vmspy_process *process)
{
	struct pollfd ended = { .fd = process->pid_fd, .events = POLLIN };
	struct vmspy_stat stat;
	struct vmspy_error *err = read_stat(process, &stat);

	if (err)
		return err;
	/* A pidfd polls as readable when the last thread has ended, not the leader alone. */
	if (has_ended(stat.state) ||
	    (process->pid_fd >= 0 && poll(&ended, 1, 0) > 0 && ended.revents & POLLIN))
		return vmspy_error_create(VMSPY_ERROR_GONE, "process '%d' has ended", process->pid);
	return NULL;
}

struct vmspy_error *vmspy_process_refresh(struct vmspy_process *process)
{
	struct vmspy_stat stat;
	struct vmspy_error *err = read_stat(process, &stat);

	if (err)
		return err;
	process->stat.bounds = stat.bounds;
	/* Another thread than the leader has a comm of its own. */
	if (process->reader_tid == process->pid)
		process->stat = stat;
	return read_exe(process);
}

bool vmspy_process_same_memory(const struct vmspy_process *a, const struct vmspy_process *b)
{
	/* Ask of threads that live: of a zombie kcmp compares "no memory", and finds it equal. */
	return a->pid == b->pid ||
	       syscall(SYS_kcmp, a->reader_tid, b->reader_tid, KCMP_VM, 0, 0) == 0;
}
