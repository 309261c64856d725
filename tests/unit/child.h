/* Processes that a test makes, knows the truth about, and ends. Include after cmocka.h. */
#ifndef VMSPY_TESTS_CHILD_H
#define VMSPY_TESTS_CHILD_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

enum {
	CHILD_PATIENCE_MS = 20000, /* never reached but by a bug */
	CHILD_NOBODY = 65534,
	CHILD_COUNTERS = 64,
	CHILD_STATUS_BYTES = 8192,
};

/* What a child tells the test, and the test the child: one shared page. */
struct child_page {
	atomic_bool ready;
	atomic_bool go;
	atomic_int tid;
	atomic_ulong counter[CHILD_COUNTERS];
};

struct child {
	pid_t pid;
	struct child_page *page;
};

static inline void child_sleep_ms(long ms)
{
	struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

/* Wait for a state, not for a time. */
#define child_wait_until(condition)                                                                \
	do {                                                                                       \
		int left_ms = CHILD_PATIENCE_MS;                                                   \
		while (!(condition) && left_ms-- > 0)                                              \
			child_sleep_ms(1);                                                         \
		assert_true(left_ms > 0);                                                          \
	} while (0)

/* In a child: nothing more to do until it is killed. */
static inline void child_rest(void)
{
	for (;;)
		pause();
}

/* ret: the child, which runs body() and dies with the test. */
static inline struct child child_fork(void (*body)(struct child_page *))
{
	struct child child = { 0 };
	pid_t parent = getpid();

	child.page = mmap(NULL, sizeof(*child.page), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(child.page, MAP_FAILED);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (!child.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			body(child.page);
		_exit(0);
	}
	return child;
}

/* As child_fork(), when body() has set ready. */
static inline struct child child_start(void (*body)(struct child_page *))
{
	struct child child = child_fork(body);

	child_wait_until(atomic_load(&child.page->ready));
	return child;
}

static inline void child_end(struct child *child)
{
	kill(child->pid, SIGKILL);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
	munmap(child->page, sizeof(*child->page));
}

/* A body: be there. */
static inline void child_idle(struct child_page *page)
{
	atomic_store(&page->ready, true);
	child_rest();
}

/* A body: count up for ever. */
static inline void child_count(struct child_page *page)
{
	atomic_store(&page->ready, true);
	for (;;)
		atomic_fetch_add(&page->counter[0], 1);
}

/* ret: what follows "FIELD:\t" in a status file; empty if it is not there. */
static inline const char *child_status(pid_t tid, const char *field, char *text)
{
	char path[64], *at;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	fd = open(path, O_RDONLY);
	length = fd < 0 ? 0 : read(fd, text, CHILD_STATUS_BYTES - 1);
	if (fd >= 0)
		close(fd);
	text[length > 0 ? length : 0] = '\0';
	at = strstr(text, field);
	return at ? at + strlen(field) + 2 : "";
}

/* ret: its state letter; NUL if it is not there. */
static inline char child_state(pid_t tid)
{
	char text[CHILD_STATUS_BYTES];

	return *child_status(tid, "State", text);
}

static inline pid_t child_tracer(pid_t tid)
{
	char text[CHILD_STATUS_BYTES];

	return (pid_t)strtol(child_status(tid, "TracerPid", text), NULL, 10);
}

/* What a test that needs root begins with. Loud, and no excuse where live tests must run. */
#define child_require_root()                                                                       \
	do {                                                                                       \
		const char *must = getenv("VMSPY_REQUIRE_LIVE");                                   \
		if (geteuid() == 0)                                                                \
			break;                                                                     \
		print_message("SKIPPED %s: needs root\n", __func__);                               \
		if (must && !strcmp(must, "1"))                                                    \
			fail();                                                                    \
		skip();                                                                            \
	} while (0)

/* Become nobody, as a user without rights is. */
static inline bool child_drop_rights(void)
{
	if (geteuid() == 0 && (setresgid(CHILD_NOBODY, CHILD_NOBODY, CHILD_NOBODY) ||
			       setresuid(CHILD_NOBODY, CHILD_NOBODY, CHILD_NOBODY)))
		return false;
	return !prctl(PR_SET_DUMPABLE, 1);
}

/* ret: whether check() was true in a process of its own: what it does to itself stays there. */
static inline bool child_holds(bool (*check)(const void *), const void *data)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		alarm(CHILD_PATIENCE_MS / 1000);
		_exit(check(data) ? 0 : 1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Whether it is an error of this kind whose message has all of this text. Ends it. */
static inline bool child_is_error(struct vmspy_error *err, enum vmspy_error_kind kind,
				  const char *text)
{
	bool is = err && vmspy_error_kind(err) == kind && strstr(vmspy_error_message(err), text);

	if (!is)
		fprintf(stderr, "# expected kind %d with '%s', got: %s\n", kind, text,
			err ? vmspy_error_message(err) : "no error");
	vmspy_error_destroy(err);
	return is;
}

/* Whether there was no error; tells it otherwise. Ends it. */
static inline bool child_is_done(struct vmspy_error *err)
{
	if (err)
		fprintf(stderr, "# unexpected: %s\n", vmspy_error_message(err));
	vmspy_error_destroy(err);
	return !err;
}

#endif
