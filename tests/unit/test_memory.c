#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "child.h"
#include "kernel/memory.h"

enum {
	PAGE_BYTES = 4096,
	HELLO_AT = 100
};

static char *area; /* three pages; a child unmaps the last one of its own */

static int open_mem(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	return fd;
}

static int make_area(void **state)
{
	(void)state;
	area = mmap(NULL, 3 * PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	memset(area, 'a', 2 * PAGE_BYTES);
	memcpy(area + HELLO_AT, "hello", 5);
	return 0;
}

static void make_hole(struct child_page *page)
{
	if (!munmap(area + 2 * PAGE_BYTES, PAGE_BYTES))
		child_idle(page);
}

static void bytes_of_another_process_are_read(void **state)
{
	struct child child = child_start(child_idle);
	int fd = open_mem(child.pid);
	char bytes[5];
	size_t got = 0;

	(void)state;
	assert_true(child_is_done(
		vmspy_memory_read(fd, (uintptr_t)area + HELLO_AT, bytes, sizeof(bytes), &got)));
	assert_int_equal(got, sizeof(bytes));
	assert_memory_equal(bytes, "hello", sizeof(bytes));
	close(fd);
	child_end(&child);
}

static void what_lies_before_a_hole_is_read(void **state)
{
	struct child child = child_start(make_hole);
	int fd = open_mem(child.pid);
	char bytes[2 * PAGE_BYTES];
	size_t got = 0;

	(void)state;
	assert_true(child_is_done(
		vmspy_memory_read(fd, (uintptr_t)area + PAGE_BYTES, bytes, sizeof(bytes), &got)));
	assert_int_equal(got, PAGE_BYTES);
	assert_true(child_is_done(
		vmspy_memory_read(fd, (uintptr_t)area + 2 * PAGE_BYTES, bytes, PAGE_BYTES, &got)));
	assert_int_equal(got, 0);
	close(fd);
	child_end(&child);
}

static void nothing_is_read_above_user_space(void **state)
{
	struct child child = child_start(child_idle);
	int fd = open_mem(child.pid);
	char bytes[8];
	size_t got = 1;

	(void)state;
	assert_true(child_is_done(
		vmspy_memory_read(fd, UINT64_C(0xffffffffff600000), bytes, sizeof(bytes), &got)));
	assert_int_equal(got, 0);
	close(fd);
	child_end(&child);
}

static void an_ended_process_is_gone(void **state)
{
	struct child child = child_start(child_idle);
	int fd = open_mem(child.pid);
	char bytes[8];
	size_t got;

	(void)state;
	child_end(&child);
	assert_true(
		child_is_error(vmspy_memory_read(fd, (uintptr_t)area, bytes, sizeof(bytes), &got),
			       VMSPY_ERROR_GONE, "gone"));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_another_process_are_read),
		cmocka_unit_test(what_lies_before_a_hole_is_read),
		cmocka_unit_test(nothing_is_read_above_user_space),
		cmocka_unit_test(an_ended_process_is_gone),
	};

	return cmocka_run_group_tests(tests, make_area, NULL);
}
