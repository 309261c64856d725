#include "kernel/cgroups.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/banned.h"

enum {
	DEPTH_MAX = 32,
	FOLDERS_MAX = 20000 /* looked at, before we give up */
};

/* A walk over the hierarchy. */
struct walk {
	uint64_t inode;
	size_t folders;
	struct vmspy_buf path;
	bool is_found;
};

static void end_walk(struct walk *walk)
{
	vmspy_buf_deinit(&walk->path);
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* Where the memory controller's cgroups are: in version 1 it has a hierarchy of its own. */
static const char *find_root(void)
{
	static const struct {
		const char *path;
		long magic;
	} roots[] = {
		{ "/sys/fs/cgroup/memory", CGROUP_SUPER_MAGIC },
		{ "/sys/fs/cgroup", CGROUP2_SUPER_MAGIC },
		{ "/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC },
	};
	struct statfs stats;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (!statfs(roots[i].path, &stats) && (long)stats.f_type == roots[i].magic)
			return roots[i].path;
	return NULL;
}

static struct vmspy_error *look_into(struct walk *walk, int parent_fd, const char *name, int depth);

static bool is_cgroup(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

/* The path grows by a name on the way down and shrinks on the way back. */
static struct vmspy_error *look_at(struct walk *walk, DIR *folder, const struct dirent *entry,
				   int depth)
{
	size_t length = walk->path.length;
	struct vmspy_error *err = vmspy_buf_printf(&walk->path, "/%s", entry->d_name);

	if (err)
		return err;
	walk->is_found = entry->d_ino == walk->inode;
	if (!walk->is_found)
		err = look_into(walk, dirfd(folder), entry->d_name, depth + 1);
	if (!err && !walk->is_found) {
		walk->path.length = length;
		walk->path.text[length] = '\0';
	}
	return err;
}

static struct vmspy_error *look_into(struct walk *walk, int parent_fd, const char *name, int depth)
{
	VMSPY_AUTO(close_folder) DIR *folder = NULL;
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct vmspy_error *err = NULL;
	struct dirent *entry;

	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		vmspy_guard_close(&fd);
		return NULL;
	}
	while (!err && !walk->is_found && depth < DEPTH_MAX && walk->folders < FOLDERS_MAX &&
	       (entry = readdir(folder))) {
		if (!is_cgroup(entry))
			continue;
		walk->folders++;
		err = look_at(walk, folder, entry, depth);
	}
	return err;
}

static bool is_root(const char *root, uint64_t inode)
{
	struct stat folder;

	return !stat(root, &folder) && folder.st_ino == inode;
}

struct vmspy_error *vmspy_cgroup_find(uint64_t inode, char **ret)
{
	VMSPY_AUTO(end_walk) struct walk walk = { .inode = inode };
	const char *root = find_root();
	struct vmspy_error *err = NULL;

	*ret = NULL;
	if (!root)
		return NULL;
	if (is_root(root, inode)) {
		walk.is_found = true;
		err = vmspy_buf_printf(&walk.path, "/");
	} else {
		err = look_into(&walk, AT_FDCWD, root, 0);
	}
	if (!err && walk.is_found)
		*ret = vmspy_buf_take(&walk.path);
	return err;
}
