/* diff --watch: the rounds, and how they end. */
#include "watch.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "command.h"
#include "interrupt.h"
#include "message.h"
#include "space/relation.h"
#include "watch_rows.h"

#include "base/banned.h"

enum {
	SECONDS_USUAL = 2,
	SECONDS_MAX = 1000000000
};

#define NS_PER_SECOND UINT64_C(1000000000)
#define ENDING_NS     (NS_PER_SECOND / 5)

/* --- asking -------------------------------------------------------------------------------- */

struct vmspy_error *watch_parse(const struct arguments *arguments, uint64_t *ret)
{
	const char *text = arguments->value[OPTION_WATCH];
	double seconds;
	char *end;

	*ret = is_given(arguments, OPTION_WATCH) ? SECONDS_USUAL * NS_PER_SECOND : 0;
	if (!text)
		return NULL;
	seconds = strtod(text, &end);
	/* strtod also knows signs, spaces, hexadecimal numbers, powers of ten, and nan. */
	if (end == text || end != text + strspn(text, "0123456789.") || *end ||
	    seconds > SECONDS_MAX || !(uint64_t)(seconds * (double)NS_PER_SECOND))
		return vmspy_error_create(
			VMSPY_ERROR_BAD_DATA,
			"cannot watch every '%s' seconds: no number above 0, up to "
			"%d (like 2 or 0.5)",
			text, SECONDS_MAX);
	*ret = (uint64_t)(seconds * (double)NS_PER_SECOND);
	return NULL;
}

/* --- who is watched ------------------------------------------------------------------------ */

enum {
	SIDES = 2
};

/* What tells that there is no more to watch. */
struct watched {
	struct diff *diff;
	struct interrupt interrupt;
	int end_fd[SIDES]; /* readable when the process has ended; -1: only its next round knows */
	struct vmspy_mm_bounds image[SIDES]; /* of the program that each ran in the first round */
	int out_fd;                          /* -1: nothing is known of it */
};

static struct vmspy_space *side_of(const struct watched *watched, int side)
{
	return side ? watched->diff->b : watched->diff->a;
}

/*
 * The spaces are pinned: that the first round finds them alive proves that these are the same
 * processes.
 */
static struct vmspy_error *watched_begin(struct diff *diff, struct watched *ret)
{
	ret->diff = diff;
	for (int side = 0; side < SIDES; side++)
		ret->end_fd[side] = pidfd_open(vmspy_space_identity(side_of(ret, side))->pid, 0);
	ret->out_fd = fcntl(STDOUT_FILENO, F_GETFD) < 0 ? -1 : STDOUT_FILENO;
	return interrupt_begin(&ret->interrupt);
}

static void watched_end(struct watched *watched)
{
	interrupt_end(&watched->interrupt);
	for (int side = 0; side < SIDES; side++)
		vmspy_guard_close(&watched->end_fd[side]);
}

static void note_images(struct watched *watched)
{
	for (int side = 0; side < SIDES; side++)
		watched->image[side] = vmspy_space_layout(side_of(watched, side))->bounds;
}

static void say_of(const struct watched *watched, int side, const char *what)
{
	const struct vmspy_identity *identity = vmspy_space_identity(side_of(watched, side));

	say("'%d' (%s) %s: nothing more to watch", (int)identity->pid, identity->comm, what);
}

/* ret: whether one of them runs another program than in the first round; then it is said. */
static bool has_run_another(const struct watched *watched)
{
	for (int side = 0; side < SIDES; side++) {
		const struct vmspy_mm_bounds *now =
			&vmspy_space_layout(side_of(watched, side))->bounds;

		/* What the kernel hides proves nothing. */
		if (!now->known || !watched->image[side].known ||
		    vmspy_relation_same_bounds(&watched->image[side], now))
			continue;
		say_of(watched, side, "runs another program now");
		return true;
	}
	return false;
}

/* --- waiting ------------------------------------------------------------------------------- */

enum {
	POLLED_INTERRUPT,
	POLLED_SIDES,
	POLLED_OUT = POLLED_SIDES + SIDES,
	POLLED
};

/*
 * Wait for the time of the next round.
 * ret: false if it need not come: we were told to end, a process ended (then it is said), or
 *      nobody reads what we print.
 */
static bool wait_until(const struct watched *watched, uint64_t until_ns)
{
	struct pollfd polled[POLLED] = { 0 };

	for (int side = 0; side < SIDES; side++)
		polled[POLLED_SIDES + side] =
			(struct pollfd){ .fd = watched->end_fd[side], .events = POLLIN };
	/* No events: that it has no reader any more is told unasked. Quiet rounds write nothing. */
	polled[POLLED_OUT] = (struct pollfd){ .fd = watched->out_fd };
	if (interrupt_poll(&watched->interrupt, polled, POLLED, until_ns))
		return false;
	for (int side = 0; side < SIDES; side++)
		if (polled[POLLED_SIDES + side].revents) {
			say_of(watched, side, "has ended");
			return false;
		}
	return !polled[POLLED_OUT].revents;
}

/* --- rounds -------------------------------------------------------------------------------- */

static struct vmspy_error *print_round(struct diff *diff)
{
	struct vmspy_error *err = watch_count(diff->watch, &diff->pair);

	if (err)
		return err;
	if (watch_is_later(diff->watch) && diff->output.style.format == RENDER_TEXT)
		return watch_print_text(diff);
	if (!watch_is_later(diff->watch))
		diff_print_notes(diff);
	return diff_print(diff);
}

/* Whether one of the two runs another program by now, whatever the round could read of it. */
static bool has_just_run_another(const struct watched *watched)
{
	for (int side = 0; side < SIDES; side++)
		vmspy_error_destroy(vmspy_space_load(side_of(watched, side)));
	return has_run_another(watched);
}

/* A comparison that failed. ret: enum status. */
static int failed(const struct watched *watched, struct vmspy_error *err)
{
	if (!watch_is_later(watched->diff->watch) || vmspy_error_kind(err) != VMSPY_ERROR_GONE)
		return trouble(err);
	/*
	 * Who it was is known better than by what could not be read. A process that ends has no
	 * memory some moments before it has ended.
	 */
	if (wait_until(watched, vmspy_host_now_ns() + ENDING_NS) && !has_just_run_another(watched))
		say("%s: nothing more to watch", vmspy_error_message(err));
	vmspy_error_destroy(err);
	return STATUS_DONE;
}

/* ret: whether there is to be another round; if not, *status is how it ended. */
static bool run_round(struct watched *watched, int *status)
{
	struct diff *diff = watched->diff;
	struct vmspy_error *err;

	diff->watch->round++;
	*status = STATUS_DONE;
	if ((err = diff_compare(diff))) {
		*status = failed(watched, err);
		return false;
	}
	if (!watch_is_later(diff->watch))
		note_images(watched);
	else if (has_run_another(watched))
		return false;
	if ((err = print_round(diff))) {
		*status = trouble(err);
		return false;
	}
	/* Raw rows of all rounds are one table. */
	diff->output.style.no_headings |= diff->output.style.format == RENDER_RAW;
	/* What could not be written is told at the end of the program. */
	return !fflush(stdout) && !vmspy_pair_is_one_space(&diff->pair);
}

static int run_rounds(struct watched *watched)
{
	uint64_t interval_ns = watched->diff->watch_ns, begin_ns = vmspy_host_now_ns();
	int status;

	while (run_round(watched, &status)) {
		uint64_t now_ns = vmspy_host_now_ns(), next_ns = begin_ns + interval_ns;

		/* Not a page of it is kept while we wait. */
		diff_forget(watched->diff);
		if (!wait_until(watched, next_ns))
			break;
		begin_ns = next_ns > now_ns ? next_ns : now_ns;
	}
	return status;
}

int watch_run(struct diff *diff)
{
	VMSPY_AUTO(watch_deinit) struct watch watch = { 0 };
	struct watched watched = { 0 };
	struct vmspy_error *err = watched_begin(diff, &watched);
	int status;

	if (err)
		return trouble(err);
	diff->watch = &watch;
	diff->output.style.one_line = true;
	status = run_rounds(&watched);
	watched_end(&watched);
	diff->watch = NULL;
	return status;
}
