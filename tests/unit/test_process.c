#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "child.h"
#include "kernel/process.h"

enum {
	NO_SUCH_PID = 99999999,
	KTHREADD_PID = 2
};

static void *rest(void *data)
{
	struct child_page *page = data;

	atomic_store(&page->tid, (int)syscall(SYS_gettid));
	atomic_store(&page->ready, true);
	child_rest();
	return NULL;
}

static void rest_in_a_thread(struct child_page *page)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, rest, page))
		child_rest();
}

static void outlive_the_leader(struct child_page *page)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, rest, page))
		syscall(SYS_exit, 0);
}

static void a_process_is_known_by_its_pid(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	char exe[4096] = "";

	(void)state;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_true(child_is_done(vmspy_process_init(child.pid, &process)));
	assert_int_equal(process.pid, child.pid);
	assert_int_equal(process.reader_tid, child.pid);
	assert_int_equal(process.stat.parent_pid, getpid());
	assert_true(process.stat.bounds.known);
	assert_string_equal(process.exe, exe);
	assert_true(child_is_done(vmspy_process_check(&process)));
	vmspy_process_deinit(&process);
	vmspy_process_deinit(&process);
	child_end(&child);
}

static void a_tid_means_its_process(void **state)
{
	struct child child = child_start(rest_in_a_thread);
	struct vmspy_process process = VMSPY_PROCESS_NONE;

	(void)state;
	assert_true(child_is_done(vmspy_process_init(atomic_load(&child.page->tid), &process)));
	assert_int_equal(process.pid, child.pid);
	assert_int_equal(process.reader_tid, child.pid);
	vmspy_process_deinit(&process);
	child_end(&child);
}

static void what_is_no_process_is_gone(void **state)
{
	static const struct {
		pid_t pid;
		const char *message;
	} none[] = {
		{ 0, "no process '0'" },
		{ -1, "no process '-1'" },
		{ NO_SUCH_PID, "no process '99999999'" },
	};
	struct vmspy_process process;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_true(child_is_error(vmspy_process_init(none[i].pid, &process),
					   VMSPY_ERROR_GONE, none[i].message));
}

static void end_at_once(struct child_page *page)
{
	atomic_store(&page->ready, true);
}

static void a_zombie_is_told_with_its_parent(void **state)
{
	struct child child = child_start(end_at_once);
	struct vmspy_process process;
	char parent[32];

	(void)state;
	child_wait_until(child_state(child.pid) == 'Z');
	snprintf(parent, sizeof(parent), "(pid %d)", getpid());
	assert_true(child_is_error(vmspy_process_init(child.pid, &process), VMSPY_ERROR_GONE,
				   "is a zombie"));
	assert_true(
		child_is_error(vmspy_process_init(child.pid, &process), VMSPY_ERROR_GONE, parent));
	child_end(&child);
}

static void a_dead_leader_is_read_through_a_live_thread(void **state)
{
	struct child child = child_start(outlive_the_leader);
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	struct vmspy_buf maps = { 0 };

	(void)state;
	child_wait_until(child_state(child.pid) == 'Z');
	assert_true(child_is_done(vmspy_process_init(child.pid, &process)));
	assert_int_equal(process.pid, child.pid);
	assert_int_equal(process.reader_tid, atomic_load(&child.page->tid));
	assert_true(process.stat.bounds.known);
	assert_true(child_is_done(vmspy_process_check(&process)));
	assert_true(child_is_done(vmspy_process_read(&process, "maps", &maps)));
	assert_true(maps.length > 0);
	vmspy_buf_deinit(&maps);
	vmspy_process_deinit(&process);
	child_end(&child);
}

static void a_kernel_thread_has_no_address_space(void **state)
{
	struct vmspy_process process;
	char text[CHILD_STATUS_BYTES];

	(void)state;
	if (strncmp(child_status(KTHREADD_PID, "Name", text), "kthreadd", 8))
		skip(); /* a pid namespace of its own has none */
	assert_true(child_is_error(vmspy_process_init(KTHREADD_PID, &process),
				   VMSPY_ERROR_UNSUPPORTED, "is a kernel thread"));
}

static void a_process_that_has_ended_is_gone_for_every_question(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	struct vmspy_buf text = { 0 };
	int fd;

	(void)state;
	assert_true(child_is_done(vmspy_process_init(child.pid, &process)));
	child_end(&child);
	assert_true(child_is_error(vmspy_process_check(&process), VMSPY_ERROR_GONE, "ended"));
	assert_true(child_is_error(vmspy_process_read(&process, "stat", &text), VMSPY_ERROR_GONE,
				   "ended"));
	assert_true(child_is_error(vmspy_process_open(&process, "maps", &fd), VMSPY_ERROR_GONE,
				   "ended"));
	vmspy_buf_deinit(&text);
	vmspy_process_deinit(&process);
}

static void a_file_this_kernel_lacks_is_unsupported(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	int fd;

	(void)state;
	assert_true(child_is_done(vmspy_process_init(child.pid, &process)));
	assert_true(child_is_error(vmspy_process_open(&process, "no_such_file", &fd),
				   VMSPY_ERROR_UNSUPPORTED, "no such file"));
	vmspy_process_deinit(&process);
	child_end(&child);
}

static void run_sleep_when_told(struct child_page *page)
{
	atomic_store(&page->ready, true);
	while (!atomic_load(&page->go))
		sched_yield();
	execl("/bin/sleep", "sleep", "100", (char *)NULL);
}

static void another_program_is_seen_after_refresh(void **state)
{
	struct child child = child_start(run_sleep_when_told);
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	char text[CHILD_STATUS_BYTES];

	(void)state;
	assert_true(child_is_done(vmspy_process_init(child.pid, &process)));
	atomic_store(&child.page->go, true);
	child_wait_until(!strncmp(child_status(child.pid, "Name", text), "sleep\n", 6));
	assert_string_not_equal(process.stat.comm, "sleep");
	assert_true(child_is_done(vmspy_process_refresh(&process)));
	assert_string_equal(process.stat.comm, "sleep");
	assert_non_null(strstr(process.exe, "sleep"));
	vmspy_process_deinit(&process);
	child_end(&child);
}

static void wait_in_vfork(struct child_page *page)
{
	pid_t pid = vfork();

	if (!pid) {
		atomic_store(&page->tid, getpid());
		atomic_store(&page->ready, true);
		while (!atomic_load(&page->go))
			sched_yield();
		_exit(0);
	}
	child_rest();
}

static void vfork_shares_memory_and_fork_does_not(void **state)
{
	struct child child = child_start(wait_in_vfork), other = child_start(child_idle);
	struct vmspy_process parent = VMSPY_PROCESS_NONE, vforked = VMSPY_PROCESS_NONE;
	struct vmspy_process forked = VMSPY_PROCESS_NONE;

	(void)state;
	assert_true(child_is_done(vmspy_process_init(child.pid, &parent)));
	assert_true(child_is_done(vmspy_process_init(atomic_load(&child.page->tid), &vforked)));
	assert_true(child_is_done(vmspy_process_init(other.pid, &forked)));
	assert_true(vmspy_process_same_memory(&parent, &parent));
	assert_true(vmspy_process_same_memory(&parent, &vforked));
	assert_false(vmspy_process_same_memory(&parent, &forked));
	vmspy_process_deinit(&parent);
	vmspy_process_deinit(&vforked);
	vmspy_process_deinit(&forked);
	atomic_store(&child.page->go, true);
	child_end(&child);
	child_end(&other);
}

static bool names_the_right_for_each_file(const void *data)
{
	struct vmspy_process process = VMSPY_PROCESS_NONE;
	bool done;
	int fd;

	done = child_drop_rights() &&
	       child_is_done(vmspy_process_init(*(const pid_t *)data, &process)) && !process.exe &&
	       !process.stat.bounds.known &&
	       child_is_error(vmspy_process_open(&process, "maps", &fd), VMSPY_ERROR_NOT_PERMITTED,
			      "it belongs to uid 0: needs CAP_SYS_PTRACE (run with sudo)") &&
	       child_is_error(vmspy_process_open(&process, "pagemap", &fd),
			      VMSPY_ERROR_NOT_PERMITTED,
			      "needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH (run with sudo)");
	vmspy_process_deinit(&process);
	return done;
}

static void a_foreign_process_is_found_but_not_read(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = child_start(child_idle);
	assert_true(child_holds(names_the_right_for_each_file, &child.pid));
	child_end(&child);
}

/* In a mount namespace of its own: the machine's /proc stays as it is. */
static bool says_that_proc_hides_it(const void *data)
{
	struct vmspy_process process;

	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("proc", "/proc", "proc", 0, "hidepid=2") && child_drop_rights() &&
	       child_is_error(vmspy_process_init(*(const pid_t *)data, &process),
			      VMSPY_ERROR_NOT_PERMITTED, "hidepid");
}

static void a_hidden_process_is_not_called_gone(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = child_start(child_idle);
	assert_true(child_holds(says_that_proc_hides_it, &child.pid));
	child_end(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_known_by_its_pid),
		cmocka_unit_test(a_tid_means_its_process),
		cmocka_unit_test(what_is_no_process_is_gone),
		cmocka_unit_test(a_zombie_is_told_with_its_parent),
		cmocka_unit_test(a_dead_leader_is_read_through_a_live_thread),
		cmocka_unit_test(a_kernel_thread_has_no_address_space),
		cmocka_unit_test(a_process_that_has_ended_is_gone_for_every_question),
		cmocka_unit_test(a_file_this_kernel_lacks_is_unsupported),
		cmocka_unit_test(another_program_is_seen_after_refresh),
		cmocka_unit_test(vfork_shares_memory_and_fork_does_not),
		cmocka_unit_test(a_foreign_process_is_found_but_not_read),
		cmocka_unit_test(a_hidden_process_is_not_called_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
