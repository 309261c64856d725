#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>

#include "child.h"
#include "format/kpageflags.h"
#include "format/pagemap.h"
#include "kernel/pages.h"

enum {
	PAGE_BYTES = 4096,
	AREA_PAGES = 4096,
	ROOM = 2048,
	NO_SUCH_FRAME_BITS = 50,
};

static struct vmspy_host host;
static char *area; /* every other page is written */
static int pagemap_fd;

static int open_pagemap(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	return fd;
}

static int set_up(void **state)
{
	(void)state;
	area = mmap(NULL, AREA_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(area, AREA_PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < AREA_PAGES; i += 2)
		area[i * PAGE_BYTES] = 1;
	pagemap_fd = open_pagemap(getpid());
	return child_is_done(vmspy_host_probe(&host)) ? 0 : -1;
}

static uint64_t page_at(size_t index)
{
	return (uintptr_t)area + index * PAGE_BYTES;
}

static void a_word_is_read_for_every_page(void **state)
{
	static uint64_t words[AREA_PAGES];

	(void)state;
	assert_true(
		child_is_done(vmspy_pages_words(pagemap_fd, &host, page_at(0), AREA_PAGES, words)));
	for (size_t i = 0; i < AREA_PAGES; i++)
		assert_int_equal(!!(words[i] & VMSPY_PAGEMAP_PRESENT), i % 2 == 0);
}

static void pages_above_user_space_read_as_nothing(void **state)
{
	uint64_t word = 1;

	(void)state;
	assert_true(child_is_done(
		vmspy_pages_words(pagemap_fd, &host, UINT64_C(0xffffffffff600000), 1, &word)));
	assert_int_equal(word, 0);
}

static void run_sleep_when_told(struct child_page *page)
{
	atomic_store(&page->ready, true);
	while (!atomic_load(&page->go))
		sched_yield();
	execl("/bin/sleep", "sleep", "100", (char *)NULL);
}

static void a_process_that_ran_another_program_is_gone(void **state)
{
	struct child child = child_start(run_sleep_when_told);
	struct vmspy_page_region region;
	struct vmspy_populated populated = { .region = &region, .room = 1 };
	int fd = open_pagemap(child.pid);
	char text[CHILD_STATUS_BYTES];
	uint64_t word;

	(void)state;
	atomic_store(&child.page->go, true);
	child_wait_until(!strncmp(child_status(child.pid, "Name", text), "sleep\n", 6));
	assert_true(child_is_error(vmspy_pages_words(fd, &host, page_at(0), 1, &word),
				   VMSPY_ERROR_GONE, "gone"));
	if (host.scan_categories)
		assert_true(child_is_error(
			vmspy_pages_populated(fd, &host, page_at(0), page_at(1), &populated),
			VMSPY_ERROR_GONE, "gone"));
	close(fd);
	child_end(&child);
}

/* More regions than one call of the kernel returns faithfully. */
static void every_populated_page_is_found_once(void **state)
{
	static struct vmspy_page_region region[ROOM];
	struct vmspy_populated populated = { .region = region, .room = ROOM };
	uint64_t at = page_at(0), end = page_at(AREA_PAGES);
	size_t found = 0;

	(void)state;
	if (!host.scan_categories)
		skip();
	while (at < end) {
		assert_true(child_is_done(
			vmspy_pages_populated(pagemap_fd, &host, at, end, &populated)));
		assert_true(populated.next > at && populated.next <= end);
		for (size_t i = 0; i < populated.count; i++, found++) {
			assert_int_equal(region[i].start, page_at(2 * found));
			assert_int_equal(region[i].end, page_at(2 * found + 1));
		}
		at = populated.next;
	}
	assert_int_equal(found, AREA_PAGES / 2);
}

static void a_scan_stops_at_the_pages_asked_for(void **state)
{
	struct vmspy_page_region region[ROOM];
	struct vmspy_populated populated = { .region = region, .room = ROOM, .max_pages = 3 };

	(void)state;
	if (!host.scan_categories)
		skip();
	assert_true(child_is_done(vmspy_pages_populated(pagemap_fd, &host, page_at(0),
							page_at(AREA_PAGES), &populated)));
	assert_int_equal(populated.count, 3);
	assert_true(populated.next >= page_at(5) && populated.next <= page_at(6));
}

static void regions_end_where_the_range_does(void **state)
{
	struct vmspy_page_region region[ROOM];
	struct vmspy_populated populated = { .region = region, .room = ROOM };

	(void)state;
	if (!host.scan_categories)
		skip();
	assert_true(child_is_done(
		vmspy_pages_populated(pagemap_fd, &host, page_at(2), page_at(3) - 1, &populated)));
	assert_int_equal(populated.count, 1);
	assert_int_equal(region[0].start, page_at(2));
	assert_int_equal(region[0].end, page_at(3) - 1);
	assert_int_equal(populated.next, page_at(3) - 1);
}

static void an_old_kernel_cannot_scan(void **state)
{
	struct vmspy_host old = host;
	struct vmspy_populated populated = { 0 };

	(void)state;
	old.scan_categories = 0;
	assert_true(child_is_error(
		vmspy_pages_populated(pagemap_fd, &old, page_at(0), page_at(1), &populated),
		VMSPY_ERROR_UNSUPPORTED, "PAGEMAP_SCAN"));
}

static void flags_belong_to_their_frames_in_any_order(void **state)
{
	uint64_t frames[5], flags[5], words[1], one;
	int fd;

	(void)state;
	child_require_root();
	fd = open("/proc/kpageflags", O_RDONLY);
	assert_true(fd >= 0);
	assert_true(child_is_done(vmspy_pages_words(pagemap_fd, &host, page_at(0), 1, words)));
	frames[0] = words[0] & VMSPY_PAGEMAP_FRAME_MASK;
	frames[1] = host.zero_frame;
	frames[2] = host.zero_frame + 1;
	frames[3] = UINT64_C(1) << NO_SUCH_FRAME_BITS;
	frames[4] = UINT64_MAX;
	memset(flags, 0xff, sizeof(flags));
	assert_true(child_is_done(vmspy_pages_facts(fd, frames, 5, flags)));
	assert_true(vmspy_kpageflags_has(flags[1], VMSPY_KPF_ZERO_PAGE));
	assert_false(vmspy_kpageflags_has(flags[0], VMSPY_KPF_ZERO_PAGE));
	assert_false(vmspy_kpageflags_has(flags[2], VMSPY_KPF_ZERO_PAGE));
	assert_int_equal(flags[3], 0);
	assert_int_equal(flags[4], 0);
	assert_true(child_is_done(vmspy_pages_facts(fd, &frames[1], 1, &one)));
	assert_int_equal(one, flags[1]);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_read_for_every_page),
		cmocka_unit_test(pages_above_user_space_read_as_nothing),
		cmocka_unit_test(a_process_that_ran_another_program_is_gone),
		cmocka_unit_test(every_populated_page_is_found_once),
		cmocka_unit_test(a_scan_stops_at_the_pages_asked_for),
		cmocka_unit_test(regions_end_where_the_range_does),
		cmocka_unit_test(an_old_kernel_cannot_scan),
		cmocka_unit_test(flags_belong_to_their_frames_in_any_order),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
