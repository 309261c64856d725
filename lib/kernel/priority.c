#include "kernel/priority.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

enum {
	HIGHEST = -20, /* setpriority(2) */
};

void vmspy_priority_raise(struct vmspy_priority *priority)
{
	pid_t tid = gettid();
	int before;

	errno = 0;
	before = getpriority(PRIO_PROCESS, (id_t)tid);
	if (errno || before == HIGHEST || setpriority(PRIO_PROCESS, (id_t)tid, HIGHEST))
		return;
	*priority = (struct vmspy_priority){ .is_raised = true, .tid = tid, .before = before };
}

void vmspy_priority_restore(struct vmspy_priority *priority)
{
	if (priority->is_raised)
		setpriority(PRIO_PROCESS, (id_t)priority->tid, priority->before);
	*priority = (struct vmspy_priority){ 0 };
}
