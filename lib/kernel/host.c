#include "kernel/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/cleanup.h"
#include "format/pagemap.h"
#include "kernel/proc_file.h"
#include "kernel/uapi.h"

#include "base/banned.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* The categories of PAGEMAP_SCAN, newest kernel first: an unknown bit is EINVAL. */
#define CATEGORIES_6_7                                                                             \
	(VMSPY_PAGE_IS_FILE | VMSPY_PAGE_IS_PRESENT | VMSPY_PAGE_IS_SWAPPED |                      \
	 VMSPY_PAGE_IS_PFNZERO | VMSPY_PAGE_IS_HUGE)

static const uint64_t category_sets[] = {
	CATEGORIES_6_7 | VMSPY_PAGE_IS_SOFT_DIRTY | VMSPY_PAGE_IS_GUARD,
	CATEGORIES_6_7 | VMSPY_PAGE_IS_SOFT_DIRTY,
	CATEGORIES_6_7,
};

/* Two pages of our own in states that we know. */
struct sample {
	volatile char *zero; /* only ever read: the zero page is behind it */
	volatile char *written;
	char *area;
	size_t page_bytes;
};

static void sample_deinit(struct sample *sample)
{
	if (sample->area)
		munmap(sample->area, 2 * sample->page_bytes);
}

static struct vmspy_error *sample_init(struct sample *sample, size_t page_bytes)
{
	char *area = mmap(NULL, 2 * page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (area == MAP_FAILED)
		return vmspy_error_system(errno, "cannot map a page to probe the kernel with");
	/* Refused by kernels without huge pages, which need no such advice. */
	madvise(area, 2 * page_bytes, MADV_NOHUGEPAGE);
	*sample = (struct sample){
		.zero = area,
		.written = area + page_bytes,
		.area = area,
		.page_bytes = page_bytes,
	};
	*sample->written = *sample->zero + 1;
	return NULL;
}

static void probe_names(struct vmspy_host *host)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct utsname names;

	if (!uname(&names)) {
		snprintf(host->kernel, sizeof(host->kernel), "%s", names.release);
		snprintf(host->machine, sizeof(host->machine), "%s", names.machine);
	}
	if (!vmspy_proc_file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &text))
		snprintf(host->boot_id, sizeof(host->boot_id), "%.36s", vmspy_buf_text(&text));
}

#ifdef __x86_64__
/*
 * With five levels user space reaches beyond 47 bits, for those who ask for it.
 * Source: Documentation/arch/x86/x86_64/5level-paging.rst.
 */
static unsigned probe_levels(size_t page_bytes)
{
	void *beyond = (void *)(UINT64_C(1) << 48);
	void *got = mmap(beyond, page_bytes, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (got == MAP_FAILED)
		return 4;
	munmap(got, page_bytes);
	return got == beyond ? 5 : 4;
}
#else
static unsigned probe_levels(size_t page_bytes)
{
	(void)page_bytes;
	return 0;
}
#endif

static void probe_frames(struct vmspy_host *host, int pagemap_fd, const struct sample *sample)
{
	uint64_t words[2];
	off_t at = (off_t)((uintptr_t)sample->area / sample->page_bytes * sizeof(words[0]));

	if (pread(pagemap_fd, words, sizeof(words), at) != sizeof(words))
		return;
	host->frames_visible = words[1] & VMSPY_PAGEMAP_FRAME_MASK;
	/* New memory counts as written. */
	host->soft_dirty_tracked = words[1] & VMSPY_PAGEMAP_SOFT_DIRTY;
	host->zero_frame = words[0] & VMSPY_PAGEMAP_FRAME_MASK;
}

static void probe_scan(struct vmspy_host *host, int pagemap_fd, const struct sample *sample)
{
	struct vmspy_page_region region;

	for (size_t i = 0; i < sizeof(category_sets) / sizeof(category_sets[0]); i++) {
		struct vmspy_pm_scan_arg arg = {
			.size = sizeof(arg),
			.start = (uintptr_t)sample->area,
			.end = (uintptr_t)sample->area + sample->page_bytes,
			.vec = (uintptr_t)&region,
			.vec_len = 1,
			.category_anyof_mask = category_sets[i],
			.return_mask = category_sets[i],
		};

		if (ioctl(pagemap_fd, VMSPY_PAGEMAP_SCAN, &arg) >= 0) {
			host->scan_categories = category_sets[i];
			return;
		}
		if (errno != EINVAL)
			return;
	}
}

const char *vmspy_frame_fact_path(enum vmspy_frame_fact fact)
{
	static const char *const paths[VMSPY_FRAME_FACT_COUNT] = {
		[VMSPY_FRAME_FLAGS] = "/proc/kpageflags",
		[VMSPY_FRAME_MAP_COUNT] = "/proc/kpagecount",
		[VMSPY_FRAME_CGROUP] = "/proc/kpagecgroup",
	};

	return paths[fact];
}

static void probe_facts(struct vmspy_host *host)
{
	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++) {
		VMSPY_AUTO(vmspy_guard_close)
		int fd = open(vmspy_frame_fact_path(fact), O_RDONLY | O_CLOEXEC);

		host->fact_visible[fact] = fd >= 0;
	}
}

struct vmspy_error *vmspy_host_probe(struct vmspy_host *ret)
{
	VMSPY_AUTO(sample_deinit) struct sample sample = { 0 };
	VMSPY_AUTO(vmspy_guard_close) int pagemap_fd = -1;
	struct vmspy_host host = { .page_bytes = (uint32_t)sysconf(_SC_PAGESIZE) };
	struct vmspy_error *err;

	if (!vmspy_proc_is_mounted())
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot look at processes: /proc is not mounted "
					  "(mount -t proc proc /proc)");
	if ((err = sample_init(&sample, host.page_bytes)))
		return err;
	probe_names(&host);
	host.page_table_levels = probe_levels(host.page_bytes);
	pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap_fd >= 0) {
		probe_frames(&host, pagemap_fd, &sample);
		probe_scan(&host, pagemap_fd, &sample);
	}
	probe_facts(&host);
	*ret = host;
	return NULL;
}

struct vmspy_vmstat vmspy_host_vmstat(void)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };

	if (vmspy_proc_file_read(AT_FDCWD, "/proc/vmstat", &text))
		return vmspy_vmstat_parse("", 0);
	return vmspy_vmstat_parse(vmspy_buf_text(&text), text.length);
}

uint64_t vmspy_host_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}
