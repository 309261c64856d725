#include "interrupt.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "kernel/host.h"

#include "base/banned.h"

enum {
	NS_PER_SECOND = 1000000000
};

static const int signals[INTERRUPT_SIGNALS] = { SIGINT, SIGTERM, SIGHUP };

/* All that a handler can know. */
static volatile sig_atomic_t came;
static volatile sig_atomic_t event_fd;

/* Source: signal-safety(7): write is allowed here. */
static void note(int number)
{
	static const uint64_t one = 1;
	int before = errno;

	(void)number;
	came = 1;
	/* It fails only if the counter is full: then it is readable all the same. */
	(void)!write(event_fd, &one, sizeof(one));
	errno = before;
}

static void take(struct interrupt *interrupt)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESTART | SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	for (int i = 0; i < INTERRUPT_SIGNALS; i++) {
		sigaction(signals[i], NULL, &interrupt->before[i]);
		if (signals[i] != SIGHUP || interrupt->before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

struct vmspy_error *interrupt_begin(struct interrupt *ret)
{
	ret->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ret->fd < 0)
		return vmspy_error_system(errno, "cannot prepare to be interrupted");
	came = 0;
	event_fd = ret->fd;
	take(ret);
	return NULL;
}

bool interrupt_came(const struct interrupt *interrupt)
{
	(void)interrupt;
	return came;
}

/* ret: for ppoll(): what is left until then. */
static struct timespec left_until(uint64_t until_ns)
{
	uint64_t now_ns = vmspy_host_now_ns();
	uint64_t left_ns = until_ns > now_ns ? until_ns - now_ns : 0;

	return (struct timespec){ .tv_sec = (time_t)(left_ns / NS_PER_SECOND),
				  .tv_nsec = (long)(left_ns % NS_PER_SECOND) };
}

bool interrupt_poll(const struct interrupt *interrupt, struct pollfd *polled, size_t count,
		    uint64_t until_ns)
{
	struct timespec left;

	polled[0] = (struct pollfd){ .fd = interrupt->fd, .events = POLLIN };
	/* A signal that comes before the wait is not lost: its descriptor is readable then. */
	do {
		left = left_until(until_ns);
	} while (ppoll(polled, count, until_ns == UINT64_MAX ? NULL : &left, NULL) < 0 &&
		 errno == EINTR);
	return interrupt_came(interrupt);
}

bool interrupt_wait(const struct interrupt *interrupt, uint64_t until_ns)
{
	struct pollfd polled;

	return interrupt_poll(interrupt, &polled, 1, until_ns);
}

void interrupt_end(struct interrupt *interrupt)
{
	for (int i = 0; i < INTERRUPT_SIGNALS; i++)
		sigaction(signals[i], &interrupt->before[i], NULL);
	/* Nobody writes to it any more: the handlers are gone. */
	close(interrupt->fd);
	interrupt->fd = -1;
}

sigset_t put_off_suspension(void)
{
	sigset_t suspension, before;

	sigemptyset(&suspension);
	sigaddset(&suspension, SIGTSTP);
	pthread_sigmask(SIG_BLOCK, &suspension, &before);
	return before;
}

void resume_suspension(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}
