#include "symbol/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "kernel/host.h"

#include "base/banned.h"

enum {
	MESSAGE_BYTES = 512,
	LINE_BYTES = 128,
	NS_PER_MS = 1000000,
};

/* Not the exit status: where SIGCHLD is ignored, the kernel keeps none. */
enum outcome {
	OUTCOME_NONE, /* it never came to an end */
	OUTCOME_DONE,
	OUTCOME_FAILED, /* the message says why */
};

/* Memory that both processes see. The worker writes; `size` moves on when a record is whole. */
struct vmspy_apart_answer {
	_Atomic size_t size;
	size_t room;
	_Atomic int outcome;
	int kind; /* of the error */
	char message[MESSAGE_BYTES];
	unsigned char bytes[];
};

struct vmspy_error *vmspy_apart_add(struct vmspy_apart_answer *answer, const void *record,
				    size_t size)
{
	size_t used = answer->size;

	if (size > answer->room - used)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot keep all that was found: there is too much");
	memcpy(answer->bytes + used, record, size);
	answer->size = used + size;
	return NULL;
}

/* --- the worker ---------------------------------------------------------------------------- */

static uint64_t mapped_bytes(void)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char line[LINE_BYTES] = "";

	if (fd < 0 || read(fd, line, sizeof(line) - 1) <= 0)
		return 0;
	return strtoull(line, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* A sanitizer reserves terabytes of its own: no limit on address space can be set with one. */
static void limit_memory(uint64_t memory_bytes)
{
	uint64_t mapped = mapped_bytes();
	const struct rlimit memory = { mapped + memory_bytes, mapped + memory_bytes };

	if (mapped < UINT64_C(1) << 40)
		setrlimit(RLIMIT_AS, &memory);
}

/* It dies with whoever asked, leaves no core, and crashes silently whatever handlers there are. */
static void become_worker(const struct vmspy_apart_job *job, pid_t asker)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM };
	const struct rlimit no_core = { 0, 0 };
	int null_fd;

	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != asker)
		_exit(EXIT_FAILURE);
	setrlimit(RLIMIT_CORE, &no_core);
	limit_memory(job->memory_bytes);
	/* What a library has to say of a broken file is not for the user. */
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null_fd < 0 || dup2(null_fd, STDERR_FILENO) < 0)
		close(STDERR_FILENO);
}

static void work(const struct vmspy_apart_job *job, struct vmspy_apart_answer *answer)
{
	VMSPY_AUTO(vmspy_guard_error) struct vmspy_error *err = job->work(job->context, answer);

	if (err) {
		answer->kind = (int)vmspy_error_kind(err);
		snprintf(answer->message, sizeof(answer->message), "%s", vmspy_error_message(err));
	}
	answer->outcome = err ? OUTCOME_FAILED : OUTCOME_DONE;
}

/* --- who asked ----------------------------------------------------------------------------- */

/* ret: whether it ended by itself in time. */
static bool await_end(pid_t worker, uint64_t time_ns)
{
	VMSPY_AUTO(vmspy_guard_close) int fd = (int)syscall(SYS_pidfd_open, worker, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	uint64_t until_ns = vmspy_host_now_ns() + time_ns, now_ns;

	/* Where SIGCHLD is ignored, the pid is nobody's as soon as it has ended. */
	if (fd < 0 && errno == ESRCH)
		return true;
	while (fd >= 0 && (now_ns = vmspy_host_now_ns()) < until_ns) {
		int ready = poll(&ended, 1, (int)((until_ns - now_ns) / NS_PER_MS) + 1);

		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			break;
	}
	return false;
}

/* What the worker says of its failure: it may have been led astray by what it read. */
static struct vmspy_error *failure_of(struct vmspy_apart_answer *answer)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf line = { 0 };
	enum vmspy_error_kind kind = VMSPY_ERROR_BAD_DATA;
	struct vmspy_error *err = vmspy_escape_line(&line, answer->message,
						    strnlen(answer->message, MESSAGE_BYTES - 1));

	if (err)
		return err;
	if (answer->kind >= 0 && answer->kind <= VMSPY_ERROR_UNSUPPORTED)
		kind = (enum vmspy_error_kind)answer->kind;
	if (kind == VMSPY_ERROR_NO_MEMORY)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "reading it took too much memory");
	return vmspy_error_create(kind, "%s", vmspy_buf_text(&line));
}

static struct vmspy_error *judge(int status, bool in_time, struct vmspy_apart_answer *answer)
{
	int outcome = answer->outcome;

	if (outcome == OUTCOME_DONE)
		return NULL;
	if (outcome == OUTCOME_FAILED)
		return failure_of(answer);
	if (!in_time)
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "reading it took too long");
	if (WIFSIGNALED(status))
		return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "reading it failed badly: %s",
					  strsignal(WTERMSIG(status)));
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "reading it failed badly");
}

static struct vmspy_error *run(const struct vmspy_apart_job *job, struct vmspy_apart_answer *answer)
{
	pid_t asker = getpid(), worker;
	int status = 0;
	bool in_time;

	worker = fork();
	if (worker < 0)
		return vmspy_error_create(VMSPY_ERROR_SYSTEM, "cannot fork: %s", strerror(errno));
	if (!worker) {
		become_worker(job, asker);
		work(job, answer);
		_exit(EXIT_SUCCESS);
	}
	in_time = await_end(worker, job->time_ns);
	if (!in_time)
		kill(worker, SIGKILL);
	while (waitpid(worker, &status, 0) < 0 && errno == EINTR)
		;
	return judge(status, in_time, answer);
}

struct vmspy_error *vmspy_apart_run(const struct vmspy_apart_job *job, struct vmspy_buf *ret)
{
	size_t size = sizeof(struct vmspy_apart_answer) + job->answer_bytes;
	struct vmspy_apart_answer *answer = mmap(NULL, size, PROT_READ | PROT_WRITE,
						 MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	struct vmspy_error *err, *copied;
	size_t used;

	if (answer == MAP_FAILED)
		return vmspy_error_no_memory();
	answer->room = job->answer_bytes;
	err = run(job, answer);
	used = answer->size;
	copied = vmspy_buf_append(ret, answer->bytes,
				  used < job->answer_bytes ? used : job->answer_bytes);
	munmap(answer, size);
	if (!copied)
		return err;
	vmspy_error_destroy(err);
	return copied;
}
