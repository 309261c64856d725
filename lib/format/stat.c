#include "format/stat.h"

#include <limits.h>
#include <string.h>

#include "base/scan.h"
#include "format/bad_line.h"

#include "base/banned.h"

/* Numbers of the fields as proc_pid_stat(5) counts them, from 1. */
enum field {
	FIELD_PPID = 4,
	FIELD_NUM_THREADS = 20,
	FIELD_STARTTIME = 22,
	FIELD_STARTCODE = 26,
	FIELD_ENDCODE = 27,
	FIELD_STARTSTACK = 28,
	FIELD_START_DATA = 45,
	FIELD_END_DATA = 46,
	FIELD_START_BRK = 47,
	FIELD_ARG_START = 48,
	FIELD_ARG_END = 49,
	FIELD_ENV_START = 50,
	FIELD_ENV_END = 51,
	FIELD_COUNT,
};

static bool read_pid(struct vmspy_scan *scan, pid_t *ret)
{
	int64_t value;

	if (!vmspy_scan_signed(scan, &value) || value < 0 || value > INT_MAX)
		return false;
	*ret = (pid_t)value;
	return true;
}

/*
 * PID (COMM): the comm may hold parentheses, spaces and newlines; numbers follow it, so the last
 * parenthesis ends it.
 */
static bool read_name(struct vmspy_scan *scan, struct vmspy_stat *stat)
{
	const char *close = memrchr(scan->at, ')', (size_t)(scan->end - scan->at));
	size_t length;

	if (!close || !read_pid(scan, &stat->pid) || !vmspy_scan_text(scan, " (") ||
	    close < scan->at)
		return false;
	length = (size_t)(close - scan->at);
	if (length >= sizeof(stat->comm) || memchr(scan->at, '\0', length))
		return false;
	memcpy(stat->comm, scan->at, length);
	scan->at = close + 1;
	return true;
}

static bool read_state(struct vmspy_scan *scan, char *ret)
{
	if (!vmspy_scan_char(scan, ' ') || scan->at == scan->end || *scan->at < 'A' ||
	    *scan->at > 'z')
		return false;
	*ret = *scan->at++;
	return true;
}

/* Some fields are negative, some take all 64 bits: kept modulo 2^64. */
static bool read_fields(struct vmspy_scan *scan, uint64_t *value)
{
	for (int field = FIELD_PPID; field < FIELD_COUNT; field++) {
		bool negative;

		if (!vmspy_scan_char(scan, ' '))
			return false;
		negative = vmspy_scan_char(scan, '-');
		if (!vmspy_scan_decimal(scan, &value[field]))
			return false;
		if (negative)
			value[field] = -value[field];
	}
	return true;
}

/*
 * Without the right to look, startcode and endcode read 1 and all others 0 (a task without an
 * mm: all 0). A program that runs has a stack, so its bounds are never all 0.
 */
static struct vmspy_mm_bounds bounds_of(const uint64_t *value)
{
	if (!value[FIELD_STARTSTACK] && !value[FIELD_START_DATA] && !value[FIELD_START_BRK] &&
	    value[FIELD_STARTCODE] <= 1)
		return (struct vmspy_mm_bounds){ 0 };
	return (struct vmspy_mm_bounds){
		.known = true,
		.start_code = value[FIELD_STARTCODE],
		.end_code = value[FIELD_ENDCODE],
		.start_data = value[FIELD_START_DATA],
		.end_data = value[FIELD_END_DATA],
		.start_brk = value[FIELD_START_BRK],
		.start_stack = value[FIELD_STARTSTACK],
		.arg_start = value[FIELD_ARG_START],
		.arg_end = value[FIELD_ARG_END],
		.env_start = value[FIELD_ENV_START],
		.env_end = value[FIELD_ENV_END],
	};
}

static bool read_stat(struct vmspy_scan *scan, struct vmspy_stat *stat)
{
	uint64_t value[FIELD_COUNT];

	if (!read_name(scan, stat) || !read_state(scan, &stat->state) ||
	    !read_fields(scan, value) || value[FIELD_PPID] > INT_MAX ||
	    value[FIELD_NUM_THREADS] > UINT32_MAX)
		return false;
	stat->parent_pid = (pid_t)value[FIELD_PPID];
	stat->thread_count = (uint32_t)value[FIELD_NUM_THREADS];
	stat->start_time_ticks = value[FIELD_STARTTIME];
	stat->bounds = bounds_of(value);
	return true;
}

struct vmspy_error *vmspy_stat_parse(const char *text, size_t length, struct vmspy_stat *ret)
{
	struct vmspy_scan whole = vmspy_scan_over(text, length), scan = whole;
	struct vmspy_stat stat = { 0 };

	if (!length || !read_stat(&scan, &stat))
		return vmspy_bad_line("stat", 0, whole, "is no process status");
	*ret = stat;
	return NULL;
}
