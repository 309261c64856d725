#include "kernel/memory.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

/* A page that nobody may read through mem: a hole, memfd_secret, userfaultfd; EINVAL: above 2^63. */
static int is_unreadable(int code)
{
	return code == EIO || code == EFAULT || code == EINVAL;
}

struct vmspy_error *vmspy_memory_read(int mem_fd, uint64_t address, void *bytes, size_t size,
				      size_t *ret_bytes)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got =
			pread(mem_fd, (char *)bytes + done, size - done, (off_t)(address + done));

		if (got > 0) {
			done += (size_t)got;
			continue;
		}
		if (got == 0)
			return vmspy_error_create(VMSPY_ERROR_GONE,
						  "cannot read memory: the address space is gone "
						  "(the process ended or ran another program)");
		if (errno == EINTR)
			continue;
		if (!is_unreadable(errno))
			return vmspy_error_system(errno, "cannot read memory at 0x%llx",
						  (unsigned long long)(address + done));
		break;
	}
	*ret_bytes = done;
	return NULL;
}
