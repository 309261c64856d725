/*
 * Run a command and write what it cost: `peak FILE COMMAND ARG...` writes `KIB MILLISECONDS` to
 * the file (its peak resident set, and how long it ran) and ends as the command ended.
 * A small program of its own, because a command's peak begins at that of who started it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage usage = { 0 };
	double begin = now_ms();
	int status = 0;
	FILE *file;
	pid_t child;

	if (argc < 3)
		return 125;
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "peak: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		return 125;
	file = fopen(argv[1], "we");
	if (!file)
		return 125;
	fprintf(file, "%ld %.0f\n", usage.ru_maxrss, now_ms() - begin);
	if (fclose(file))
		return 125;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
