#include "bench.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	BUFFER_BYTES = 1 << 20,
	REGIONS = 512, /* walk_end is stale where a call returns more */
};

static char buffer[BUFFER_BYTES];

static int open_of(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

static void read_words(int pagemap, uint64_t start, uint64_t end)
{
	start = start / BENCH_PAGE_BYTES * sizeof(uint64_t);
	end = end / BENCH_PAGE_BYTES * sizeof(uint64_t);
	while (start < end) {
		size_t wanted = end - start < BUFFER_BYTES ? end - start : BUFFER_BYTES;
		ssize_t n = pread(pagemap, buffer, wanted, (off_t)start);

		if (n <= 0)
			die("pagemap");
		start += (uint64_t)n;
	}
}

static void read_pagemap(pid_t pid)
{
	int pagemap = open_of(pid, "pagemap");
	FILE *maps = fdopen(open_of(pid, "maps"), "r");
	uint64_t start, end;
	char line[8192];

	if (!maps)
		die("maps");
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2 &&
		    !strstr(line, "[vsyscall]"))
			read_words(pagemap, start, end);
	close(pagemap);
	fclose(maps);
}

double time_plain_pagemaps(const struct target *target)
{
	double begin = now_ms();

	read_pagemap(target->pid[0]);
	read_pagemap(target->pid[1]);
	return now_ms() - begin;
}

double time_plain_file(pid_t pid, const char *name)
{
	double begin = now_ms();
	int fd = open_of(pid, name);
	ssize_t n;

	while ((n = read(fd, buffer, BUFFER_BYTES)) > 0)
		;
	if (n < 0)
		die(name);
	close(fd);
	return now_ms() - begin;
}

/* include/uapi/linux/fs.h of Linux 6.7: the headers here may be older. */
struct region {
	uint64_t start, end, categories;
};

struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN_IOCTL   _IOWR('f', 16, struct scan)
#define SCAN_PRESENT (UINT64_C(1) << 3)
#define SCAN_SWAPPED (UINT64_C(1) << 4)

double time_scan(pid_t pid, uint64_t start, uint64_t bytes)
{
	struct region regions[REGIONS];
	struct scan scan = {
		.size = sizeof(scan),
		.start = start,
		.end = start + bytes,
		.vec = (uint64_t)(uintptr_t)regions,
		.vec_len = REGIONS,
		.category_anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
		.return_mask = SCAN_PRESENT | SCAN_SWAPPED,
	};
	int pagemap = open_of(pid, "pagemap"), count;
	double begin = now_ms();

	while (scan.start < scan.end) {
		count = ioctl(pagemap, SCAN_IOCTL, &scan);
		if (count < 0)
			break;
		scan.start = scan.walk_end;
		if (count && regions[count - 1].end > scan.start)
			scan.start = regions[count - 1].end;
	}
	close(pagemap);
	return scan.start < scan.end ? -1 : now_ms() - begin;
}
