#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "child.h"
#include "format/pagemap.h"
#include "space/ops.h"

enum {
	PAGE_BYTES = 4096,
	NO_SUCH_PID = 99999999
};

static struct vmspy_host host;
static char *written; /* a page of which children inherit a copy */

static int set_up(void **state)
{
	(void)state;
	written =
		mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(written, "bytes", 5);
	if (sbrk(PAGE_BYTES) == (void *)-1) /* an allocator need not use the heap */
		return -1;
	return child_is_done(vmspy_host_probe(&host)) ? 0 : -1;
}

static struct vmspy_space *open_space(pid_t pid)
{
	struct vmspy_space *space = NULL;

	assert_true(child_is_done(vmspy_space_open(pid, &host, &space)));
	return space;
}

static void a_live_process_answers_every_question(void **state)
{
	struct child child = child_start(child_count);
	struct vmspy_space *space = open_space(child.pid);
	uint64_t at = (uintptr_t)written, word = 0;
	char bytes[5];
	size_t got;

	(void)state;
	assert_int_equal(vmspy_space_identity(space)->pid, child.pid);
	assert_int_equal(vmspy_space_identity(space)->parent_pid, getpid());
	assert_ptr_equal(vmspy_space_host(space), &host);
	assert_int_equal(vmspy_space_layout(space)->count, 0);
	assert_true(child_is_done(vmspy_space_hold(space)));
	assert_true(vmspy_space_is_held(space));
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_true(child_is_done(vmspy_space_words(space, at, 1, &word)));
	assert_true(word & VMSPY_PAGEMAP_PRESENT);
	assert_true(child_is_done(vmspy_space_bytes(space, at, bytes, sizeof(bytes), &got)));
	assert_int_equal(got, sizeof(bytes));
	assert_memory_equal(bytes, "bytes", sizeof(bytes));
	assert_true(vmspy_space_release(space) > 0);
	assert_false(vmspy_space_is_held(space));
	assert_int_equal(vmspy_space_release(space), 0);
	vmspy_space_close(space);
	child_end(&child);
}

static int own_nice(void)
{
	return getpriority(PRIO_PROCESS, 0);
}

/* Who is held waits for us. */
static void who_holds_runs_before_others(void **state)
{
	const int before = own_nice(), highest = -20;
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);

	(void)state;
	child_require_root();
	assert_int_not_equal(before, highest);
	assert_true(child_is_done(vmspy_space_prepare_hold(space)));
	assert_int_equal(own_nice(), highest);
	assert_true(child_is_done(vmspy_space_hold(space)));
	assert_int_equal(own_nice(), highest);
	vmspy_space_release(space);
	assert_int_equal(own_nice(), before);
	assert_true(child_is_done(vmspy_space_hold(space)));
	vmspy_space_close(space);
	assert_int_equal(own_nice(), before);
	child_end(&child);
}

static void nobody_is_held_nobody_hurries(void **state)
{
	const int before = own_nice();
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);

	(void)state;
	child_end(&child);
	assert_true(child_is_error(vmspy_space_hold(space), VMSPY_ERROR_GONE, "cannot stop"));
	assert_int_equal(own_nice(), before);
	vmspy_space_close(space);
}

static void the_layout_has_heap_stack_and_text(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	const struct vmspy_mapping *heap;

	(void)state;
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_true(layout->count > 5);
	assert_true(layout->bounds.known);
	assert_int_equal(layout->brk, (uintptr_t)sbrk(0));
	heap = vmspy_layout_find(layout, layout->brk - 1);
	assert_non_null(heap);
	assert_int_equal(heap->kind, VMSPY_KIND_HEAP);
	assert_int_equal(vmspy_layout_find(layout, layout->bounds.start_stack)->kind,
			 VMSPY_KIND_STACK);
	assert_int_equal(vmspy_layout_find(layout, layout->bounds.start_code)->kind,
			 VMSPY_KIND_TEXT);
	vmspy_space_close(space);
	child_end(&child);
}

static void smaps_has_every_mapping(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	struct vmspy_smaps_list smaps = { 0 };

	(void)state;
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_true(child_is_done(vmspy_space_smaps(space, &smaps)));
	assert_int_equal(smaps.count, layout->count);
	for (size_t i = 0; i < layout->count; i++)
		assert_non_null(vmspy_smaps_find(&smaps, layout->mapping[i].vma.start,
						 layout->mapping[i].vma.end));
	vmspy_smaps_list_deinit(&smaps);
	vmspy_space_close(space);
	child_end(&child);
}

static void a_space_may_be_loaded_again(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);
	size_t count;

	(void)state;
	assert_true(child_is_done(vmspy_space_load(space)));
	count = vmspy_space_layout(space)->count;
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_int_equal(vmspy_space_layout(space)->count, count);
	vmspy_space_close(space);
	child_end(&child);
}

static void closing_a_held_space_lets_it_go(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);

	(void)state;
	assert_true(child_is_done(vmspy_space_hold(space)));
	assert_int_equal(child_state(child.pid), 't');
	vmspy_space_close(space);
	child_wait_until(child_state(child.pid) == 'S');
	assert_int_equal(child_tracer(child.pid), 0);
	vmspy_space_close(NULL);
	child_end(&child);
}

static void an_ended_process_cannot_be_loaded(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_space *space = open_space(child.pid);

	(void)state;
	child_end(&child);
	assert_true(child_is_error(vmspy_space_load(space), VMSPY_ERROR_GONE, "ended"));
	assert_true(child_is_error(vmspy_space_hold(space), VMSPY_ERROR_GONE, "cannot stop"));
	assert_int_equal(vmspy_space_layout(space)->count, 0);
	vmspy_space_close(space);
}

static void wait_in_vfork(struct child_page *page)
{
	pid_t pid;

	atomic_store(&page->ready, true);
	pid = vfork();
	if (!pid) {
		while (!atomic_load(&page->go))
			sched_yield();
		_exit(0);
	}
	child_rest();
}

static void a_vfork_parent_is_read_but_not_called_held(void **state)
{
	struct child child = child_start(wait_in_vfork);
	struct vmspy_space *space = open_space(child.pid);

	(void)state;
	child_wait_until(child_state(child.pid) == 'D');
	assert_true(child_is_done(vmspy_space_hold(space)));
	assert_false(vmspy_space_is_held(space));
	assert_true(child_is_done(vmspy_space_load(space)));
	vmspy_space_close(space);
	atomic_store(&child.page->go, true);
	child_wait_until(child_state(child.pid) == 'S');
	child_end(&child);
}

/* Become nobody, who may ptrace, and may not open files of mode 0400. */
static bool keep_ptrace_only(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = 1U << CAP_SYS_PTRACE, .permitted = 1U << CAP_SYS_PTRACE },
	};

	return !prctl(PR_SET_KEEPCAPS, 1) && child_drop_rights() &&
	       !syscall(SYS_capset, &header, data);
}

static bool loads_without_pagemap(const void *pid)
{
	struct vmspy_space *space = NULL;
	uint64_t word;
	char byte;
	size_t got;
	bool done = keep_ptrace_only() &&
		    child_is_done(vmspy_space_open(*(const pid_t *)pid, &host, &space)) &&
		    child_is_done(vmspy_space_load(space)) && vmspy_space_layout(space)->count &&
		    child_is_error(vmspy_space_words(space, (uintptr_t)written, 1, &word),
				   VMSPY_ERROR_NOT_PERMITTED, "CAP_DAC_READ_SEARCH") &&
		    child_is_error(vmspy_space_bytes(space, (uintptr_t)written, &byte, 1, &got),
				   VMSPY_ERROR_NOT_PERMITTED, "CAP_DAC_READ_SEARCH");

	vmspy_space_close(space);
	return done;
}

static void mappings_need_no_right_to_the_pages(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = child_start(child_idle);
	assert_true(child_holds(loads_without_pagemap, &child.pid));
	child_end(&child);
}

enum {
	HUGE_BYTES = 2 << 20
};

static void hugetlb_is_known_whatever_it_is_called(void **state)
{
	int fd = memfd_create("named", MFD_HUGETLB | MFD_CLOEXEC);
	char *unnamed = mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	char *named =
		mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	struct vmspy_space *space;
	struct child child;

	(void)state;
	if (unnamed == MAP_FAILED || named == MAP_FAILED) {
		print_message("SKIPPED %s: this kernel maps no huge pages\n", __func__);
		skip();
	}
	child = child_start(child_idle);
	space = open_space(child.pid);
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_int_equal(vmspy_layout_find(vmspy_space_layout(space), (uintptr_t)unnamed)->kind,
			 VMSPY_KIND_HUGETLB);
	assert_int_equal(vmspy_layout_find(vmspy_space_layout(space), (uintptr_t)named)->kind,
			 VMSPY_KIND_HUGETLB);
	vmspy_space_close(space);
	child_end(&child);
	munmap(unnamed, HUGE_BYTES);
	munmap(named, HUGE_BYTES);
	close(fd);
}

#define RESERVED_BYTES ((size_t)16 << 40)

static bool is_empty(struct vmspy_space *space, const void *address)
{
	bool empty = false;

	assert_true(child_is_done(vmspy_space_is_empty(
		space, vmspy_layout_find(vmspy_space_layout(space), (uintptr_t)address), &empty)));
	return empty;
}

static void a_reservation_is_empty_until_something_is_written(void **state)
{
	enum {
		FLAGS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
	};
	char *untouched = mmap(NULL, RESERVED_BYTES, PROT_NONE, FLAGS, -1, 0);
	char *used = mmap(NULL, RESERVED_BYTES, PROT_READ | PROT_WRITE, FLAGS, -1, 0);
	char *shared = mmap(NULL, PAGE_BYTES, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct vmspy_space *space;
	struct child child;

	(void)state;
	assert_ptr_not_equal(untouched, MAP_FAILED);
	assert_ptr_not_equal(used, MAP_FAILED);
	used[RESERVED_BYTES / 2] = 1;
	child = child_start(child_idle);
	space = open_space(child.pid);
	assert_true(child_is_done(vmspy_space_load(space)));
	assert_true(is_empty(space, untouched));
	assert_false(is_empty(space, used));
	assert_false(is_empty(space, shared)); /* it may be swapped without a trace here */
	vmspy_space_close(space);
	child_end(&child);
	munmap(untouched, RESERVED_BYTES);
	munmap(used, RESERVED_BYTES);
	munmap(shared, PAGE_BYTES);
}

static void no_process_no_space(void **state)
{
	struct vmspy_space *space;

	(void)state;
	assert_true(child_is_error(vmspy_space_open(NO_SUCH_PID, &host, &space), VMSPY_ERROR_GONE,
				   "no process '99999999'"));
}

static bool closed;

static void fake_close(struct vmspy_space *space)
{
	(void)space;
	closed = true;
}

static void what_a_kind_of_space_cannot_tell_is_unsupported(void **state)
{
	static const struct vmspy_space_ops ops = { .close = fake_close };
	struct vmspy_space space;
	struct vmspy_smaps_list smaps;
	struct vmspy_populated populated;
	uint64_t word = 0;
	size_t got;
	int fd;

	(void)state;
	vmspy_space_init(&space, &ops, &host);
	assert_true(child_is_done(vmspy_space_hold(&space)));
	assert_false(vmspy_space_is_held(&space));
	assert_true(child_is_error(vmspy_space_load(&space), VMSPY_ERROR_UNSUPPORTED, "mappings"));
	assert_true(child_is_error(vmspy_space_smaps(&space, &smaps), VMSPY_ERROR_UNSUPPORTED,
				   "sizes"));
	assert_true(child_is_error(vmspy_space_populated(&space, 0, 1, &populated),
				   VMSPY_ERROR_UNSUPPORTED, "populated"));
	assert_true(child_is_error(vmspy_space_words(&space, 0, 1, &word), VMSPY_ERROR_UNSUPPORTED,
				   "pages"));
	assert_true(
		child_is_error(vmspy_space_frame_facts(&space, VMSPY_FRAME_FLAGS,
						       (struct vmspy_frames){ &word, 1 }, &word),
			       VMSPY_ERROR_UNSUPPORTED, "facts"));
	assert_true(child_is_error(vmspy_space_bytes(&space, 0, &word, 1, &got),
				   VMSPY_ERROR_UNSUPPORTED, "bytes"));
	assert_true(child_is_error(vmspy_space_open_file(&space, NULL, &fd),
				   VMSPY_ERROR_UNSUPPORTED, "files"));
	vmspy_space_close(&space);
	assert_true(closed);
}

static void an_address_is_found_in_its_mapping_alone(void **state)
{
	struct vmspy_mapping mapping[] = {
		{ .vma = { .start = 0x1000, .end = 0x3000 } },
		{ .vma = { .start = 0x3000, .end = 0x4000 } },
		{ .vma = { .start = 0x8000, .end = 0x9000 } },
	};
	const struct vmspy_layout layout = { .mapping = mapping, .count = 3 };
	const struct vmspy_layout empty = { 0 };

	(void)state;
	assert_null(vmspy_layout_find(&empty, 0x1000));
	assert_null(vmspy_layout_find(&layout, 0xfff));
	assert_ptr_equal(vmspy_layout_find(&layout, 0x1000), &mapping[0]);
	assert_ptr_equal(vmspy_layout_find(&layout, 0x2fff), &mapping[0]);
	assert_ptr_equal(vmspy_layout_find(&layout, 0x3000), &mapping[1]);
	assert_null(vmspy_layout_find(&layout, 0x4000));
	assert_ptr_equal(vmspy_layout_find(&layout, 0x8000), &mapping[2]);
	assert_null(vmspy_layout_find(&layout, 0x9000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_process_answers_every_question),
		cmocka_unit_test(who_holds_runs_before_others),
		cmocka_unit_test(nobody_is_held_nobody_hurries),
		cmocka_unit_test(the_layout_has_heap_stack_and_text),
		cmocka_unit_test(smaps_has_every_mapping),
		cmocka_unit_test(a_space_may_be_loaded_again),
		cmocka_unit_test(closing_a_held_space_lets_it_go),
		cmocka_unit_test(an_ended_process_cannot_be_loaded),
		cmocka_unit_test(a_vfork_parent_is_read_but_not_called_held),
		cmocka_unit_test(mappings_need_no_right_to_the_pages),
		cmocka_unit_test(hugetlb_is_known_whatever_it_is_called),
		cmocka_unit_test(a_reservation_is_empty_until_something_is_written),
		cmocka_unit_test(no_process_no_space),
		cmocka_unit_test(what_a_kind_of_space_cannot_tell_is_unsupported),
		cmocka_unit_test(an_address_is_found_in_its_mapping_alone),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
