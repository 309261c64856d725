#include "kernel/proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"

#include "base/banned.h"

enum {
	READ_BYTES = 64 * 1024,
	COMM_PATH_BYTES = 32,
	STAT_PATH_BYTES = 64,
};

bool vmspy_proc_is_mounted(void)
{
	struct statfs proc;

	return !statfs("/proc", &proc) && proc.f_type == PROC_SUPER_MAGIC;
}

int vmspy_proc_file_drain(int fd, struct vmspy_buf *buf)
{
	ssize_t got;

	do {
		struct vmspy_error *err = vmspy_buf_reserve(buf, READ_BYTES);

		if (err) {
			vmspy_error_destroy(err);
			return ENOMEM;
		}
		got = read(fd, buf->text + buf->length, READ_BYTES);
		if (got > 0)
			buf->length += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));

	buf->text[buf->length] = '\0';
	return got < 0 ? errno : 0;
}

int vmspy_proc_file_read(int directory_fd, const char *path, struct vmspy_buf *buf)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = openat(directory_fd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : vmspy_proc_file_drain(fd, buf);
}

struct vmspy_error *vmspy_proc_file_comm(pid_t pid, struct vmspy_buf *buf)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf comm = { 0 };
	char path[COMM_PATH_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (vmspy_proc_file_read(AT_FDCWD, path, &comm) || !comm.length)
		return NULL;
	/* The kernel adds one newline; any other is part of the name. */
	return vmspy_escape_line(buf, comm.text, comm.length - 1);
}

bool vmspy_proc_file_thread(pid_t pid, pid_t tid, struct vmspy_stat *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = NULL;
	char path[STAT_PATH_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	if (vmspy_proc_file_read(AT_FDCWD, path, &text))
		return false;
	err = vmspy_stat_parse(vmspy_buf_text(&text), text.length, ret);
	return !err;
}
