#include "demo_family.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	LARGEST_PAGE_BYTES = 65536, /* of any architecture with Linux */
	FIRST_VALUE = 100,
	SECOND_VALUE = 200,
};

enum order {
	ORDER_SAY = 'p',
	ORDER_SET = 's'
};

/* What a member answers: its line, or that the order was carried out. */
struct answer {
	pid_t pid;
	uint64_t address;
	struct family_line line;
};

/*
 * The variable is alone on its page: any neighbour that is written, such as the .got.plt that lazy
 * binding fills, would copy the page before the lesson begins. So it has a section of its own, and
 * what follows it there fills the page.
 */
#define LESSON_PAGE(alignment)                                                                     \
	__attribute__((section(".lesson"), aligned(alignment), used)) KEEP_ORDER
#ifdef __clang__
#define KEEP_ORDER
#else
#define KEEP_ORDER __attribute__((no_reorder))
#endif

static volatile int global_counter LESSON_PAGE(LARGEST_PAGE_BYTES) = FIRST_VALUE;
static volatile char rest_of_the_page[LARGEST_PAGE_BYTES - sizeof(int)] LESSON_PAGE(1) = { 1 };

/* --- a member ------------------------------------------------------------------------------ */

static void describe(const char *role, struct answer *answer)
{
	answer->pid = getpid();
	answer->address = (uint64_t)(uintptr_t)&global_counter;
	answer->line.value = global_counter;
	snprintf(answer->line.text, sizeof(answer->line.text),
		 "[%s] PID:%d, PPID:%d, value:%d, addr:%p", role, (int)getpid(), (int)getppid(),
		 global_counter, (void *)(uintptr_t)answer->address);
}

/* Obey until the pipe closes. */
static _Noreturn void obey(const char *role, int order_fd, int answer_fd)
{
	struct answer answer = { 0 };
	char order;

	while (read(order_fd, &order, 1) == 1) {
		if (order == ORDER_SET)
			global_counter = SECOND_VALUE;
		describe(role, &answer);
		if (write(answer_fd, &answer, sizeof(answer)) != sizeof(answer))
			break;
	}
	_exit(0);
}

/* The ends of the pipes as the members hold them. */
struct ends {
	int order_fd[FAMILY_SIZE];
	int answer_fd[FAMILY_SIZE];
};

static _Noreturn void be_parent(const struct ends *ends)
{
	pid_t child;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	global_counter = FIRST_VALUE; /* written before the fork: a page of its own memory */
	child = fork();
	if (child < 0)
		_exit(1);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		obey("Child ", ends->order_fd[FAMILY_CHILD], ends->answer_fd[FAMILY_CHILD]);
	}
	obey("Parent", ends->order_fd[FAMILY_PARENT], ends->answer_fd[FAMILY_PARENT]);
}

/* --- we ------------------------------------------------------------------------------------ */

static struct vmspy_error *order(const struct family *family, int who, char what,
				 struct answer *ret)
{
	const struct family_member *member = &family->member[who];
	ssize_t got;

	if (write(member->ask_fd, &what, 1) != 1)
		return vmspy_error_system(errno, "cannot speak to the lesson's processes");
	do
		got = read(member->answer_fd, ret, sizeof(*ret));
	while (got < 0 && errno == EINTR);
	if (got != sizeof(*ret))
		return vmspy_error_create(VMSPY_ERROR_GONE,
					  "the lesson's processes ended before the lesson");
	ret->line.text[sizeof(ret->line.text) - 1] = '\0';
	return NULL;
}

static struct vmspy_error *open_pipes(struct family *family, struct ends *ends)
{
	for (int who = 0; who < FAMILY_SIZE; who++) {
		int ask[2], answer[2];

		if (pipe2(ask, O_CLOEXEC))
			return vmspy_error_system(errno, "cannot make a pipe");
		ends->order_fd[who] = ask[0];
		family->member[who].ask_fd = ask[1];
		if (pipe2(answer, O_CLOEXEC))
			return vmspy_error_system(errno, "cannot make a pipe");
		family->member[who].answer_fd = answer[0];
		ends->answer_fd[who] = answer[1];
	}
	return NULL;
}

static void close_ours(struct family *family)
{
	for (int who = 0; who < FAMILY_SIZE; who++) {
		vmspy_guard_close(&family->member[who].ask_fd);
		vmspy_guard_close(&family->member[who].answer_fd);
	}
}

static void ends_deinit(struct ends *ends)
{
	for (int who = 0; who < FAMILY_SIZE; who++) {
		vmspy_guard_close(&ends->order_fd[who]);
		vmspy_guard_close(&ends->answer_fd[who]);
	}
}

/* Learn the child's pid and the address from what both answer. */
static struct vmspy_error *meet(struct family *family)
{
	struct answer answer;
	struct vmspy_error *err;

	for (int who = 0; who < FAMILY_SIZE; who++) {
		if ((err = order(family, who, ORDER_SAY, &answer)))
			return err;
		family->member[who].pid = answer.pid;
		family->address = answer.address;
	}
	family->size_bytes = sizeof(global_counter);
	return NULL;
}

struct vmspy_error *family_begin(struct family *ret)
{
	VMSPY_AUTO(family_end) struct family family = FAMILY_NONE;
	VMSPY_AUTO(ends_deinit)
	struct ends ends = { .order_fd = { -1, -1 }, .answer_fd = { -1, -1 } };
	struct vmspy_error *err;

	if ((err = open_pipes(&family, &ends)))
		return err;
	fflush(NULL);
	family.member[FAMILY_PARENT].pid = fork();
	if (family.member[FAMILY_PARENT].pid < 0)
		return vmspy_error_system(errno, "cannot fork");
	if (!family.member[FAMILY_PARENT].pid) {
		close_ours(&family);
		be_parent(&ends);
	}
	ends_deinit(&ends);
	ends = (struct ends){ .order_fd = { -1, -1 }, .answer_fd = { -1, -1 } };
	if ((err = meet(&family)))
		return err;
	*ret = family;
	family = (struct family)FAMILY_NONE; /* the caller's now */
	return NULL;
}

struct vmspy_error *family_say(const struct family *family, int who, struct family_line *ret)
{
	struct answer answer;
	struct vmspy_error *err = order(family, who, ORDER_SAY, &answer);

	if (!err)
		*ret = answer.line;
	return err;
}

struct vmspy_error *family_set(const struct family *family, int who)
{
	struct answer answer;

	return order(family, who, ORDER_SET, &answer);
}

/* Both read the end of their pipe and leave; the child of the parent is init's to wait for. */
void family_end(struct family *family)
{
	close_ours(family);
	if (family->member[FAMILY_PARENT].pid > 0)
		waitpid(family->member[FAMILY_PARENT].pid, NULL, 0);
	*family = (struct family)FAMILY_NONE;
}
