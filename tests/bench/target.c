#include "bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ARGUMENTS_MAX = 8,
};

static void exec_fixture(const char *path, const char *const *arguments)
{
	const char *words[ARGUMENTS_MAX + 2] = { path };

	for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
		words[i + 1] = arguments[i];
	execv(path, (char *const *)(uintptr_t)words);
	_exit(127);
}

bool target_start(const char *path, const char *const *arguments, struct target *ret)
{
	int in[2], out[2], pid_a, pid_b, fields;
	uint64_t address = 0;
	char line[256];
	FILE *says;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	ret->fixture = fork();
	if (ret->fixture == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		exec_fixture(path, arguments);
	}
	close(in[0]);
	close(out[1]);
	ret->input = in[1];
	says = fdopen(out[0], "r");
	if (!says || !fgets(line, sizeof(line), says))
		die(path);
	fields = sscanf(line, "%d %d %" SCNx64, &pid_a, &pid_b, &address);
	if (fields < 2) {
		fprintf(stderr, "bench: %s: %s", path, line);
		fclose(says);
		target_end(ret);
		return false;
	}
	if (!fgets(line, sizeof(line), says) || strcmp(line, "ready\n") != 0)
		die(path);
	fclose(says);
	ret->pid[0] = pid_a;
	ret->pid[1] = pid_b;
	ret->address = address;
	return true;
}

void target_end(struct target *target)
{
	close(target->input);
	waitpid(target->fixture, NULL, 0);
}
