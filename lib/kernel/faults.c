#include "kernel/faults.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "format/perf_record.h"
#include "kernel/fault_event.h"
#include "kernel/ring.h"

#include "base/banned.h"

/* What one CPU tells. */
struct cpu {
	int number;
	int ring_fd; /* the event whose ring it is; -1: none yet */
	struct vmspy_ring ring;
	bool has_fault; /* the oldest record of the ring */
	struct vmspy_fault fault;
};

/* An event of a thread on a CPU. */
struct opened {
	int fd;
	enum vmspy_fault_kind kind;
	uint64_t id; /* in its records, and in those of all events that it is inherited by */
};

struct vmspy_faults {
	struct vmspy_faults_options options;
	struct vmspy_fault_event event[VMSPY_FAULT_KIND_COUNT];
	size_t event_count;
	struct cpu *cpu;
	size_t cpu_count;
	struct opened *opened; /* ascending by id: the kernel counts them up */
	size_t opened_count, opened_room;
	bool is_lost_counted; /* PERF_FORMAT_LOST */
	uint64_t lost_count;  /* as the rings told it */
	struct cpu *given;    /* whose fault was given out last */
};

/* --- what is asked for --------------------------------------------------------------------- */

static int open_event(const struct vmspy_fault_event *event, pid_t tid, int cpu)
{
	return (int)syscall(SYS_perf_event_open, &event->attr, tid, cpu, -1,
			    (unsigned long)PERF_FLAG_FD_CLOEXEC);
}

/* Whether this kernel counts for each event what its ring had no room for, found by trying. */
static bool can_count_lost(void)
{
	struct vmspy_fault_event event = {
		.attr = { .size = sizeof(struct perf_event_attr),
			  .type = PERF_TYPE_SOFTWARE,
			  .config = PERF_COUNT_SW_DUMMY,
			  .read_format = PERF_FORMAT_LOST,
			  .exclude_kernel = 1 },
	};
	int fd = open_event(&event, 0, -1);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != EINVAL;
}

struct vmspy_error *vmspy_faults_create(const struct vmspy_faults_options *options,
					struct vmspy_faults **ret)
{
	struct vmspy_faults *faults = calloc(1, sizeof(*faults));
	long cpu_count = sysconf(_SC_NPROCESSORS_CONF);
	struct vmspy_error *err;

	if (!faults)
		return vmspy_error_no_memory();
	faults->options = *options;
	faults->is_lost_counted = can_count_lost();
	faults->cpu_count = cpu_count > 0 ? (size_t)cpu_count : 1;
	faults->cpu = calloc(faults->cpu_count, sizeof(*faults->cpu));
	err = faults->cpu ? vmspy_fault_events_prepare(options, faults->is_lost_counted,
						       faults->event, &faults->event_count)
			  : vmspy_error_no_memory();
	if (err) {
		vmspy_faults_destroy(faults);
		return err;
	}
	for (size_t i = 0; i < faults->cpu_count; i++)
		faults->cpu[i] = (struct cpu){ .number = (int)i, .ring_fd = -1 };
	*ret = faults;
	return NULL;
}

void vmspy_faults_destroy(struct vmspy_faults *faults)
{
	if (!faults)
		return;
	for (size_t i = 0; faults->cpu && i < faults->cpu_count; i++)
		vmspy_ring_deinit(&faults->cpu[i].ring);
	for (size_t i = 0; i < faults->opened_count; i++)
		close(faults->opened[i].fd);
	free(faults->opened);
	free(faults->cpu);
	free(faults);
}

/* --- whose faults -------------------------------------------------------------------------- */

static struct vmspy_error *explain(pid_t tid, int code)
{
	if (code == EACCES || code == EPERM)
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED,
					  "cannot see page faults of '%d': needs CAP_PERFMON (run "
					  "with sudo)",
					  (int)tid);
	if (code == ESRCH)
		return vmspy_error_create(VMSPY_ERROR_GONE,
					  "cannot see page faults of '%d': no such thread",
					  (int)tid);
	if (code == EMFILE)
		return vmspy_error_create(VMSPY_ERROR_SYSTEM,
					  "cannot see page faults of '%d': too many open files "
					  "(raise ulimit -n)",
					  (int)tid);
	return vmspy_error_system(code, "cannot see page faults of '%d'", (int)tid);
}

/* The first event on a CPU has the ring; the others write into it as well. */
static struct vmspy_error *join_ring(struct vmspy_faults *faults, struct cpu *cpu, int fd)
{
	struct vmspy_error *err;

	if (cpu->ring_fd >= 0)
		return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, cpu->ring_fd)
			       ? vmspy_error_system(errno, "cannot share a ring of events")
			       : NULL;
	err = vmspy_ring_init(fd, faults->options.ring_bytes, &cpu->ring);
	if (!err)
		cpu->ring_fd = fd;
	return err;
}

/* ret: 0, or the errno of what failed. */
static int set_up(const struct vmspy_fault_event *event, struct opened *opened)
{
	if (ioctl(opened->fd, PERF_EVENT_IOC_ID, &opened->id))
		return errno;
	if (event->filter && ioctl(opened->fd, PERF_EVENT_IOC_SET_FILTER, event->filter))
		return errno;
	return 0;
}

static struct vmspy_error *add_event(struct vmspy_faults *faults, enum vmspy_fault_kind kind,
				     pid_t tid, struct cpu *cpu)
{
	const struct vmspy_fault_event *event = &faults->event[kind];
	struct opened opened = { .kind = kind };
	struct vmspy_error *err;
	int code;

	if ((err = vmspy_array_grow(&faults->opened, &faults->opened_room, faults->opened_count,
				    sizeof(*faults->opened))))
		return err;
	opened.fd = open_event(event, tid, cpu->number);
	if (opened.fd < 0)
		/* A CPU that is not there, or switched off. */
		return errno == ENODEV ? NULL : explain(tid, errno);
	code = set_up(event, &opened);
	err = code ? explain(tid, code) : join_ring(faults, cpu, opened.fd);
	if (err) {
		close(opened.fd);
		return err;
	}
	faults->opened[faults->opened_count++] = opened;
	return NULL;
}

struct vmspy_error *vmspy_faults_add(struct vmspy_faults *faults, pid_t tid)
{
	struct vmspy_error *err;

	for (size_t i = 0; i < faults->cpu_count; i++)
		for (enum vmspy_fault_kind kind = 0; kind < faults->event_count; kind++)
			if ((err = add_event(faults, kind, tid, &faults->cpu[i])))
				return err;
	return NULL;
}

/* --- what happened ------------------------------------------------------------------------- */

static const struct opened *find_opened(const struct vmspy_faults *faults, uint64_t id)
{
	size_t low = 0, high = faults->opened_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (faults->opened[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < faults->opened_count && faults->opened[low].id == id ? &faults->opened[low]
									  : NULL;
}

/*
 * Which event a sample is of: that stands before all that depends on it.
 * Note: only tracepoints are told apart. Where two who look have the same software event of one
 *       thread, the kernel writes the id of the first into the records of both
 *       (kernel/events/core.c:do_perf_sw_event() prepares the data once for all); there is only
 *       one that we ask for.
 * ret:  whether it is one of ours.
 */
static bool find_kind(const struct vmspy_faults *faults, const unsigned char *bytes, size_t length,
		      enum vmspy_fault_kind *ret)
{
	static const struct vmspy_perf_layout layout = { .sample_type = PERF_SAMPLE_IDENTIFIER };
	struct vmspy_perf_record record;
	const struct opened *opened;

	*ret = VMSPY_FAULT_BY_USER;
	if (faults->options.source == VMSPY_FAULTS_COUNTED)
		return true;
	if (!vmspy_perf_record_decode(&layout, bytes, length, &record))
		return false;
	opened = find_opened(faults, record.event_id);
	if (opened)
		*ret = opened->kind;
	return opened;
}

/* ret: whether the record is a fault of an event of ours. */
static bool decode_fault(const struct vmspy_faults *faults, const unsigned char *bytes,
			 size_t length, struct vmspy_fault *ret)
{
	enum vmspy_fault_kind kind;

	return find_kind(faults, bytes, length, &kind) &&
	       vmspy_fault_event_decode(&faults->event[kind], bytes, length, ret);
}

/* ret: how many samples a record tells the loss of. */
static uint64_t decode_lost(const unsigned char *bytes, size_t length)
{
	static const struct vmspy_perf_layout nothing = { 0 };
	struct vmspy_perf_record record;

	if (!vmspy_perf_record_decode(&nothing, bytes, length, &record) ||
	    record.kind != VMSPY_PERF_LOST)
		return 0;
	return record.lost_count;
}

/* Find the oldest fault of a CPU, behind records that are none. */
static void look(struct vmspy_faults *faults, struct cpu *cpu)
{
	const unsigned char *bytes;
	size_t length;

	while (!cpu->has_fault && vmspy_ring_peek(&cpu->ring, &bytes, &length)) {
		uint64_t lost_count = decode_lost(bytes, length);

		faults->lost_count += lost_count;
		cpu->has_fault = !lost_count && decode_fault(faults, bytes, length, &cpu->fault);
		if (!cpu->has_fault)
			vmspy_ring_take(&cpu->ring);
	}
}

bool vmspy_faults_next(struct vmspy_faults *faults, uint64_t before_ns, struct vmspy_fault *ret)
{
	struct cpu *oldest = NULL;

	if (faults->given) {
		vmspy_ring_take(&faults->given->ring);
		faults->given->has_fault = false;
		faults->given = NULL;
	}
	for (size_t i = 0; i < faults->cpu_count; i++) {
		struct cpu *cpu = &faults->cpu[i];

		look(faults, cpu);
		if (cpu->has_fault && (!oldest || cpu->fault.time_ns < oldest->fault.time_ns))
			oldest = cpu;
	}
	if (!oldest || oldest->fault.time_ns >= before_ns)
		return false;
	faults->given = oldest;
	*ret = oldest->fault;
	return true;
}

uint64_t vmspy_faults_lost(const struct vmspy_faults *faults)
{
	struct {
		uint64_t value, lost_count;
	} counted;
	uint64_t lost_count = 0;

	if (!faults->is_lost_counted)
		return faults->lost_count;
	for (size_t i = 0; i < faults->opened_count; i++)
		if (read(faults->opened[i].fd, &counted, sizeof(counted)) == sizeof(counted))
			lost_count += counted.lost_count;
	return lost_count;
}
