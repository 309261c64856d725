/*
 * 200,000 copies as fast as they can be made: a child writes to every page that its parent wrote
 * before, and says how long that took: `"own_ms": N`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	PAGES = 200000,
	PAGE_BYTES = 4096,
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void write_all(volatile char *area, char value)
{
	for (size_t i = 0; i < PAGES; i++)
		area[i * PAGE_BYTES] = value;
}

int main(void)
{
	const size_t bytes = (size_t)PAGES * PAGE_BYTES;
	char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	double begin;
	int status;
	pid_t child;

	if (area == MAP_FAILED || madvise(area, bytes, MADV_NOHUGEPAGE))
		return 2;
	write_all(area, 1);
	child = fork();
	if (child == 0) {
		begin = now_ms();
		write_all(area, 2);
		printf("\"own_ms\": %.3f\n", now_ms() - begin);
		return fflush(stdout) ? 2 : 0;
	}
	return child < 0 || waitpid(child, &status, 0) != child || status ? 2 : 0;
}
