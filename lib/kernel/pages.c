#include "kernel/pages.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/banned.h"

/*
 * fs/proc/task_mmu.c collects at most 512 regions at a time; a call that returns more leaves
 * walk_end where the first part ended.
 */
enum {
	REGIONS_MAX = 512
};

static struct vmspy_error *gone(void)
{
	return vmspy_error_create(VMSPY_ERROR_GONE,
				  "cannot read pagemap: the address space is gone "
				  "(the process ended or ran another program)");
}

static int is_above_user_space(uint64_t address)
{
	return address >> 63;
}

struct vmspy_error *vmspy_pages_words(int pagemap_fd, const struct vmspy_host *host, uint64_t start,
				      size_t count, uint64_t *ret)
{
	size_t size = count * sizeof(*ret), done = 0;
	off_t from = (off_t)(start / host->page_bytes * sizeof(*ret));

	while (done < size) {
		ssize_t got =
			pread(pagemap_fd, (char *)ret + done, size - done, from + (off_t)done);

		if (got > 0) {
			done += (size_t)got;
			continue;
		}
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return vmspy_error_system(errno, "cannot read pagemap at 0x%llx",
						  (unsigned long long)start);
		if (!is_above_user_space(start))
			return gone();
		memset((char *)ret + done, 0, size - done);
		break;
	}
	return NULL;
}

/* ret: how many regions, or -1 with errno. Never more than fit: the kernel is told the room. */
static int scan(int pagemap_fd, struct vmspy_pm_scan_arg *arg)
{
	int count;

	do
		count = ioctl(pagemap_fd, VMSPY_PAGEMAP_SCAN, arg);
	while (count < 0 && errno == EINTR);
	return count;
}

/* Regions that reach past the end (the kernel rounds to what it maps) are cut there. */
static size_t clamp(struct vmspy_page_region *region, size_t count, uint64_t end)
{
	while (count && region[count - 1].start >= end)
		count--;
	if (count && region[count - 1].end > end)
		region[count - 1].end = end;
	return count;
}

struct vmspy_error *vmspy_pages_populated(int pagemap_fd, const struct vmspy_host *host,
					  uint64_t start, uint64_t end,
					  struct vmspy_populated *populated)
{
	struct vmspy_pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = start,
		.end = end,
		.vec = (uintptr_t)populated->region,
		.vec_len = populated->room < REGIONS_MAX ? populated->room : REGIONS_MAX,
		.max_pages = populated->max_pages,
		.category_anyof_mask = VMSPY_PAGE_IS_PRESENT | VMSPY_PAGE_IS_SWAPPED,
		.return_mask = host->scan_categories,
	};
	uint64_t next;
	int count;

	if (!host->scan_categories)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot scan a pagemap: this kernel has no PAGEMAP_SCAN "
					  "(Linux 6.7 and later)");
	count = scan(pagemap_fd, &arg);
	if (count < 0 && errno == ESRCH)
		return gone();
	if (count < 0)
		return vmspy_error_system(errno, "cannot scan pagemap at 0x%llx",
					  (unsigned long long)start);

	populated->count = clamp(populated->region, (size_t)count, end);
	next = arg.walk_end;
	if (populated->count && populated->region[populated->count - 1].end > next)
		next = populated->region[populated->count - 1].end;
	populated->next = next < end ? next : end;
	return NULL;
}

/* ret: 0, or an errno. What lies behind the end of the file reads as 0. */
static int read_facts(int fd, uint64_t frame, size_t count, uint64_t *ret)
{
	size_t size = count * sizeof(*ret), done = 0;

	memset(ret, 0, size);
	if (frame > INT64_MAX / sizeof(*ret) - count)
		return 0;
	while (done < size) {
		ssize_t got = pread(fd, (char *)ret + done, size - done,
				    (off_t)(frame * sizeof(*ret) + done));

		if (got == 0)
			return 0;
		if (got < 0 && errno != EINTR)
			return errno;
		if (got > 0)
			done += (size_t)got;
	}
	return 0;
}

/* Frames near each other, in any order: one read is cheaper than many. */
struct stretch {
	size_t count;
	uint64_t lowest, highest;
	bool counts_up; /* one by one */
};

enum {
	WORDS_PER_CALL = 4, /* a call costs as much as the words of some frames */
	SPAN_MAX = 2048,
};

static struct stretch stretch_at(const uint64_t *frames, size_t count)
{
	struct stretch stretch = { 1, frames[0], frames[0], true };

	for (; stretch.count < count; stretch.count++) {
		uint64_t next = frames[stretch.count];
		uint64_t lowest = next < stretch.lowest ? next : stretch.lowest;
		uint64_t highest = next > stretch.highest ? next : stretch.highest;

		if (highest - lowest >= SPAN_MAX ||
		    highest - lowest > WORDS_PER_CALL * (stretch.count + 1))
			break;
		stretch.counts_up &= next == stretch.lowest + stretch.count;
		stretch.lowest = lowest;
		stretch.highest = highest;
	}
	return stretch;
}

/* ret: 0, or an errno. */
static int read_stretch(int fd, const struct stretch *stretch, const uint64_t *frames,
			uint64_t *ret)
{
	uint64_t words[SPAN_MAX];
	int code = read_facts(fd, stretch->lowest, stretch->highest - stretch->lowest + 1,
			      stretch->counts_up ? ret : words);

	for (size_t i = 0; !stretch->counts_up && !code && i < stretch->count; i++)
		ret[i] = words[frames[i] - stretch->lowest];
	return code;
}

struct vmspy_error *vmspy_pages_facts(int fd, const uint64_t *frames, size_t count, uint64_t *ret)
{
	struct stretch stretch;

	for (size_t i = 0; i < count; i += stretch.count) {
		int code;

		stretch = stretch_at(frames + i, count - i);
		code = read_stretch(fd, &stretch, frames + i, ret + i);
		if (code)
			return vmspy_error_system(code,
						  "cannot read what the kernel knows of frames");
	}
	return NULL;
}
