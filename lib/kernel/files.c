#include "kernel/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 80
};

/* What the search found so far. */
struct search {
	const struct vmspy_vma *vma;
	int fd;           /* O_PATH, of the file that is mapped; -1: not found */
	bool map_refused; /* map_files is there, and is not for us */
};

static bool is_mapped_file(const struct vmspy_vma *vma, const struct stat *file)
{
	return file->st_ino == vma->inode && major(file->st_dev) == vma->device_major &&
	       minor(file->st_dev) == vma->device_minor;
}

/*
 * O_PATH opens nothing: no device is woken, no FIFO waits for a writer.
 * trusted: the kernel itself leads there, no name does.
 */
static void try_path(struct search *search, int directory_fd, const char *path, bool trusted)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct stat file;

	if (search->fd >= 0)
		return;
	fd = openat(directory_fd, path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file))
		return;
	if (!trusted && !is_mapped_file(search->vma, &file))
		return;
	search->fd = fd;
	fd = -1; /* the search's now */
}

static void try_map_files(struct search *search, int directory_fd)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "map_files/%" PRIx64 "-%" PRIx64, search->vma->start,
		 search->vma->end);
	errno = 0;
	try_path(search, directory_fd, path, true);
	search->map_refused = search->fd < 0 && (errno == EPERM || errno == EACCES);
}

/* The kernel prints a newline in a name as \012. */
static char *restore_newlines(const char *name)
{
	static const char escaped[] = "\\012";
	const size_t length = sizeof(escaped) - 1;
	char *restored = strdup(name), *to = restored;

	if (!restored)
		return NULL;
	for (const char *from = name; *from;) {
		bool newline = !strncmp(from, escaped, length);

		*to++ = newline ? '\n' : *from;
		from += newline ? length : 1;
	}
	*to = '\0';
	return restored;
}

static void try_name(struct search *search, int directory_fd, const char *name)
{
	VMSPY_AUTO(vmspy_guard_close) int root_fd = -1;

	root_fd = openat(directory_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root_fd >= 0 && name[1])
		try_path(search, root_fd, name + 1, false);
	try_path(search, AT_FDCWD, name, false);
}

static struct vmspy_error *try_names(struct search *search, int directory_fd)
{
	VMSPY_AUTO(vmspy_guard_free) char *restored = NULL;
	const char *name = search->vma->name;

	if (!name || name[0] != '/')
		return NULL;
	/* A literal \012 in a name looks the same: as it is first. */
	try_name(search, directory_fd, name);
	restored = restore_newlines(name);
	if (!restored)
		return vmspy_error_no_memory();
	try_name(search, directory_fd, restored);
	return NULL;
}

static struct vmspy_error *explain_nothing(const struct vmspy_process *process,
					   const struct search *search)
{
	uint64_t start = search->vma->start;

	if (search->map_refused)
		return vmspy_error_create(
			VMSPY_ERROR_NOT_PERMITTED,
			"cannot open the file mapped at 0x%" PRIx64 " of '%d': no name "
			"leads to it, and map_files needs CAP_CHECKPOINT_RESTORE or "
			"CAP_SYS_ADMIN (run with sudo)",
			start, process->pid);
	return vmspy_error_create(VMSPY_ERROR_GONE,
				  "cannot open the file mapped at 0x%" PRIx64
				  " of '%d': no name leads "
				  "to it any more",
				  start, process->pid);
}

/* Open for reading what O_PATH found: the same file, whatever its name leads to by now. */
static struct vmspy_error *reopen(const struct vmspy_process *process, const struct search *search,
				  int *ret_fd)
{
	char path[PATH_BYTES];
	struct stat file;
	int fd;

	if (fstat(search->fd, &file) || !S_ISREG(file.st_mode))
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot open the file mapped at 0x%" PRIx64
					  " of '%d': it is "
					  "no regular file",
					  search->vma->start, process->pid);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", search->fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return vmspy_error_system(errno,
					  "cannot open the file mapped at 0x%" PRIx64 " of '%d'",
					  search->vma->start, process->pid);
	*ret_fd = fd;
	return NULL;
}

struct vmspy_error *vmspy_files_open(const struct vmspy_process *process,
				     const struct vmspy_vma *vma, int *ret_fd)
{
	struct search search = { .vma = vma, .fd = -1 };
	struct vmspy_error *err;

	if (!vma->inode)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "no file is mapped at 0x%" PRIx64 " of '%d'", vma->start,
					  process->pid);
	try_map_files(&search, process->directory_fd);
	err = try_names(&search, process->directory_fd);
	try_path(&search, process->directory_fd, "exe", false);
	if (!err)
		err = search.fd < 0 ? explain_nothing(process, &search)
				    : reopen(process, &search, ret_fd);
	vmspy_guard_close(&search.fd);
	return err;
}
