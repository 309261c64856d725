/* The threads of a process, and where each of them stood. */
#ifndef VMSPY_KERNEL_THREADS_H
#define VMSPY_KERNEL_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "format/stat.h"

struct vmspy_freeze;
struct vmspy_process;

enum {
	VMSPY_REGISTERS_MAX = 17 /* of x86-64: 16 and the return address */
};

/*
 * The registers that an unwinder needs, by their DWARF numbers.
 * Source: the psABIs of x86-64 (figure 3.36) and i386 (table 2.14).
 */
struct vmspy_registers {
	bool known;    /* false: not held, not stopped, or a machine that we do not know */
	bool is_32bit; /* the thread ran 32-bit code: the numbers are those of i386 */
	uint64_t value[VMSPY_REGISTERS_MAX];
	uint64_t pc;
};

struct vmspy_thread {
	pid_t tid;
	char comm[VMSPY_COMM_MAX]; /* "" until vmspy_threads_name(), and if it has ended by then */
	uint64_t stack_pointer;    /* 0: not known */
	uint64_t program_counter;  /* 0: not known */
	uint64_t thread_pointer;   /* to its TLS; 0: not known, as that of all that are not held */
	struct vmspy_registers registers;
};

/* Shape: ascending by tid. */
struct vmspy_thread_list {
	struct vmspy_thread *thread;
	size_t count;
	size_t room;
	bool refused;     /* where some of them stand may not be looked at */
	uint64_t read_ns; /* CLOCK_BOOTTIME */
};

/*
 * Read the threads of a process, and where each of them stands; not their names: those take a
 * file each, and a process should not be held for them.
 * freeze: what holds the process: its threads are asked for their registers. With one that holds
 *         nothing only the stack pointers of threads that are blocked can be had.
 * ret:    end it with vmspy_thread_list_deinit(). Threads that have ended meanwhile are left out;
 *         those that may not be looked at have no stack pointer.
 * Errors: NO_MEMORY.
 * Source: ptrace(2), PTRACE_GETREGSET; proc_pid_syscall(5).
 */
struct vmspy_error *vmspy_threads_read(const struct vmspy_process *process,
				       struct vmspy_freeze *freeze,
				       struct vmspy_thread_list *ret) VMSPY_MUST_CHECK;

/*
 * Add the names of threads. They need not be held any more: a thread that has ended meanwhile
 * has no name, also if another one has got its number since.
 * process: as it was when the threads were read.
 * wanted:  wanted[i]: that of thread[i]; NULL: all.
 */
void vmspy_threads_name(const struct vmspy_process *process, const bool *wanted,
			struct vmspy_thread_list *list);

/*
 * Sort NT_PRSTATUS of this machine into DWARF numbers. Pure.
 * ret:    not known for a size that belongs to no kind of thread of x86-64.
 */
struct vmspy_registers vmspy_registers_of(const void *status, size_t size);

/* The number of the stack pointer among the registers. */
static inline int vmspy_registers_stack_number(const struct vmspy_registers *registers)
{
	return registers->is_32bit ? 4 : 7;
}

void vmspy_thread_list_deinit(struct vmspy_thread_list *list);

#endif
