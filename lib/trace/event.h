/* What happened in a family of processes that is traced. */
#ifndef VMSPY_TRACE_EVENT_H
#define VMSPY_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "format/stat.h"
#include "kernel/threads.h"
#include "space/kinds.h"
#include "trace/image.h"

enum vmspy_trace_kind {
	VMSPY_TRACE_FORK, /* pid is the child; also of those that were there before, at time of attach */
	VMSPY_TRACE_EXEC,  /* pid runs another program */
	VMSPY_TRACE_EXIT,  /* pid has ended */
	VMSPY_TRACE_COPY,  /* pid has a page of its own now that it shared before */
	VMSPY_TRACE_FAULT, /* a page fault that copied nothing (only if asked for) */
	VMSPY_TRACE_LOST,  /* so many faults were not seen since the last one of these */
	VMSPY_TRACE_NOTE,  /* text: what could not be done */
	VMSPY_TRACE_END,   /* no process is left; nothing comes after it */
	VMSPY_TRACE_KIND_COUNT,
};

/* Who left the frame that was shared. */
enum vmspy_writer {
	VMSPY_WRITER_CHILD,  /* left what it had from its parent */
	VMSPY_WRITER_PARENT, /* left what a child has from it */
	VMSPY_WRITER_ALONE, /* left what was no relative's: the page of a file, or one merged by KSM */
	VMSPY_WRITER_UNOBSERVED, /* the page words show a copy that no event told of */
	VMSPY_WRITER_COUNT,
};

/* What was copied. */
enum vmspy_copied {
	VMSPY_COPIED_MEMORY, /* private memory */
	VMSPY_COPIED_FILE,   /* the page of a file that is mapped private */
	VMSPY_COPIED_SWAP,   /* private memory that was swapped out */
	VMSPY_COPIED_COUNT,
};

/* What a fault did that copied nothing. */
enum vmspy_fault_effect {
	VMSPY_EFFECT_TOUCH, /* first write to memory that was never there, or only the zero page */
	VMSPY_EFFECT_READ,  /* first read of private memory: the zero page */
	VMSPY_EFFECT_FILE,  /* a page of a file, or of shared memory, was mapped */
	VMSPY_EFFECT_SWAP,  /* read back from swap */
	VMSPY_EFFECT_REUSE, /* the last one to share a page may write to it again */
	VMSPY_EFFECT_UNKNOWN, /* the events do not tell */
	VMSPY_EFFECT_COUNT,
};

#define VMSPY_FRAME_UNKNOWN   UINT64_MAX
#define VMSPY_ADDRESS_UNKNOWN UINT64_MAX

/* The code that made a fault. */
struct vmspy_trace_code {
	uint64_t ip;           /* the instruction; VMSPY_ADDRESS_UNKNOWN */
	bool by_kernel;        /* the kernel wrote, for the process: ip is the kernel's */
	const uint64_t *chain; /* code of the process, the innermost first: by frame pointers */
	size_t chain_count;
	struct vmspy_registers registers; /* known only with a dump of the stack */
	const unsigned char *stack;       /* the dump, from the stack pointer on; NULL: none */
	size_t stack_bytes;
};

/* Of COPY and FAULT. */
struct vmspy_trace_page {
	enum vmspy_writer writer;       /* of COPY */
	enum vmspy_copied copied;       /* of COPY */
	enum vmspy_fault_effect effect; /* of FAULT */
	uint64_t address;              /* the byte; VMSPY_ADDRESS_UNKNOWN: only the page is known */
	uint64_t page_start;           /* byte address */
	uint64_t copy_bytes;           /* how much was copied: a base page, or a huge one */
	uint64_t frame_old, frame_new; /* of base pages; VMSPY_FRAME_UNKNOWN */
	bool is_mapped;                /* kind and object are known */
	enum vmspy_mapping_kind kind;
	const char *object; /* as maps names it, of the image; NULL: without a name */
	struct vmspy_trace_code code;
};

/* Pointers are borrowed until the next batch of events is taken. */
struct vmspy_trace_event {
	enum vmspy_trace_kind kind;
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	pid_t pid;        /* 0: of no process */
	pid_t tid;        /* 0: not known */
	pid_t parent_pid; /* 0: not known */
	unsigned depth;   /* 0: the target; 1: its children */
	char comm[VMSPY_COMM_MAX];
	struct vmspy_image *image; /* of COPY and FAULT; NULL: nothing can be named */
	struct vmspy_trace_page page;
	uint64_t lost_count; /* of LOST */
	int status;          /* of EXIT: as waitpid(2) tells it */
	const char *text;    /* of EXEC: the program, NULL: not known. Of NOTE: the note */
};

/* ret: the word of the manual ("copy", "child", "memory", "touch"), static. */
const char *vmspy_trace_kind_name(enum vmspy_trace_kind kind);
const char *vmspy_writer_name(enum vmspy_writer writer);
const char *vmspy_copied_name(enum vmspy_copied copied);
const char *vmspy_fault_effect_name(enum vmspy_fault_effect effect);

#endif
