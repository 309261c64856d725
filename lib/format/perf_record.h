/* One record of a perf ring: what happened, to whom, and where its code was. */
#ifndef VMSPY_FORMAT_PERF_RECORD_H
#define VMSPY_FORMAT_PERF_RECORD_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What was asked of the event; the kernel writes nothing else into its samples. */
struct vmspy_perf_layout {
	uint64_t sample_type;  /* PERF_SAMPLE_*, of VMSPY_PERF_SAMPLE_KNOWN */
	size_t register_count; /* of PERF_SAMPLE_REGS_USER: bits of sample_regs_user */
};

/* What vmspy_perf_record_decode() knows the place of. */
#define VMSPY_PERF_SAMPLE_KNOWN                                                                    \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME |            \
	 PERF_SAMPLE_ADDR | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW | PERF_SAMPLE_REGS_USER |      \
	 PERF_SAMPLE_STACK_USER)

enum vmspy_perf_kind {
	VMSPY_PERF_OTHER, /* of no interest here */
	VMSPY_PERF_SAMPLE,
	VMSPY_PERF_LOST, /* the ring was full: lost_count samples are missing before this record */
};

/* Fields that were not asked for are 0, or NULL. Pointers lead into the bytes of the record. */
struct vmspy_perf_record {
	enum vmspy_perf_kind kind;
	uint64_t event_id; /* PERF_SAMPLE_IDENTIFIER; of a lost one the id in it */
	uint64_t ip;       /* of code; of tracepoints that of the kernel */
	pid_t pid, tid;
	uint64_t time_ns;
	uint64_t address; /* that was accessed */
	uint64_t lost_count;
	const uint64_t *chain; /* return addresses, the innermost first, between marks: see below */
	size_t chain_count;
	const unsigned char *raw; /* what a tracepoint left: see format/event_format.h */
	size_t raw_bytes;
	uint64_t register_abi;      /* PERF_SAMPLE_REGS_ABI_* */
	const uint64_t *registers;  /* layout->register_count of them; NULL: it has none */
	const unsigned char *stack; /* from the stack pointer on */
	size_t stack_bytes;         /* that could be read */
};

/*
 * Take a record apart.
 * Source: linux/perf_event.h, enum perf_event_type.
 * bytes:  aligned to 8, with its header; length is that of the header.
 * ret:    borrows from bytes; written on success only.
 * Return: whether the record is as long as it says, and holds what was asked for.
 */
bool vmspy_perf_record_decode(const struct vmspy_perf_layout *layout, const unsigned char *bytes,
			      size_t length, struct vmspy_perf_record *ret);

/*
 * The part of a chain that is code of the process, without the marks between the parts.
 * ret: of how many frames; 0: none, or the kernel could not follow them.
 */
size_t vmspy_perf_record_user_chain(const struct vmspy_perf_record *record, const uint64_t **ret);

#endif
