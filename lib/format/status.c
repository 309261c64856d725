#include "format/status.h"

#include <limits.h>
#include <string.h>

#include "base/scan.h"
#include "format/bad_line.h"

#include "base/banned.h"

enum key {
	KEY_TGID,
	KEY_PPID,
	KEY_TRACER,
	KEY_UID,
	KEY_COUNT,
};

static const struct {
	const char *name;
	unsigned column; /* which of the numbers of the line is wanted, from 0 */
	uint64_t highest;
} keys[KEY_COUNT] = {
	[KEY_TGID] = { "Tgid", 0, INT_MAX },
	[KEY_PPID] = { "PPid", 0, INT_MAX },
	[KEY_TRACER] = { "TracerPid", 0, INT_MAX },
	[KEY_UID] = { "Uid", 1, UINT32_MAX }, /* real, effective, saved, file system */
};

static const char memory_key[] = "VmSize:";
static const char namespace_key[] = "NSpid:";

/* Numbers are set apart by tabs. */
static bool read_column(struct vmspy_scan line, unsigned column, uint64_t *ret)
{
	for (unsigned i = 0; i <= column; i++)
		if (!vmspy_scan_skip(&line, '\t') || !vmspy_scan_decimal(&line, ret))
			return false;
	return true;
}

/* One pid for each namespace, the innermost last. ret: 0: this line has none. */
static pid_t read_namespace_pid(struct vmspy_scan line)
{
	uint64_t pid = 0;

	if (!vmspy_scan_text(&line, namespace_key))
		return 0;
	while (vmspy_scan_skip(&line, '\t') && vmspy_scan_decimal(&line, &pid))
		;
	return pid <= INT_MAX ? (pid_t)pid : 0;
}

static bool is_key(struct vmspy_scan *line, enum key key)
{
	struct vmspy_scan ahead = *line;

	if (!vmspy_scan_text(&ahead, keys[key].name) || !vmspy_scan_char(&ahead, ':'))
		return false;
	*line = ahead;
	return true;
}

/* seen: bit (1 << key) of those found. ret: whether the line is fit. */
static bool read_line(struct vmspy_scan line, uint64_t *value, unsigned *seen)
{
	for (int key = 0; key < KEY_COUNT; key++) {
		if (!is_key(&line, (enum key)key))
			continue;
		*seen |= 1U << key;
		return read_column(line, keys[key].column, &value[key]) &&
		       value[key] <= keys[key].highest;
	}
	return true;
}

static struct vmspy_error *check_complete(unsigned seen)
{
	for (int key = 0; key < KEY_COUNT; key++)
		if (!(seen & (1U << key)))
			return vmspy_error_create(VMSPY_ERROR_BAD_DATA,
						  "cannot read status: it has no line '%s'",
						  keys[key].name);
	return NULL;
}

struct vmspy_error *vmspy_status_parse(const char *text, size_t length, struct vmspy_status *ret)
{
	struct vmspy_scan scan = vmspy_scan_over(text, length), line;
	uint64_t value[KEY_COUNT] = { 0 };
	struct vmspy_error *err;
	bool has_memory = false;
	pid_t namespace_pid = 0, found_pid;
	unsigned seen = 0;

	while (vmspy_scan_until(&scan, '\n', &line)) {
		if (!read_line(line, value, &seen))
			return vmspy_bad_line("status", 0, line, "has no number that fits");
		found_pid = read_namespace_pid(line);
		namespace_pid = found_pid ? found_pid : namespace_pid;
		has_memory = has_memory || vmspy_scan_text(&line, memory_key);
	}
	if ((err = check_complete(seen)))
		return err;
	*ret = (struct vmspy_status){
		.thread_group_pid = (pid_t)value[KEY_TGID],
		.parent_pid = (pid_t)value[KEY_PPID],
		.tracer_pid = (pid_t)value[KEY_TRACER],
		.namespace_pid = namespace_pid ? namespace_pid : (pid_t)value[KEY_TGID],
		.effective_uid = (uid_t)value[KEY_UID],
		.has_memory = has_memory,
	};
	return NULL;
}
