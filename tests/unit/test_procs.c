#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "child.h"
#include "kernel/procs.h"

static void we_and_our_child_are_listed_in_order(void **state)
{
	struct child child = child_start(child_idle);
	struct vmspy_proc_list list = { 0 };
	const struct vmspy_proc *proc;

	(void)state;
	assert_true(child_is_done(vmspy_procs_list(&list)));
	proc = vmspy_proc_find(&list, child.pid);
	assert_non_null(proc);
	assert_int_equal(proc->parent_pid, getpid());
	assert_int_not_equal(proc->start_time_ticks, 0);
	assert_true(proc->forked);
	assert_int_equal(proc->session_pid, getsid(0));
	assert_non_null(vmspy_proc_find(&list, getpid()));
	for (size_t i = 1; i < list.count; i++)
		assert_true(list.proc[i - 1].pid < list.proc[i].pid);
	vmspy_proc_list_deinit(&list);
	child_end(&child);
}

static const char *const odd_names[] = { ") R 1 (", "a\nb", "\033[31m", "why?", "\xc3\x28" };
static size_t odd_name;

static void take_an_odd_name(struct child_page *page)
{
	prctl(PR_SET_NAME, odd_names[odd_name]);
	child_idle(page);
}

static void a_comm_is_kept_byte_by_byte(void **state)
{
	(void)state;
	for (odd_name = 0; odd_name < sizeof(odd_names) / sizeof(odd_names[0]); odd_name++) {
		struct child child = child_start(take_an_odd_name);
		struct vmspy_proc_list list = { 0 };
		const struct vmspy_proc *proc;

		assert_true(child_is_done(vmspy_procs_list(&list)));
		proc = vmspy_proc_find(&list, child.pid);
		assert_non_null(proc);
		assert_string_equal(proc->comm, odd_names[odd_name]);
		vmspy_proc_list_deinit(&list);
		child_end(&child);
	}
}

static void who_is_not_listed_is_not_found(void **state)
{
	struct vmspy_proc_list empty = { 0 };

	(void)state;
	assert_null(vmspy_proc_find(&empty, getpid()));
	vmspy_proc_list_deinit(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_and_our_child_are_listed_in_order),
		cmocka_unit_test(a_comm_is_kept_byte_by_byte),
		cmocka_unit_test(who_is_not_listed_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
