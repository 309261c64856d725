#include "test.h"

#include <limits.h>
#include <sys/mman.h>

#include "child.h"
#include "kernel/host.h"
#include "trace/trace.h"

/*
 * A target with an area of private memory, in three parts. When told to it forks a child, which
 * writes the first part; the second one is written by the target itself, and the third one by us,
 * through /proc/PID/mem of the child: of that no event tells.
 */
enum {
	PART_PAGES = 64,
	CHILDS = 0,
	PARENTS = PART_PAGES,
	UNSEEN = 2 * PART_PAGES,
	AREA_PAGES = 3 * PART_PAGES,
	PAGEMAP_FRAME_BITS = 55,
};

#define WAIT_NS UINT64_C(20000000000) /* never reached but by a bug */

static unsigned char *area;
static struct vmspy_host host;

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static void make_area(void)
{
	area = mmap(NULL, AREA_PAGES * page_bytes(), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(area, MAP_FAILED);
	assert_int_equal(madvise(area, AREA_PAGES * page_bytes(), MADV_NOHUGEPAGE), 0);
	memset(area, 1, AREA_PAGES * page_bytes());
}

static void write_pages(size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		((volatile unsigned char *)area)[i * page_bytes() + 5] = 2;
}

static void fork_and_write(struct child_page *page)
{
	pid_t child;

	atomic_store(&page->ready, true);
	while (!atomic_load(&page->go))
		child_sleep_ms(1);
	child = fork();
	if (!child) {
		write_pages(CHILDS, PART_PAGES);
		atomic_store(&page->tid, getpid());
		child_rest();
	}
	write_pages(PARENTS, PART_PAGES);
	atomic_store(&page->counter[0], 1);
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
	assert_int_equal(pread(fd, &word, sizeof(word),
			       (off_t)((uintptr_t)address / page_bytes() * sizeof(word))),
			 sizeof(word));
	close(fd);
	return word & ((UINT64_C(1) << PAGEMAP_FRAME_BITS) - 1);
}

static void write_unseen(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (size_t i = UNSEEN; i < UNSEEN + PART_PAGES; i++)
		assert_int_equal(pwrite(fd, "x", 1, (off_t)(uintptr_t)(area + i * page_bytes())),
				 1);
	close(fd);
}

/* What was told of each page of the area. */
struct told {
	size_t copies[AREA_PAGES];
	struct vmspy_trace_event event[AREA_PAGES];
	size_t kinds[VMSPY_TRACE_KIND_COUNT];
	pid_t forked_pid, exited_pid;
};

static void hear(struct told *told, const struct vmspy_trace_event *event)
{
	size_t index = (event->page.page_start - (uintptr_t)area) / page_bytes();

	told->kinds[event->kind]++;
	if (event->kind == VMSPY_TRACE_FORK)
		told->forked_pid = event->pid;
	if (event->kind == VMSPY_TRACE_EXIT)
		told->exited_pid = event->pid;
	if (event->kind != VMSPY_TRACE_COPY || event->page.page_start < (uintptr_t)area ||
	    index >= AREA_PAGES)
		return;
	told->copies[index]++;
	told->event[index] = *event;
}

static void hear_all(struct vmspy_trace *trace, struct told *told)
{
	struct vmspy_trace_batch batch;

	do {
		vmspy_trace_take(trace, WAIT_NS, &batch);
		for (size_t i = 0; i < batch.count; i++)
			hear(told, &batch.event[i]);
		assert_true(batch.count > 0);
	} while (!told->kinds[VMSPY_TRACE_END]);
}

static struct vmspy_trace *begin(pid_t pid, const struct vmspy_trace_options *with)
{
	struct vmspy_trace_options options = *with;
	struct vmspy_trace *trace;

	options.pid = pid;
	options.depth_max = UINT_MAX;
	assert_ok(vmspy_host_probe(&host));
	assert_ok(vmspy_trace_create(&options, &host, &trace));
	return trace;
}

static void run(struct child *child)
{
	atomic_store(&child->page->go, true);
	child_wait_until(atomic_load(&child->page->tid) && atomic_load(&child->page->counter[0]));
}

static void finish(struct child *child)
{
	kill(atomic_load(&child->page->tid), SIGKILL);
	child_end(child);
	munmap(area, AREA_PAGES * page_bytes());
}

static void check_copy(const struct told *told, size_t index, pid_t pid, enum vmspy_writer writer)
{
	const struct vmspy_trace_event *event = &told->event[index];
	unsigned char *page = area + index * page_bytes();

	assert_int_equal(told->copies[index], 1);
	assert_int_equal(event->pid, pid);
	assert_int_equal(event->page.writer, writer);
	assert_int_equal(event->page.copied, VMSPY_COPIED_MEMORY);
	assert_int_equal(event->page.frame_new, frame_of(pid, page));
	assert_int_equal(event->page.copy_bytes, page_bytes());
	assert_int_equal(event->page.kind, VMSPY_KIND_ANON);
	if (writer == VMSPY_WRITER_UNOBSERVED)
		return;
	assert_int_equal(event->tid, pid);
	assert_int_equal(event->page.address, (uintptr_t)page + 5);
}

static void each_copy_is_told_once_with_both_frames(void **state)
{
	static const struct vmspy_trace_options options = { .call_graph = VMSPY_CALL_GRAPH_FP };
	static struct told told;
	struct vmspy_trace *trace;
	uint64_t before[AREA_PAGES];
	struct child child;
	pid_t grandchild;

	(void)state;
	child_require_root();
	told = (struct told){ 0 };
	make_area();
	child = child_start(fork_and_write);
	for (size_t i = 0; i < AREA_PAGES; i++)
		before[i] = frame_of(child.pid, area + i * page_bytes());
	trace = begin(child.pid, &options);
	run(&child);
	grandchild = atomic_load(&child.page->tid);
	write_unseen(grandchild);
	vmspy_trace_stop(trace);
	hear_all(trace, &told);
	assert_int_equal(told.kinds[VMSPY_TRACE_FORK], 1);
	assert_int_equal(told.forked_pid, grandchild);
	for (size_t i = 0; i < AREA_PAGES; i++) {
		bool is_childs = i < PARENTS, is_unseen = i >= UNSEEN;

		check_copy(&told, i, is_childs || is_unseen ? grandchild : child.pid,
			   is_unseen   ? VMSPY_WRITER_UNOBSERVED
			   : is_childs ? VMSPY_WRITER_CHILD
				       : VMSPY_WRITER_PARENT);
		assert_int_equal(told.event[i].page.frame_old, before[i]);
	}
	assert_int_equal(vmspy_trace_totals(trace).lost_events, 0);
	vmspy_trace_destroy(trace);
	finish(&child);
}

static void without_events_the_words_tell(void **state)
{
	static const struct vmspy_trace_options options = { .no_events = true };
	static struct told told;
	struct vmspy_trace *trace;
	struct child child;

	(void)state;
	child_require_root();
	told = (struct told){ 0 };
	make_area();
	child = child_start(fork_and_write);
	trace = begin(child.pid, &options);
	run(&child);
	vmspy_trace_stop(trace);
	hear_all(trace, &told);
	for (size_t i = 0; i < UNSEEN; i++)
		check_copy(&told, i, i < PARENTS ? atomic_load(&child.page->tid) : child.pid,
			   VMSPY_WRITER_UNOBSERVED);
	for (size_t i = UNSEEN; i < AREA_PAGES; i++)
		assert_int_equal(told.copies[i], 0);
	vmspy_trace_destroy(trace);
	finish(&child);
}

static void what_full_rings_lost_is_found_in_the_words(void **state)
{
	static struct told told;
	struct vmspy_trace_options options = { .ring_bytes = page_bytes() };
	struct vmspy_trace *trace;
	struct child child;

	(void)state;
	child_require_root();
	told = (struct told){ 0 };
	make_area();
	child = child_start(fork_and_write);
	trace = begin(child.pid, &options);
	run(&child);
	vmspy_trace_stop(trace);
	hear_all(trace, &told);
	for (size_t i = 0; i < UNSEEN; i++)
		assert_int_equal(told.copies[i], 1);
	vmspy_trace_destroy(trace);
	finish(&child);
}

TEST_MAIN(TEST(each_copy_is_told_once_with_both_frames), TEST(without_events_the_words_tell),
	  TEST(what_full_rings_lost_is_found_in_the_words))
