/* Page faults of running threads, each as it happens. */
#ifndef VMSPY_KERNEL_FAULTS_H
#define VMSPY_KERNEL_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "kernel/threads.h"

/* How they are seen. */
enum vmspy_fault_source {
	VMSPY_FAULTS_TRACED, /* tracepoints: why it faulted, and the frame it got */
	VMSPY_FAULTS_COUNTED, /* a software event: where, and by which code; kernel code is not seen */
};

enum vmspy_fault_kind {
	VMSPY_FAULT_BY_USER,   /* code of the process */
	VMSPY_FAULT_BY_KERNEL, /* the kernel, for it: read(2) into a buffer */
	VMSPY_FAULT_FRAME,     /* no fault: the thread was given a frame, for the fault before it */
	VMSPY_FAULT_KIND_COUNT,
};

/* Bits of vmspy_fault.reason on x86. Source: arch/x86/include/asm/trap_pf.h. */
enum {
	VMSPY_FAULT_PRESENT = 1 << 0, /* the page was there: it might not be written */
	VMSPY_FAULT_WRITE = 1 << 1,
	VMSPY_FAULT_FETCH = 1 << 4, /* of an instruction */
};

struct vmspy_fault {
	enum vmspy_fault_kind kind;
	pid_t pid, tid;
	uint64_t time_ns;      /* CLOCK_MONOTONIC */
	uint64_t address;      /* not of FRAME */
	uint64_t ip;           /* the instruction; not of FRAME */
	uint64_t reason;       /* UINT64_MAX: not known (COUNTED) */
	uint64_t frame;        /* of FRAME: the first one, of 1 << frame_order */
	unsigned frame_order;  /* of FRAME */
	const uint64_t *chain; /* return addresses, the innermost first; borrowed until the next */
	size_t chain_count;
	struct vmspy_registers
		registers;          /* of the thread in its own code; known only with a stack */
	const unsigned char *stack; /* from the stack pointer on; borrowed until the next */
	size_t stack_bytes;         /* that could be read */
};

struct vmspy_faults_options {
	enum vmspy_fault_source source;
	bool chains;         /* with the calls that led there, by frame pointers */
	uint32_t dump_bytes; /* with so much of the stack, and the registers; of 8; 0: without */
	size_t ring_bytes;   /* of each CPU: a power of two, of pages at least */
};

struct vmspy_faults;

/*
 * Prepare to see faults. Nothing is seen yet.
 * ret:    end it with vmspy_faults_destroy().
 * Errors: UNSUPPORTED (this kernel, or machine, has no such tracepoints), NOT_PERMITTED (tracefs
 *         may not be read), NO_MEMORY, SYSTEM.
 */
struct vmspy_error *vmspy_faults_create(const struct vmspy_faults_options *options,
					struct vmspy_faults **ret) VMSPY_MUST_CHECK;

/*
 * See the faults of a thread from now on, and those of all threads and processes that it starts.
 * Errors: GONE, NOT_PERMITTED (names the capability and the setting), NO_MEMORY, SYSTEM.
 */
struct vmspy_error *vmspy_faults_add(struct vmspy_faults *faults, pid_t tid) VMSPY_MUST_CHECK;

/*
 * Take the oldest fault.
 * before_ns: only one that is older. Of what happened in the last moment another CPU may not have
 *            told yet; faults come in the order of time if this is a millisecond ago.
 * Return:    whether there was one.
 * Note:      faults inside get_user_pages() are not seen: writes of a debugger,
 *            process_vm_writev(2), direct I/O.
 */
bool vmspy_faults_next(struct vmspy_faults *faults, uint64_t before_ns, struct vmspy_fault *ret);

/*
 * How many were not seen because a ring was full.
 * ret: of all events since they were added; where the kernel does not count (before Linux 6.0),
 *      at least so many.
 */
uint64_t vmspy_faults_lost(const struct vmspy_faults *faults);

/* NULL is allowed. */
void vmspy_faults_destroy(struct vmspy_faults *faults);

#endif
