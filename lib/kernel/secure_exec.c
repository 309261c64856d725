#include "kernel/secure_exec.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "kernel/proc_file.h"

#include "base/banned.h"

enum {
	PATH_BYTES = 64,
};

/* The vector is of the kernel's width: 32-bit programs have a smaller one, and are not told. */
static bool is_secure(const char *bytes, size_t length)
{
	ElfW(auxv_t) entry;

	for (size_t at = 0; at + sizeof(entry) <= length; at += sizeof(entry)) {
		memcpy(&entry, bytes + at, sizeof(entry));
		if (entry.a_type == AT_SECURE)
			return entry.a_un.a_val;
	}
	return false;
}

static bool keeps_dumpable(void)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };

	return !vmspy_proc_file_read(AT_FDCWD, "/proc/sys/fs/suid_dumpable", &text) &&
	       vmspy_buf_text(&text)[0] == '1';
}

bool vmspy_secure_exec_dropped_events(pid_t pid)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf vector = { 0 };
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
	if (vmspy_proc_file_read(AT_FDCWD, path, &vector))
		return false;
	return is_secure(vmspy_buf_text(&vector), vector.length) && !keeps_dumpable();
}
