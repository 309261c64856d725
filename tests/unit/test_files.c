#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "child.h"
#include "kernel/files.h"

enum {
	PAGE_BYTES = 4096,
	PATH_BYTES = 96
};

static char directory[] = "/tmp/vmspy-test-XXXXXX";
static char path[PATH_BYTES]; /* of the file that the child maps */
static void *mapped;

static int make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) && !chmod(directory, 0755) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

static void write_file(const char *content)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
}

/* Map the file here and in a child that has it from us. */
static struct child map_in_child(const char *name)
{
	struct child child;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	write_file("what is mapped");
	fd = open(path, O_RDONLY);
	mapped = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(mapped, MAP_FAILED);
	close(fd);
	child = child_start(child_idle);
	return child;
}

struct target {
	struct vmspy_process process;
	struct vmspy_vma_list list;
	const struct vmspy_vma *vma;
};

static bool target_init(struct target *target, pid_t pid, const void *address)
{
	struct vmspy_buf text = { 0 };
	bool done;

	*target = (struct target){ .process = VMSPY_PROCESS_NONE };
	done = child_is_done(vmspy_process_init(pid, &target->process)) &&
	       child_is_done(vmspy_process_read(&target->process, "maps", &text)) &&
	       child_is_done(vmspy_maps_parse(text.text, text.length, &target->list));
	vmspy_buf_deinit(&text);
	target->vma = done ? vmspy_vma_find(&target->list, (uintptr_t)address) : NULL;
	return target->vma;
}

static void target_deinit(struct target *target)
{
	vmspy_process_deinit(&target->process);
	vmspy_vma_list_deinit(&target->list);
}

/* Whether what is opened for the mapping is the file that was mapped. */
static bool opens_what_is_mapped(const void *pid)
{
	struct target target;
	char bytes[32] = "";
	int fd = -1;
	bool done = target_init(&target, *(const pid_t *)pid, mapped) &&
		    child_is_done(vmspy_files_open(&target.process, target.vma, &fd)) &&
		    read(fd, bytes, sizeof(bytes) - 1) > 0 && !strcmp(bytes, "what is mapped") &&
		    (fcntl(fd, F_GETFD) & FD_CLOEXEC) &&
		    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY;

	if (fd >= 0)
		close(fd);
	target_deinit(&target);
	return done;
}

static void end(struct child *child)
{
	munmap(mapped, PAGE_BYTES);
	child_end(child);
	unlink(path);
}

static void a_mapped_file_is_opened(void **state)
{
	struct child child = map_in_child("plain");

	(void)state;
	assert_true(opens_what_is_mapped(&child.pid));
	end(&child);
}

static void be_nobody(struct child_page *page)
{
	if (child_drop_rights())
		child_idle(page);
}

static bool opens_without_rights(const void *pid)
{
	return child_drop_rights() && opens_what_is_mapped(pid);
}

/* As map_in_child(), a child that a user without rights may look at. */
static struct child map_in_nobody(const char *name)
{
	struct child root = map_in_child(name);
	struct child child;

	child_end(&root);
	child = child_start(be_nobody);
	return child;
}

static void without_rights_the_name_leads_there(void **state)
{
	struct child child = map_in_nobody("by-name");

	(void)state;
	assert_true(child_holds(opens_without_rights, &child.pid));
	end(&child);
}

static void a_newline_in_the_name_is_found(void **state)
{
	struct child child = map_in_nobody("new\nline");

	(void)state;
	assert_true(child_holds(opens_without_rights, &child.pid));
	end(&child);
}

static void a_literal_escape_in_the_name_is_found(void **state)
{
	struct child child = map_in_nobody("no\\012newline");

	(void)state;
	assert_true(child_holds(opens_without_rights, &child.pid));
	end(&child);
}

static void a_replaced_file_is_still_the_one_mapped(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = map_in_child("replaced");
	unlink(path);
	write_file("something else");
	assert_true(opens_what_is_mapped(&child.pid));
	end(&child);
}

static bool refuses_the_replacement(const void *pid)
{
	struct target target;
	int fd = -1;
	bool done = child_drop_rights() && target_init(&target, *(const pid_t *)pid, mapped) &&
		    child_is_error(vmspy_files_open(&target.process, target.vma, &fd),
				   VMSPY_ERROR_NOT_PERMITTED, "CAP_CHECKPOINT_RESTORE");

	target_deinit(&target);
	return done;
}

static void without_rights_a_replacement_is_never_taken_for_it(void **state)
{
	struct child child = map_in_nobody("replaced");

	(void)state;
	unlink(path);
	write_file("something else");
	assert_true(child_holds(refuses_the_replacement, &child.pid));
	end(&child);
}

/* Opening a FIFO for reading would wait for a writer. */
static void a_fifo_of_that_name_does_not_block(void **state)
{
	struct child child = map_in_nobody("fifo");

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0666), 0);
	assert_true(child_holds(refuses_the_replacement, &child.pid));
	end(&child);
}

static void a_mapping_without_a_file_has_none(void **state)
{
	struct child child = child_start(child_idle);
	struct target target;
	int fd;

	(void)state;
	assert_true(target_init(&target, child.pid, &child)); /* our stack, inherited */
	assert_true(child_is_error(vmspy_files_open(&target.process, target.vma, &fd),
				   VMSPY_ERROR_UNSUPPORTED, "no file is mapped"));
	target_deinit(&target);
	child_end(&child);
}

static void a_device_is_no_regular_file(void **state)
{
	struct child child;
	struct target target;
	void *zeros;
	int fd;

	(void)state;
	fd = open("/dev/zero", O_RDONLY);
	zeros = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(zeros, MAP_FAILED);
	close(fd);
	child = child_start(child_idle);
	assert_true(target_init(&target, child.pid, zeros));
	assert_true(child_is_error(vmspy_files_open(&target.process, target.vma, &fd),
				   VMSPY_ERROR_UNSUPPORTED, "no regular file"));
	target_deinit(&target);
	munmap(zeros, PAGE_BYTES);
	child_end(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapped_file_is_opened),
		cmocka_unit_test(without_rights_the_name_leads_there),
		cmocka_unit_test(a_newline_in_the_name_is_found),
		cmocka_unit_test(a_literal_escape_in_the_name_is_found),
		cmocka_unit_test(a_replaced_file_is_still_the_one_mapped),
		cmocka_unit_test(without_rights_a_replacement_is_never_taken_for_it),
		cmocka_unit_test(a_fifo_of_that_name_does_not_block),
		cmocka_unit_test(a_mapping_without_a_file_has_none),
		cmocka_unit_test(a_device_is_no_regular_file),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
