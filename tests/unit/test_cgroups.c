#include "test.h"

#include <stdbool.h>
#include <sys/stat.h>

#include "kernel/cgroups.h"

/* Where our own memory cgroup is: of version 1 in a hierarchy of its own, else of version 2. */
struct own {
	char path[4096];
	const char *root;
};

static bool take(const char *line, const char *start, const char *root, struct own *own)
{
	const char *found = strstr(line, start);

	if (!found)
		return false;
	own->root = root;
	snprintf(own->path, sizeof(own->path), "%s", found + strlen(start));
	own->path[strcspn(own->path, "\n")] = '\0';
	return true;
}

/* ret: its inode, 0 if it is not to be seen from here. */
static uint64_t find_own(struct own *own)
{
	char line[4096], full[5000];
	FILE *file = fopen("/proc/self/cgroup", "re");
	struct stat folder;
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = take(line, ":memory:", "/sys/fs/cgroup/memory", own);
	if (file)
		rewind(file);
	while (file && !found && fgets(line, sizeof(line), file))
		found = take(line, "0::", "/sys/fs/cgroup", own);
	if (file)
		fclose(file);
	snprintf(full, sizeof(full), "%s%s", found ? own->root : "", own->path);
	return found && !stat(full, &folder) ? folder.st_ino : 0;
}

static void our_own_cgroup_is_found_by_its_number(void **state)
{
	struct own own = { 0 };
	uint64_t inode = find_own(&own);
	char *found = NULL;

	(void)state;
	if (!inode)
		skip();
	assert_ok(vmspy_cgroup_find(inode, &found));
	assert_non_null(found);
	assert_string_equal(found, own.path);
	free(found);
}

static void the_root_is_a_cgroup_as_well(void **state)
{
	struct own own = { 0 };
	struct stat folder;
	char *found = NULL;

	(void)state;
	if (!find_own(&own) || stat(own.root, &folder))
		skip();
	assert_ok(vmspy_cgroup_find(folder.st_ino, &found));
	assert_non_null(found);
	assert_string_equal(found, "/");
	free(found);
}

static void a_number_that_no_cgroup_has_has_no_path(void **state)
{
	char before, *found = &before;

	(void)state;
	assert_ok(vmspy_cgroup_find(UINT64_MAX - 7, &found));
	assert_null(found);
}

TEST_MAIN(TEST(our_own_cgroup_is_found_by_its_number), TEST(the_root_is_a_cgroup_as_well),
	  TEST(a_number_that_no_cgroup_has_has_no_path))
