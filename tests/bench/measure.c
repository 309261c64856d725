#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- series -------------------------------------------------------------------------------- */

void series_add(struct series *series, double value)
{
	if (series->count < BENCH_ROUNDS_MAX)
		series->value[series->count++] = value;
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double series_median(const struct series *series)
{
	struct series sorted = *series;

	qsort(sorted.value, (size_t)sorted.count, sizeof(double), by_value);
	return sorted.count ? sorted.value[sorted.count / 2] : 0;
}

double series_min(const struct series *series)
{
	double min = series->count ? series->value[0] : 0;

	for (int i = 1; i < series->count; i++)
		if (series->value[i] < min)
			min = series->value[i];
	return min;
}

/* --- commands ------------------------------------------------------------------------------ */

double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* All that a command prints. */
static char *read_all(int fd)
{
	size_t room = 1 << 16, length = 0;
	char *text = malloc(room);
	ssize_t n;

	while (text && (n = read(fd, text + length, room - length - 1)) > 0) {
		length += (size_t)n;
		if (length + 1 == room)
			text = realloc(text, room *= 2);
	}
	if (!text)
		die("memory");
	text[length] = '\0';
	return text;
}

static cpu_set_t first_of(const cpu_set_t *allowed)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, allowed))
			CPU_SET(cpu, &one);
	return one;
}

/* posix_spawn: a fork would have the command begin with the resident set of the bench. */
static pid_t spawn(const char *const *words, int output)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int code;

	posix_spawn_file_actions_init(&actions);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	code = posix_spawnp(&pid, words[0], &actions, NULL, (char *const *)(uintptr_t)words,
			    environ);
	posix_spawn_file_actions_destroy(&actions);
	return code ? -1 : pid;
}

struct run run_command(const char *const *words, unsigned flags)
{
	struct run run = { .status = 127 };
	struct rusage usage = { 0 };
	int out[2] = { -1, -1 }, status;
	cpu_set_t before, one;
	double begin;
	pid_t pid;

	if (flags & RUN_KEEP_OUTPUT && pipe2(out, O_CLOEXEC))
		die("pipe");
	if (sched_getaffinity(0, sizeof(before), &before))
		die("sched_getaffinity");
	one = first_of(&before);
	begin = now_ms();
	if (flags & RUN_ONE_CPU)
		sched_setaffinity(0, sizeof(one), &one);
	pid = spawn(words, out[1]);
	if (flags & RUN_ONE_CPU)
		sched_setaffinity(0, sizeof(before), &before);
	if (out[1] >= 0) {
		close(out[1]);
		run.output = read_all(out[0]);
		close(out[0]);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return run;
	run.ms = now_ms() - begin;
	run.peak_kib = usage.ru_maxrss;
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return run;
}

struct run run_or_die(const char *const *words, unsigned flags)
{
	struct run run = run_command(words, flags);

	if (run.status == 2 || run.status > 3) {
		fprintf(stderr, "bench: '%s' ended with status %d\n", words[0], run.status);
		exit(2);
	}
	return run;
}

bool is_installed(const char *command)
{
	const char *path = getenv("PATH");
	char *folders = strdup(path ? path : ""), *rest = folders, *folder;
	char file[4096];
	bool found = false;

	while (!found && (folder = strsep(&rest, ":"))) {
		snprintf(file, sizeof(file), "%s/%s", folder, command);
		found = !access(file, X_OK);
	}
	free(folders);
	return found;
}

double number_in(const char *json, const char *key)
{
	char quoted[64];
	const char *at;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = json ? strstr(json, quoted) : NULL;
	return at ? strtod(at + strlen(quoted), NULL) : -1;
}
