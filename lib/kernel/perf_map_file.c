#include "kernel/perf_map_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "format/perf_map.h"

#include "base/banned.h"

enum {
	READ_BYTES = 64 * 1024
};

/*
 * Links on the way stay below the root of the process: one that it made itself would lead to our
 * files otherwise. Linux before 5.6 has no openat2(): no names then.
 */
static int open_below_root(const struct vmspy_process *process, const char *path)
{
	VMSPY_AUTO(vmspy_guard_close)
	int root_fd = openat(process->directory_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* A FIFO of that name is not waited for. */
	struct open_how how = {
		.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return root_fd < 0 ? -1 : (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
}

static struct vmspy_error *read_status(const struct vmspy_process *process,
				       struct vmspy_status *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_process_read(process, "status", &text);

	return err ? err : vmspy_status_parse(vmspy_buf_text(&text), text.length, ret);
}

static struct vmspy_error *drain(int fd, struct vmspy_buf *buf)
{
	struct vmspy_error *err;
	ssize_t got = 1;

	while (got && buf->length < VMSPY_PERF_MAP_BYTES_MAX) {
		if ((err = vmspy_buf_reserve(buf, READ_BYTES)))
			return err;
		got = read(fd, buf->text + buf->length, READ_BYTES);
		if (got < 0 && errno != EINTR)
			return vmspy_error_system(errno, "cannot read a perf map");
		if (got > 0)
			buf->length += (size_t)got;
	}
	buf->text[buf->length] = '\0';
	return NULL;
}

struct vmspy_error *vmspy_perf_map_read(const struct vmspy_process *process, struct vmspy_buf *path,
					struct vmspy_buf *ret)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_status status;
	struct vmspy_error *err;
	struct stat file;

	if ((err = read_status(process, &status)) ||
	    (err = vmspy_buf_printf(path, "/tmp/perf-%d.map", (int)status.namespace_pid)))
		return err;
	fd = open_below_root(process, vmspy_buf_text(path));
	if (fd < 0 || fstat(fd, &file) || !S_ISREG(file.st_mode) ||
	    file.st_uid != status.effective_uid)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot name the code that '%d' made: it has no '%s'",
					  (int)process->pid, vmspy_buf_text(path));
	return drain(fd, ret);
}
