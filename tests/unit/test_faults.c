#include "test.h"

#include <sys/mman.h>

#include "child.h"
#include "kernel/faults.h"
#include "kernel/host.h"

enum {
	PAGES = 256, /* more than a ring of one page has room for, on each of two CPUs */
	RING_BYTES = 1 << 20,
	PAGEMAP_FRAME_BITS = 55,
};

static long page_bytes(void)
{
	return sysconf(_SC_PAGESIZE);
}

/* Private memory that is there before a fork, and copied by whoever writes to it after. */
static unsigned char *make_area(void)
{
	unsigned char *area = mmap(NULL, (size_t)PAGES * (size_t)page_bytes(),
				   PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(area, MAP_FAILED);
	assert_int_equal(madvise(area, (size_t)PAGES * (size_t)page_bytes(), MADV_NOHUGEPAGE), 0);
	memset(area, 1, (size_t)PAGES * (size_t)page_bytes());
	return area;
}

static unsigned char *area;

static void write_pages(size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		((volatile unsigned char *)area)[i * (size_t)page_bytes()] = 2;
}

/* A body: copy all pages when told to, half of them in a child of its own. */
static void copy_pages(struct child_page *page)
{
	pid_t child;

	atomic_store(&page->ready, true);
	while (!atomic_load(&page->go))
		child_sleep_ms(1);
	write_pages(0, PAGES / 2);
	child = fork();
	if (!child) {
		write_pages(PAGES / 2, PAGES / 2);
		atomic_store(&page->tid, getpid());
		child_rest();
	}
	child_rest();
}

static uint64_t frame_of(pid_t pid, const void *address)
{
	uint64_t word = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(
		pread(fd, &word, sizeof(word),
		      (off_t)((uintptr_t)address / (uintptr_t)page_bytes() * sizeof(word))),
		sizeof(word));
	close(fd);
	return word & ((UINT64_C(1) << PAGEMAP_FRAME_BITS) - 1);
}

/* What was seen of one page of the area. */
struct seen {
	size_t fault_count;
	pid_t pid;
	uint64_t reason, frame;
};

/* Sort what happened to pages; the frame that follows a fault of a thread is that of its page. */
static void collect(struct vmspy_faults *faults, struct seen *seen)
{
	struct vmspy_fault fault;
	struct seen *last = NULL;
	uint64_t before_ns = 0;

	while (vmspy_faults_next(faults, UINT64_MAX, &fault)) {
		size_t index = (fault.address - (uintptr_t)area) / (size_t)page_bytes();

		assert_true(fault.time_ns >= before_ns);
		before_ns = fault.time_ns;
		if (fault.kind == VMSPY_FAULT_FRAME) {
			if (last && last->pid == fault.pid && !last->frame)
				last->frame = fault.frame;
			continue;
		}
		last = NULL;
		if (fault.address < (uintptr_t)area || index >= PAGES)
			continue;
		last = &seen[index];
		last->fault_count++;
		last->pid = fault.pid;
		last->reason = fault.reason;
	}
}

static struct child start(struct vmspy_faults *faults)
{
	struct child child;

	area = make_area();
	child = child_start(copy_pages);
	assert_ok(vmspy_faults_add(faults, child.pid));
	atomic_store(&child.page->go, true);
	child_wait_until(atomic_load(&child.page->tid));
	return child;
}

static void stop(struct child *child)
{
	kill(atomic_load(&child->page->tid), SIGKILL);
	child_end(child);
	munmap(area, (size_t)PAGES * (size_t)page_bytes());
}

static void every_copy_is_seen_once_with_the_frame_it_got(void **state)
{
	struct vmspy_faults_options options = { .source = VMSPY_FAULTS_TRACED,
						.ring_bytes = RING_BYTES };
	struct seen seen[PAGES] = { 0 };
	struct vmspy_faults *faults;
	struct child child;

	(void)state;
	child_require_root();
	assert_ok(vmspy_faults_create(&options, &faults));
	child = start(faults);
	collect(faults, seen);
	for (size_t i = 0; i < PAGES; i++) {
		pid_t writer = i < PAGES / 2 ? child.pid : atomic_load(&child.page->tid);

		assert_int_equal(seen[i].fault_count, 1);
		assert_int_equal(seen[i].pid, writer);
		assert_int_equal(seen[i].reason & (VMSPY_FAULT_PRESENT | VMSPY_FAULT_WRITE),
				 VMSPY_FAULT_PRESENT | VMSPY_FAULT_WRITE);
		assert_int_equal(seen[i].frame, frame_of(writer, area + i * (size_t)page_bytes()));
	}
	assert_int_equal(vmspy_faults_lost(faults), 0);
	stop(&child);
	vmspy_faults_destroy(faults);
}

static void where_nothing_may_be_traced_faults_are_counted(void **state)
{
	struct vmspy_faults_options options = { .source = VMSPY_FAULTS_COUNTED,
						.chains = true,
						.ring_bytes = RING_BYTES };
	struct seen seen[PAGES] = { 0 };
	struct vmspy_faults *faults;
	struct child child;

	(void)state;
	child_require_root();
	assert_ok(vmspy_faults_create(&options, &faults));
	child = start(faults);
	collect(faults, seen);
	for (size_t i = 0; i < PAGES; i++) {
		assert_int_equal(seen[i].fault_count, 1);
		assert_int_equal(seen[i].reason, UINT64_MAX);
	}
	stop(&child);
	vmspy_faults_destroy(faults);
}

static void what_a_full_ring_lost_is_counted(void **state)
{
	struct vmspy_faults_options options = { .source = VMSPY_FAULTS_COUNTED,
						.ring_bytes = (size_t)page_bytes() };
	struct vmspy_faults *whole, *small;
	struct vmspy_fault fault;
	size_t whole_count = 0, small_count = 0;
	struct child child;

	(void)state;
	child_require_root();
	assert_ok(vmspy_faults_create(&options, &small));
	options.ring_bytes = RING_BYTES;
	assert_ok(vmspy_faults_create(&options, &whole));
	area = make_area();
	child = child_start(copy_pages);
	assert_ok(vmspy_faults_add(small, child.pid));
	assert_ok(vmspy_faults_add(whole, child.pid));
	atomic_store(&child.page->go, true);
	child_wait_until(atomic_load(&child.page->tid));
	while (vmspy_faults_next(small, UINT64_MAX, &fault))
		small_count++;
	while (vmspy_faults_next(whole, UINT64_MAX, &fault))
		whole_count++;
	assert_int_equal(vmspy_faults_lost(whole), 0);
	assert_true(vmspy_faults_lost(small) > 0);
	assert_int_equal(small_count + vmspy_faults_lost(small), whole_count);
	stop(&child);
	vmspy_faults_destroy(small);
	vmspy_faults_destroy(whole);
}

static void a_thread_that_is_not_there_is_gone(void **state)
{
	struct vmspy_faults_options options = { .source = VMSPY_FAULTS_COUNTED,
						.ring_bytes = RING_BYTES };
	struct vmspy_faults *faults;

	(void)state;
	assert_ok(vmspy_faults_create(&options, &faults));
	assert_error(vmspy_faults_add(faults, INT32_MAX), VMSPY_ERROR_GONE, "no such thread");
	vmspy_faults_destroy(faults);
}

/* In a process of nobody's. */
static bool is_refused(const void *data)
{
	struct vmspy_faults_options options = { .source = VMSPY_FAULTS_COUNTED,
						.ring_bytes = RING_BYTES };
	struct vmspy_faults *faults;
	bool is;

	if (!child_drop_rights() || !child_is_done(vmspy_faults_create(&options, &faults)))
		return false;
	is = child_is_error(vmspy_faults_add(faults, *(const pid_t *)data),
			    VMSPY_ERROR_NOT_PERMITTED, "CAP_PERFMON");
	vmspy_faults_destroy(faults);
	return is;
}

static void who_may_not_see_a_process_is_told_the_remedy(void **state)
{
	struct child child;

	(void)state;
	child_require_root();
	child = child_start(child_idle);
	assert_true(child_holds(is_refused, &child.pid));
	child_end(&child);
}

TEST_MAIN(TEST(every_copy_is_seen_once_with_the_frame_it_got),
	  TEST(where_nothing_may_be_traced_faults_are_counted),
	  TEST(what_a_full_ring_lost_is_counted), TEST(a_thread_that_is_not_there_is_gone),
	  TEST(who_may_not_see_a_process_is_told_the_remedy))
