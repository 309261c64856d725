#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <sys/mount.h>

#include "child.h"
#include "kernel/host.h"
#include "kernel/procs.h"
#include "kernel/uapi.h"

static void the_host_is_known_by_trying(void **state)
{
	struct vmspy_host host;

	(void)state;
	assert_true(child_is_done(vmspy_host_probe(&host)));
	assert_int_equal(host.page_bytes, sysconf(_SC_PAGESIZE));
	assert_true(strlen(host.kernel) > 0);
	assert_true(strlen(host.boot_id) == 0 || strlen(host.boot_id) == 36);
	if (host.scan_categories)
		assert_true(host.scan_categories & VMSPY_PAGE_IS_PRESENT);
}

static void root_sees_frames_and_the_zero_page(void **state)
{
	struct vmspy_host host, again;

	(void)state;
	child_require_root();
	assert_true(child_is_done(vmspy_host_probe(&host)));
	assert_true(child_is_done(vmspy_host_probe(&again)));
	assert_true(host.frames_visible);
	assert_true(host.fact_visible[VMSPY_FRAME_FLAGS]);
	assert_int_not_equal(host.zero_frame, 0);
	assert_int_equal(host.zero_frame, again.zero_frame);
}

static bool sees_no_frames(const void *data)
{
	struct vmspy_host host;

	(void)data;
	return child_drop_rights() && child_is_done(vmspy_host_probe(&host)) &&
	       !host.frames_visible && !host.fact_visible[VMSPY_FRAME_FLAGS] &&
	       host.zero_frame == 0;
}

static void without_rights_frames_are_hidden(void **state)
{
	(void)state;
	assert_true(child_holds(sees_no_frames, NULL));
}

/* In a mount namespace of its own: the machine's /proc stays where it is. */
static bool says_that_proc_is_missing(const void *data)
{
	struct vmspy_proc_list list;
	struct vmspy_host host;

	(void)data;
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/proc", "tmpfs", 0, NULL) &&
	       child_is_error(vmspy_host_probe(&host), VMSPY_ERROR_UNSUPPORTED,
			      "/proc is not mounted") &&
	       child_is_error(vmspy_procs_list(&list), VMSPY_ERROR_UNSUPPORTED,
			      "/proc is not mounted");
}

static void without_proc_there_is_a_message_and_no_exit(void **state)
{
	(void)state;
	child_require_root();
	assert_true(child_holds(says_that_proc_is_missing, NULL));
}

static void counters_of_the_kernel_do_not_run_backwards(void **state)
{
	struct vmspy_vmstat before = vmspy_host_vmstat(), after = vmspy_host_vmstat();

	(void)state;
	assert_true(before.swapped_in_pages <= after.swapped_in_pages);
	assert_true(before.migrated_pages <= after.migrated_pages);
}

static void the_clock_goes_forward(void **state)
{
	uint64_t before = vmspy_host_now_ns();

	(void)state;
	child_sleep_ms(1);
	assert_true(vmspy_host_now_ns() - before >= 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_is_known_by_trying),
		cmocka_unit_test(root_sees_frames_and_the_zero_page),
		cmocka_unit_test(without_rights_frames_are_hidden),
		cmocka_unit_test(without_proc_there_is_a_message_and_no_exit),
		cmocka_unit_test(counters_of_the_kernel_do_not_run_backwards),
		cmocka_unit_test(the_clock_goes_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
