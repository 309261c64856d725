#include "test.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/user.h>

#include "child.h"
#include "kernel/freeze.h"
#include "kernel/process.h"
#include "kernel/threads.h"

enum {
	RBX = 3,
	RBP = 6,
	RSP = 7,
	R12 = 12,
	R15 = 15,
	WAITING_THREADS = 3,
};

struct looked_at {
	struct vmspy_process process;
	struct vmspy_freeze freeze;
	struct vmspy_thread_list list;
};

static struct looked_at look(pid_t pid, bool hold)
{
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	assert_ok(vmspy_process_init(pid, &looked.process));
	if (hold)
		assert_ok(vmspy_freeze_begin(pid, &looked.freeze));
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	vmspy_threads_name(&looked.process, NULL, &looked.list);
	return looked;
}

static void forget(struct looked_at *looked)
{
	vmspy_thread_list_deinit(&looked->list);
	vmspy_freeze_end(&looked->freeze);
	vmspy_process_deinit(&looked->process);
}

/* --- registers ----------------------------------------------------------------------------- */

static void registers_of_64_bit_code_have_their_dwarf_numbers(void **state)
{
	const struct user_regs_struct status = {
		.rax = 100,
		.rdx = 101,
		.rcx = 102,
		.rbx = 103,
		.rsi = 104,
		.rdi = 105,
		.rbp = 106,
		.rsp = 107,
		.r8 = 108,
		.r9 = 109,
		.r10 = 110,
		.r11 = 111,
		.r12 = 112,
		.r13 = 113,
		.r14 = 114,
		.r15 = 115,
		.rip = 116,
	};
	struct vmspy_registers registers = vmspy_registers_of(&status, sizeof(status));

	(void)state;
	assert_true(registers.known);
	assert_false(registers.is_32bit);
	for (uint64_t i = 0; i < 17; i++)
		assert_int_equal(registers.value[i], 100 + i);
	assert_int_equal(registers.pc, 116);
	assert_int_equal(vmspy_registers_stack_number(&registers), RSP);
}

/* In the order of the 32-bit user_regs_struct. */
static void registers_of_32_bit_code_have_their_dwarf_numbers(void **state)
{
	enum {
		EBX = 103,
		ECX = 101,
		EDX = 102,
		ESI = 106,
		EDI = 107,
		EBP = 105,
		EAX = 100,
		EIP = 108,
		ESP = 104
	};
	const uint32_t status[17] = { EBX, ECX, EDX, ESI, EDI, EBP, EAX, 0, 0,
				      0,   0,   0,   EIP, 0,   0,   ESP, 0 };
	struct vmspy_registers registers = vmspy_registers_of(status, sizeof(status));

	(void)state;
	assert_true(registers.known);
	assert_true(registers.is_32bit);
	for (uint64_t i = 0; i < 9; i++)
		assert_int_equal(registers.value[i], 100 + i);
	assert_int_equal(registers.pc, EIP);
	assert_int_equal(registers.value[vmspy_registers_stack_number(&registers)], ESP);
}

static void registers_of_an_unknown_size_are_not_known(void **state)
{
	const char status[512] = { 0 };

	(void)state;
	assert_false(vmspy_registers_of(status, 0).known);
	assert_false(vmspy_registers_of(status, sizeof(struct user_regs_struct) - 8).known);
	assert_false(vmspy_registers_of(status, sizeof(status)).known);
}

#ifdef __x86_64__
/* A body: spin with known values in registers. */
__attribute__((noinline)) static void spin(struct child_page *page)
{
	__asm__ volatile("mov $0x1111, %%rbx\n"
			 "mov $0x2222, %%r12\n"
			 "mov $0x3333, %%r15\n"
			 "movl $1, (%0)\n"
			 "1: jmp 1b\n"
			 :
			 : "D"(&page->tid)
			 : "rbx", "r12", "r15", "memory");
}

static void the_registers_of_a_held_thread_are_what_it_put_there(void **state)
{
	struct child child = child_fork(spin);
	struct looked_at looked;
	const struct vmspy_thread *thread;

	(void)state;
	child_wait_until(atomic_load(&child.page->tid) == 1);
	looked = look(child.pid, true);
	thread = &looked.list.thread[0];
	assert_int_equal(looked.list.count, 1);
	assert_int_equal(thread->tid, child.pid);
	assert_true(thread->registers.known);
	assert_int_equal(thread->registers.value[RBX], 0x1111);
	assert_int_equal(thread->registers.value[R12], 0x2222);
	assert_int_equal(thread->registers.value[R15], 0x3333);
	assert_int_equal(thread->stack_pointer, thread->registers.value[RSP]);
	/* It spins in a function of ours, on a stack like ours. */
	assert_true(thread->registers.pc - (uintptr_t)spin < 256);
	assert_true(thread->stack_pointer - (uintptr_t)&looked + (1 << 20) < 2 << 20);
	forget(&looked);
	assert_int_equal(child_tracer(child.pid), 0);
	child_end(&child);
}
#endif

/* --- the list ------------------------------------------------------------------------------ */

static void *wait_named(void *data)
{
	struct child_page *page = data;
	unsigned long number = atomic_fetch_add(&page->counter[0], 1);
	char name[16];

	snprintf(name, sizeof(name), "waiting\n%lu", number);
	prctl(PR_SET_NAME, name);
	atomic_store(&page->counter[1 + number], (uintptr_t)name);
	atomic_fetch_add(&page->counter[10], 1);
	child_rest();
	return NULL;
}

static void wait_in_threads(struct child_page *page)
{
	pthread_t thread;

	for (int i = 0; i < WAITING_THREADS; i++)
		if (pthread_create(&thread, NULL, wait_named, page))
			_exit(1);
	while (atomic_load(&page->counter[10]) < WAITING_THREADS)
		child_sleep_ms(1);
	prctl(PR_SET_NAME, "leader");
	child_idle(page);
}

/* Each stands just below a variable of its own. */
static void check_waiting(const struct child *child, const struct vmspy_thread_list *list)
{
	assert_int_equal(list->count, WAITING_THREADS + 1);
	assert_int_equal(list->thread[0].tid, child->pid);
	assert_string_equal(list->thread[0].comm, "leader");
	for (size_t i = 1; i < list->count; i++) {
		const struct vmspy_thread *thread = &list->thread[i];
		size_t number = strtoul(thread->comm + strlen("waiting\n"), NULL, 10);

		assert_true(thread->tid > list->thread[i - 1].tid);
		assert_memory_equal(thread->comm, "waiting\n", strlen("waiting\n"));
		assert_true(atomic_load(&child->page->counter[1 + number]) - thread->stack_pointer <
			    4096);
	}
}

static void held_threads_have_names_and_registers(void **state)
{
	struct child child = child_start(wait_in_threads);
	struct looked_at looked;

	(void)state;
	looked = look(child.pid, true);
	check_waiting(&child, &looked.list);
	for (size_t i = 0; i < looked.list.count; i++)
		assert_true(looked.list.thread[i].registers.known);
	forget(&looked);
	child_end(&child);
}

static bool all_are_asleep(pid_t pid)
{
	struct looked_at looked = look(pid, false);
	bool asleep = looked.list.count == WAITING_THREADS + 1;

	for (size_t i = 0; i < looked.list.count; i++)
		asleep &= child_state(looked.list.thread[i].tid) == 'S';
	forget(&looked);
	return asleep;
}

static void without_a_hold_threads_that_wait_have_names_and_stack_pointers(void **state)
{
	struct child child = child_start(wait_in_threads);
	struct looked_at looked;

	(void)state;
	child_wait_until(all_are_asleep(child.pid));
	looked = look(child.pid, false);
	check_waiting(&child, &looked.list);
	for (size_t i = 0; i < looked.list.count; i++)
		assert_false(looked.list.thread[i].registers.known);
	forget(&looked);
	child_end(&child);
}

static void without_a_hold_a_thread_that_runs_has_no_stack_pointer(void **state)
{
	struct child child = child_start(child_count);
	struct looked_at looked;
	uint64_t stack_pointer;

	(void)state;
	/* On a machine with work to do it waits for a CPU now and then, which is running as well. */
	looked = look(child.pid, false);
	stack_pointer = looked.list.thread[0].stack_pointer;
	assert_int_equal(looked.list.count, 1);
	assert_int_equal(stack_pointer, 0);
	forget(&looked);
	child_end(&child);
}

static void names_are_read_when_they_are_asked_for_and_only_those_wanted(void **state)
{
	const bool wanted[WAITING_THREADS + 1] = { false, true, false, false };
	struct child child = child_start(wait_in_threads);
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	(void)state;
	assert_ok(vmspy_process_init(child.pid, &looked.process));
	assert_ok(vmspy_freeze_begin(child.pid, &looked.freeze));
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	vmspy_freeze_end(&looked.freeze);
	assert_int_equal(looked.list.count, WAITING_THREADS + 1);
	for (size_t i = 0; i < looked.list.count; i++)
		assert_string_equal(looked.list.thread[i].comm, "");
	vmspy_threads_name(&looked.process, wanted, &looked.list);
	for (size_t i = 0; i < looked.list.count; i++)
		assert_int_equal(looked.list.thread[i].comm[0] != '\0', wanted[i]);
	forget(&looked);
	child_end(&child);
}

static void a_thread_that_is_younger_than_the_list_does_not_lend_it_its_name(void **state)
{
	struct child child = child_start(wait_in_threads);
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	(void)state;
	assert_ok(vmspy_process_init(child.pid, &looked.process));
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	looked.list.read_ns = 0; /* as if the numbers had been those of others, long ago */
	vmspy_threads_name(&looked.process, NULL, &looked.list);
	assert_int_equal(looked.list.count, WAITING_THREADS + 1);
	for (size_t i = 1; i < looked.list.count; i++)
		assert_string_equal(looked.list.thread[i].comm, "");
	forget(&looked);
	child_end(&child);
}

static void a_thread_that_has_ended_since_has_no_name(void **state)
{
	struct child child = child_start(wait_in_threads);
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	(void)state;
	assert_ok(vmspy_process_init(child.pid, &looked.process));
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	child_end(&child);
	vmspy_threads_name(&looked.process, NULL, &looked.list);
	for (size_t i = 1; i < looked.list.count; i++)
		assert_string_equal(looked.list.thread[i].comm, "");
	forget(&looked);
}

/* Each says where a variable of its own TLS is. */
static _Thread_local int of_thread;

static void *say_tls(void *data)
{
	struct child_page *page = data;

	of_thread = 1;
	atomic_store(&page->counter[2], (uintptr_t)&of_thread);
	atomic_fetch_add(&page->counter[10], 1);
	child_rest();
	return NULL;
}

static void have_tls(struct child_page *page)
{
	pthread_t thread;

	of_thread = 1;
	atomic_store(&page->counter[1], (uintptr_t)&of_thread);
	if (pthread_create(&thread, NULL, say_tls, page))
		_exit(1);
	while (atomic_load(&page->counter[10]) < 1)
		child_sleep_ms(1);
	child_idle(page);
}

static void the_thread_pointer_of_a_held_thread_leads_to_its_tls(void **state)
{
	struct child child = child_start(have_tls);
	struct looked_at looked;

	(void)state;
	looked = look(child.pid, true);
	assert_int_equal(looked.list.count, 2);
	/* Variables of the program lie right below it: psABI, "variant II". */
	for (size_t i = 0; i < 2; i++)
		assert_true(looked.list.thread[i].thread_pointer -
				    atomic_load(&child.page->counter[1 + i]) <
			    4096);
	forget(&looked);
	looked = look(child.pid, false);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(looked.list.thread[i].thread_pointer, 0);
	forget(&looked);
	child_end(&child);
}

static void the_threads_of_a_process_that_has_ended_are_none(void **state)
{
	struct child child = child_start(child_idle);
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	(void)state;
	assert_ok(vmspy_process_init(child.pid, &looked.process));
	child_end(&child);
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	assert_int_equal(looked.list.count, 0);
	forget(&looked);
}

static void a_thread_that_was_killed_while_it_was_held_is_left_out(void **state)
{
	struct child child = child_start(wait_in_threads);
	struct looked_at looked = { .process = VMSPY_PROCESS_NONE };

	(void)state;
	assert_ok(vmspy_process_init(child.pid, &looked.process));
	assert_ok(vmspy_freeze_begin(child.pid, &looked.freeze));
	kill(child.pid, SIGKILL);
	child_wait_until(child_state(child.pid) != 't');
	assert_ok(vmspy_threads_read(&looked.process, &looked.freeze, &looked.list));
	for (size_t i = 0; i < looked.list.count; i++)
		assert_false(looked.list.thread[i].registers.known);
	forget(&looked);
	assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
	munmap(child.page, sizeof(*child.page));
}

TEST_MAIN(TEST(registers_of_64_bit_code_have_their_dwarf_numbers),
	  TEST(registers_of_32_bit_code_have_their_dwarf_numbers),
	  TEST(registers_of_an_unknown_size_are_not_known),
#ifdef __x86_64__
	  TEST(the_registers_of_a_held_thread_are_what_it_put_there),
#endif
	  TEST(held_threads_have_names_and_registers),
	  TEST(without_a_hold_threads_that_wait_have_names_and_stack_pointers),
	  TEST(without_a_hold_a_thread_that_runs_has_no_stack_pointer),
	  TEST(names_are_read_when_they_are_asked_for_and_only_those_wanted),
	  TEST(a_thread_that_is_younger_than_the_list_does_not_lend_it_its_name),
	  TEST(a_thread_that_has_ended_since_has_no_name),
	  TEST(the_thread_pointer_of_a_held_thread_leads_to_its_tls),
	  TEST(the_threads_of_a_process_that_has_ended_are_none),
	  TEST(a_thread_that_was_killed_while_it_was_held_is_left_out))
