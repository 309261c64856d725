#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	READ_END,
	WRITE_END,
	ENDS,
};

enum {
	STATUS_NOT_RUN = 127, /* as of a shell */
};

static struct vmspy_error *failed(void)
{
	return vmspy_error_system(errno, "cannot start a command");
}

/* What a program expects to find, whatever we have done to ours. */
static void set_usual(const struct rlimit *files)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++) {
		struct sigaction action;

		/* What was ignored before us stays ignored (nohup). */
		if (!sigaction(number, NULL, &action) && action.sa_handler != SIG_IGN)
			signal(number, SIG_DFL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_NOFILE, files);
}

/* In the child. error_fd is closed by exec. */
static void run(char **words, const struct rlimit *files, int go_fd, int error_fd)
{
	char byte;
	int code;

	set_usual(files);
	while (read(go_fd, &byte, 1) < 0 && errno == EINTR)
		continue;
	execvp(words[0], words);
	code = errno;
	if (write(error_fd, &code, sizeof(code)) != sizeof(code))
		_exit(STATUS_NOT_RUN);
	_exit(STATUS_NOT_RUN);
}

struct vmspy_error *child_init(char **words, const struct rlimit *files, struct child *ret)
{
	int go[ENDS], error[ENDS];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return failed();
	if (pipe2(error, O_CLOEXEC)) {
		close(go[READ_END]);
		close(go[WRITE_END]);
		return failed();
	}
	pid = fork();
	if (!pid) {
		close(go[WRITE_END]);
		run(words, files, go[READ_END], error[WRITE_END]);
	}
	close(go[READ_END]);
	close(error[WRITE_END]);
	*ret = (struct child){ pid, go[WRITE_END], error[READ_END] };
	return pid < 0 ? failed() : NULL;
}

struct vmspy_error *child_go(struct child *child, const char *name)
{
	ssize_t length;
	int code;

	close(child->go_fd);
	child->go_fd = -1;
	do {
		length = read(child->error_fd, &code, sizeof(code));
	} while (length < 0 && errno == EINTR);
	if (length != sizeof(code))
		return NULL;
	return vmspy_error_create(VMSPY_ERROR_SYSTEM, "cannot run '%s': %s", name, strerror(code));
}

void child_deinit(struct child *child)
{
	if (!child->pid)
		return;
	/* Who waits reads the end of the pipe, and would run: it must not. */
	if (child->go_fd >= 0 && child->pid > 0)
		kill(child->pid, SIGKILL);
	vmspy_guard_close(&child->go_fd);
	vmspy_guard_close(&child->error_fd);
	*child = (struct child){ 0 };
}
