#include "kernel/fault_event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "kernel/proc_file.h"
#include "kernel/sample_registers.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 128,
};

/* Where tracefs is, or was before Linux 4.1. */
static const char *const tracefs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* The tracepoints, by enum vmspy_fault_kind. */
static const struct tracepoint {
	const char *path;
	const char
		*field[VMSPY_FAULT_FIELDS_MAX]; /* address, ip, reason of a fault; frame, order */
	bool has_code;                          /* the chain and the stack are asked for */
	const char *filter;                     /* NULL: all */
} tracepoints[VMSPY_FAULT_KIND_COUNT] = {
	[VMSPY_FAULT_BY_USER] = { "exceptions/page_fault_user",
				  { "address", "ip", "error_code" },
				  true,
				  NULL },
	[VMSPY_FAULT_BY_KERNEL] = { "exceptions/page_fault_kernel",
				    { "address", "ip", "error_code" },
				    true,
				    NULL },
	/* Memory of processes is movable (migratetype 1); of all else it would be a flood. */
	[VMSPY_FAULT_FRAME] = { "kmem/mm_page_alloc",
				{ "pfn", "order" },
				false,
				"migratetype == 1" },
};

static struct vmspy_error *read_format(const char *event, struct vmspy_buf *ret)
{
	char path[PATH_BYTES];
	int code = ENOENT;

	for (size_t i = 0; code && i < sizeof(tracefs) / sizeof(tracefs[0]); i++) {
		snprintf(path, sizeof(path), "%s/events/%s/format", tracefs[i], event);
		code = vmspy_proc_file_read(AT_FDCWD, path, ret);
	}
	if (code == ENOENT)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot trace page faults: no tracepoint '%s' (this "
					  "kernel has none, or tracefs is not mounted)",
					  event);
	if (code == EACCES || code == EPERM)
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
					  "cannot trace page faults: '%s' may not be read (run "
					  "with sudo)",
					  path);
	return code ? vmspy_error_system(code, "cannot read '%s'", path) : NULL;
}

/* What all events have in common. */
static void prepare(struct vmspy_fault_event *event, bool counts_lost)
{
	event->attr = (struct perf_event_attr){
		.size = sizeof(struct perf_event_attr),
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.read_format = counts_lost ? PERF_FORMAT_LOST : 0,
		.inherit = 1,
		.exclude_callchain_kernel = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
}

/* The code that faulted, and who called it. */
static void prepare_code(struct vmspy_fault_event *event,
			 const struct vmspy_faults_options *options)
{
	struct perf_event_attr *attr = &event->attr;
	uint64_t registers = options->dump_bytes ? vmspy_sample_registers_wanted() : 0;

	if (options->chains)
		attr->sample_type |= PERF_SAMPLE_CALLCHAIN;
	if (!registers)
		return;
	attr->sample_type |= PERF_SAMPLE_REGS_USER | PERF_SAMPLE_STACK_USER;
	attr->sample_regs_user = registers;
	attr->sample_stack_user = options->dump_bytes;
	event->register_count = (size_t)__builtin_popcountll(registers);
}

static struct vmspy_error *prepare_traced(const struct vmspy_faults_options *options,
					  struct vmspy_fault_event *event)
{
	const struct tracepoint *tracepoint = &tracepoints[event->kind];
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = read_format(tracepoint->path, &text);
	size_t count = 0;
	uint64_t id;

	if (err)
		return err;
	while (count < VMSPY_FAULT_FIELDS_MAX && tracepoint->field[count]) {
		event->field[count].name = tracepoint->field[count];
		count++;
	}
	err = vmspy_event_format_parse(vmspy_scan_over(vmspy_buf_text(&text), text.length),
				       event->field, count, &id);
	if (err)
		return err;
	event->attr.type = PERF_TYPE_TRACEPOINT;
	event->attr.config = id;
	event->attr.sample_type |= PERF_SAMPLE_RAW;
	event->filter = tracepoint->filter;
	if (tracepoint->has_code)
		prepare_code(event, options);
	return NULL;
}

static void prepare_counted(const struct vmspy_faults_options *options,
			    struct vmspy_fault_event *event)
{
	event->attr.type = PERF_TYPE_SOFTWARE;
	event->attr.config = PERF_COUNT_SW_PAGE_FAULTS;
	event->attr.sample_type |= PERF_SAMPLE_IP | PERF_SAMPLE_ADDR;
	event->attr.exclude_kernel = 1;
	prepare_code(event, options);
}

struct vmspy_error *vmspy_fault_events_prepare(const struct vmspy_faults_options *options,
					       bool counts_lost, struct vmspy_fault_event *event,
					       size_t *ret_count)
{
	bool is_traced = options->source == VMSPY_FAULTS_TRACED;
	enum vmspy_fault_kind count = is_traced ? VMSPY_FAULT_KIND_COUNT : VMSPY_FAULT_BY_USER + 1;
	struct vmspy_error *err = NULL;

	for (enum vmspy_fault_kind kind = 0; !err && kind < count; kind++) {
		event[kind] = (struct vmspy_fault_event){ .kind = kind };
		prepare(&event[kind], counts_lost);
		if (is_traced)
			err = prepare_traced(options, &event[kind]);
		else
			prepare_counted(options, &event[kind]);
	}
	if (!err)
		*ret_count = count;
	return err;
}

/* What a tracepoint left behind. ret: whether all of it was there. */
static bool read_fields(const struct vmspy_fault_event *event,
			const struct vmspy_perf_record *record, struct vmspy_fault *fault)
{
	uint64_t value[VMSPY_FAULT_FIELDS_MAX] = { 0 };

	for (size_t i = 0; i < VMSPY_FAULT_FIELDS_MAX && event->field[i].name; i++)
		if (!vmspy_event_field_read(&event->field[i], record->raw, record->raw_bytes,
					    &value[i]))
			return false;
	if (fault->kind == VMSPY_FAULT_FRAME) {
		fault->frame = value[0];
		fault->frame_order = (unsigned)value[1];
		return true;
	}
	fault->address = value[0];
	fault->ip = value[1];
	fault->reason = value[2];
	return true;
}

bool vmspy_fault_event_decode(const struct vmspy_fault_event *event, const unsigned char *bytes,
			      size_t length, struct vmspy_fault *ret)
{
	struct vmspy_perf_layout layout = { event->attr.sample_type, event->register_count };
	struct vmspy_perf_record record;
	struct vmspy_fault fault;

	if (!vmspy_perf_record_decode(&layout, bytes, length, &record) ||
	    record.kind != VMSPY_PERF_SAMPLE)
		return false;
	fault = (struct vmspy_fault){
		.kind = event->kind,
		.pid = record.pid,
		.tid = record.tid,
		.time_ns = record.time_ns,
		.address = record.address,
		.ip = record.ip,
		.reason = UINT64_MAX,
		.stack = record.stack,
		.stack_bytes = record.stack_bytes,
	};
	fault.chain_count = vmspy_perf_record_user_chain(&record, &fault.chain);
	if (record.registers && record.stack)
		fault.registers = vmspy_sample_registers_of(&record);
	if (record.raw && !read_fields(event, &record, &fault))
		return false;
	*ret = fault;
	return true;
}
