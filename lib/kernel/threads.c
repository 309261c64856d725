#include "kernel/threads.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/scan.h"
#include "kernel/freeze.h"
#include "kernel/proc_file.h"
#include "kernel/process.h"

#include "base/banned.h"

#define NS_PER_SECOND UINT64_C(1000000000)

enum {
	PATH_BYTES = 64,
	SYSCALL_LINE_BYTES = 256, /* nine numbers */
	STATUS_BYTES_MAX = 512,   /* of NT_PRSTATUS */
	PC_OF_X86_64 = 16,
	PC_OF_I386 = 8,
	FS_BASE_OF_X86_64 = 21, /* words of the answer */
	GS_OF_I386 = 10,
	SELECTOR_INDEX_SHIFT = 3, /* below it: which table, and the privilege */
	SEGMENTS_MAX = 3,         /* a thread may have: GDT_ENTRY_TLS_ENTRIES */
};

/* --- registers ----------------------------------------------------------------------------- */

/*
 * Where NT_PRSTATUS has each register, by DWARF number: the order of user_regs_struct.
 * Source: arch/x86/include/asm/user_64.h, user_32.h.
 */
static const struct format {
	size_t size; /* of the answer: it says which kind of thread it is */
	size_t word_bytes;
	bool is_32bit;
	size_t count;
	size_t pc; /* DWARF number */
	unsigned char word[VMSPY_REGISTERS_MAX];
} formats[] = {
	{ .size = 27 * sizeof(uint64_t),
	  .word_bytes = sizeof(uint64_t),
	  .count = 17,
	  .pc = PC_OF_X86_64,
	  /* rax rdx rcx rbx rsi rdi rbp rsp, r8 ... r15, rip */
	  .word = { 10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16 } },
	{ .size = 17 * sizeof(uint32_t),
	  .word_bytes = sizeof(uint32_t),
	  .is_32bit = true,
	  .count = 9,
	  .pc = PC_OF_I386,
	  /* eax ecx edx ebx esp ebp esi edi eip */
	  .word = { 6, 1, 2, 0, 15, 5, 3, 4, 12 } },
};

static uint64_t word_at(const struct format *format, const void *status, size_t index)
{
	const char *at = (const char *)status + index * format->word_bytes;
	uint32_t small;
	uint64_t large;

	if (format->word_bytes == sizeof(large)) {
		memcpy(&large, at, sizeof(large));
		return large;
	}
	memcpy(&small, at, sizeof(small));
	return small;
}

/* Elsewhere answers of the same size mean something else. */
static bool is_x86(void)
{
#ifdef __x86_64__
	return true;
#else
	return false;
#endif
}

struct vmspy_registers vmspy_registers_of(const void *status, size_t size)
{
	struct vmspy_registers registers = { 0 };

	for (size_t i = 0; is_x86() && i < sizeof(formats) / sizeof(formats[0]); i++) {
		const struct format *format = &formats[i];

		if (format->size != size)
			continue;
		registers.known = true;
		registers.is_32bit = format->is_32bit;
		for (size_t j = 0; j < format->count; j++)
			registers.value[j] = word_at(format, status, format->word[j]);
		registers.pc = registers.value[format->pc];
	}
	return registers;
}

/*
 * One segment that a thread made for itself.
 * Source: struct user_desc of arch/x86/include/uapi/asm/ldt.h.
 */
struct segment {
	uint32_t index;
	uint32_t base;
	uint32_t limit;
	uint32_t flags;
};

/* ret: where the segment of a selector begins; 0: it is none of the thread's own. */
static uint64_t segment_base(pid_t tid, uint16_t selector)
{
	struct segment segment[SEGMENTS_MAX] = { 0 };
	struct iovec answer = { .iov_base = segment, .iov_len = sizeof(segment) };

	if (ptrace(PTRACE_GETREGSET, tid, (void *)(uintptr_t)NT_386_TLS, &answer))
		return 0;
	for (size_t i = 0; i < answer.iov_len / sizeof(*segment); i++)
		if (segment[i].index == selector >> SELECTOR_INDEX_SHIFT)
			return segment[i].base;
	return 0;
}

/* Where the C library keeps what belongs to a thread: fs of 64-bit code, gs of 32-bit code. */
static uint64_t thread_pointer_of(pid_t tid, const struct vmspy_registers *registers,
				  const void *status)
{
	const struct format *format = &formats[registers->is_32bit];

	if (!registers->known)
		return 0;
	if (!registers->is_32bit)
		return word_at(format, status, FS_BASE_OF_X86_64);
	return segment_base(tid, (uint16_t)word_at(format, status, GS_OF_I386));
}

static void ask_thread(struct vmspy_thread *thread)
{
	uint64_t status[STATUS_BYTES_MAX / sizeof(uint64_t)];
	struct iovec answer = { .iov_base = status, .iov_len = sizeof(status) };

	if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)(uintptr_t)NT_PRSTATUS, &answer)) {
		/* It was killed while it stood still. */
		if (errno == ESRCH)
			thread->tid = 0;
		return;
	}
	thread->registers = vmspy_registers_of(status, answer.iov_len);
	if (!thread->registers.known)
		return;
	thread->stack_pointer =
		thread->registers.value[vmspy_registers_stack_number(&thread->registers)];
	thread->program_counter = thread->registers.pc;
	thread->thread_pointer = thread_pointer_of(thread->tid, &thread->registers, status);
}

/* On the thread that traces. The threads of the list are those of the freeze, in its order. */
static void ask_stopped(const struct vmspy_freeze *freeze, void *context)
{
	struct vmspy_thread_list *list = context;

	for (size_t i = 0; i < freeze->count; i++)
		if (freeze->thread[i].stopped)
			ask_thread(&list->thread[i]);
}

/* --- files of /proc ------------------------------------------------------------------------ */

/* "running", or a list that ends with the stack pointer and the place in the program. */
static void parse_syscall(const char *line, size_t length, struct vmspy_thread *thread)
{
	struct vmspy_scan scan = vmspy_scan_over(line, length), word;
	uint64_t number;

	while (vmspy_scan_until(&scan, ' ', &word)) {
		if (!vmspy_scan_text(&word, "0x") || !vmspy_scan_hex(&word, &number))
			continue;
		thread->stack_pointer = thread->program_counter;
		thread->program_counter = number;
	}
}

/* A thread that has ended is taken out of the list. */
static void read_place(int tasks_fd, struct vmspy_thread_list *list, struct vmspy_thread *thread)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	char path[PATH_BYTES], line[SYSCALL_LINE_BYTES];
	ssize_t length = -1;

	snprintf(path, sizeof(path), "%d/syscall", (int)thread->tid);
	fd = openat(tasks_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		length = read(fd, line, sizeof(line));
	if (length > 0)
		parse_syscall(line, (size_t)length, thread);
	else if (length < 0 && (errno == ENOENT || errno == ESRCH))
		thread->tid = 0;
	else if (length < 0 && (errno == EACCES || errno == EPERM))
		list->refused = true;
}

/* --- the list ------------------------------------------------------------------------------ */

static struct vmspy_error *add(struct vmspy_thread_list *list, pid_t tid)
{
	struct vmspy_error *err =
		vmspy_array_grow(&list->thread, &list->room, list->count, sizeof(*list->thread));

	if (!err)
		list->thread[list->count++] = (struct vmspy_thread){ .tid = tid };
	return err;
}

static struct vmspy_error *list_stopped(struct vmspy_freeze *freeze, struct vmspy_thread_list *list)
{
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < freeze->count; i++)
		err = add(list, freeze->thread[i].tid);
	if (!err)
		vmspy_freeze_call(freeze, ask_stopped, list);
	return err;
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static struct vmspy_error *list_running(int tasks_fd, struct vmspy_thread_list *list)
{
	VMSPY_AUTO(close_directory) DIR *tasks = NULL;
	int fd = openat(tasks_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct vmspy_error *err = NULL;
	struct dirent *entry;

	tasks = fd < 0 ? NULL : fdopendir(fd);
	if (!tasks)
		vmspy_guard_close(&fd);
	while (tasks && !err && (entry = readdir(tasks))) {
		pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (tid > 0)
			err = add(list, tid);
	}
	return err;
}

/* Where ptrace did not tell the stack pointer; drop those that have ended. */
static void complete(int tasks_fd, struct vmspy_thread_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct vmspy_thread *thread = &list->thread[i];

		if (thread->tid && !thread->registers.known)
			read_place(tasks_fd, list, thread);
		if (thread->tid)
			list->thread[kept++] = *thread;
	}
	list->count = kept;
}

/* What the start times of /proc count from. */
static uint64_t boot_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

static int by_tid(const void *a, const void *b)
{
	const struct vmspy_thread *left = a, *right = b;

	return (left->tid > right->tid) - (left->tid < right->tid);
}

struct vmspy_error *vmspy_threads_read(const struct vmspy_process *process,
				       struct vmspy_freeze *freeze, struct vmspy_thread_list *ret)
{
	/* From the directory that is pinned: it is /proc/PID, or that of one of its threads. */
	const char *tasks = process->reader_tid == process->pid ? "task" : "..";
	VMSPY_AUTO(vmspy_guard_close)
	int tasks_fd = openat(process->directory_fd, tasks, O_PATH | O_DIRECTORY | O_CLOEXEC);
	VMSPY_AUTO(vmspy_thread_list_deinit) struct vmspy_thread_list list = { 0 };
	struct vmspy_error *err = NULL;

	list.read_ns = boot_time_ns();
	if (tasks_fd >= 0)
		err = freeze->count ? list_stopped(freeze, &list) : list_running(tasks_fd, &list);
	if (err)
		return err;
	complete(tasks_fd, &list);
	if (list.count)
		qsort(list.thread, list.count, sizeof(*list.thread), by_tid);
	*ret = list;
	list = (struct vmspy_thread_list){ 0 }; /* the caller's now */
	return NULL;
}

/* --- names --------------------------------------------------------------------------------- */

/* Whether a thread was there already when the list was read; a tick of doubt is for the old one. */
static bool is_old(const struct vmspy_thread_list *list, const struct vmspy_stat *stat)
{
	uint64_t ticks_per_second = (uint64_t)sysconf(_SC_CLK_TCK);

	return stat->start_time_ticks <= list->read_ns / (NS_PER_SECOND / ticks_per_second);
}

void vmspy_threads_name(const struct vmspy_process *process, const bool *wanted,
			struct vmspy_thread_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct vmspy_thread *thread = &list->thread[i];
		struct vmspy_stat stat;

		if (wanted && !wanted[i])
			continue;
		/* Its name is that of the time when it was read: it may have run an exec since. */
		if (thread->tid == process->stat.pid)
			stat = process->stat;
		else if (!vmspy_proc_file_thread(process->pid, thread->tid, &stat) ||
			 !is_old(list, &stat))
			continue;
		memcpy(thread->comm, stat.comm, sizeof(thread->comm));
	}
}

void vmspy_thread_list_deinit(struct vmspy_thread_list *list)
{
	free(list->thread);
	*list = (struct vmspy_thread_list){ 0 };
}
