/*
 * An address space made up in memory. It answers what a live process answers, counts what it is
 * asked, and can change between two reads.
 */
#ifndef VMSPY_TESTS_FAKE_SPACE_H
#define VMSPY_TESTS_FAKE_SPACE_H

#include "test.h"

#include <pthread.h>
#include <time.h>

#include "format/pagemap.h"
#include "kernel/host.h"
#include "space/ops.h"

enum {
	FAKE_PAGE = 4096,
	FAKE_ZERO_FRAME = 0xf0,
	FAKE_FLAGS_MAX = 64,
	FAKE_MAPPINGS_MAX = 8,
	FAKE_PARENT_PID = 100,
	FAKE_CHILD_PID = 101,
	FAKE_SIBLING_PID = 102, /* and those that follow */
	FAKE_SIBLINGS_MAX = 12,
};

struct fake_space;

/* What all fake spaces of a test have in common. */
struct fake_machine {
	struct vmspy_host host;
	bool related;    /* the child's parent is the parent */
	bool concurrent; /* several threads may read */
	struct {
		uint64_t frame;
		union {
			uint64_t flags; /* as /proc/kpageflags has them */
			uint64_t fact[VMSPY_FRAME_FACT_COUNT];
		};
	} flags[FAKE_FLAGS_MAX];
	size_t flags_count;
	struct fake_space *sibling[FAKE_SIBLINGS_MAX]; /* other children of the parent */
	size_t sibling_count;
};

/* A page that is not a hole. */
struct fake_page {
	uint64_t address;
	uint64_t word;
	bool zero, huge;     /* what PAGEMAP_SCAN says of it */
	unsigned turns_at;   /* from this read on (1: the first) the word is `later`; 0: never */
	uint64_t later;      /* after turns_at reads, or after its bytes were read */
	bool turns_by_bytes; /* reading its bytes makes the word `later` */
	bool restless;       /* every read finds it in another frame */
	bool unreadable;     /* its bytes cannot be read */
	unsigned char fill;  /* every byte of it ... */
	unsigned changed;    /* ... but the first ones, which are one more */
	unsigned reads;
};

/* Pages ascend by address. */
struct fake_space {
	struct vmspy_space space;
	struct fake_machine *machine;
	struct vmspy_mapping mapping[FAKE_MAPPINGS_MAX];
	size_t mapping_count;
	bool mapping_changed[FAKE_MAPPINGS_MAX]; /* since the layout was read */
	struct vmspy_mm_bounds bounds;
	struct fake_page *page;
	size_t page_count;
	size_t page_room;

	bool cannot_be_opened;
	bool has_run_another; /* it is no longer a fork */
	pid_t session_pid;    /* 0: that of all others */
	const void *memory;   /* NULL: its own */
	unsigned closes;

	bool cannot_be_held;          /* a thread in state D stays behind */
	unsigned cannot_be_held_from; /* the same from this hold on (1: the first); 0: never */
	unsigned hold_fails_from;
	bool hold_fails;
	bool bytes_refused;                /* as Yama does */
	uint64_t bytes_wait_ns;            /* that reading bytes takes at least, once each call */
	const struct vmspy_thread *thread; /* its threads */
	size_t thread_count;
	size_t gone_after; /* so many words calls succeed, then the process is gone; 0: never */

	unsigned holds, releases;
	unsigned threads_calls;
	size_t words_calls;
	uint64_t words_asked;
	uint64_t bytes_asked;
	size_t absent_bytes_asked; /* pages whose bytes were read though they are not present */
};

static inline struct fake_space *fake_of(const struct vmspy_space *space)
{
	return (struct fake_space *)(uintptr_t)space; /* its first member */
}

/* ret: the index of the first page at or above the address. */
static inline size_t fake_at(const struct fake_space *fake, uint64_t address)
{
	size_t low = 0, high = fake->page_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fake->page[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static inline struct vmspy_error *fake_gone(void)
{
	return vmspy_error_create(VMSPY_ERROR_GONE, "the fake is gone");
}

/* --- the operations ------------------------------------------------------------------------ */

static inline struct vmspy_error *fake_hold(struct vmspy_space *space)
{
	struct fake_space *fake = fake_of(space);

	if (fake->hold_fails || (fake->hold_fails_from && fake->holds + 1 >= fake->hold_fails_from))
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED, "the fake is not to be held");
	fake->holds++;
	space->held = !fake->cannot_be_held &&
		      (!fake->cannot_be_held_from || fake->holds < fake->cannot_be_held_from);
	return NULL;
}

static inline uint64_t fake_release(struct vmspy_space *space)
{
	struct fake_space *fake = fake_of(space);

	if (fake->releases == fake->holds)
		return 0;
	fake->releases++;
	space->held = false;
	return 1;
}

static inline struct vmspy_error *fake_load(struct vmspy_space *space)
{
	struct fake_space *fake = fake_of(space);

	space->layout = (struct vmspy_layout){
		.mapping = fake->mapping,
		.count = fake->mapping_count,
		.bounds = fake->bounds,
	};
	return NULL;
}

static inline struct vmspy_error *fake_changed(struct vmspy_space *space, bool *ret)
{
	const struct fake_space *fake = fake_of(space);

	memcpy(ret, fake->mapping_changed, fake->mapping_count * sizeof(*ret));
	return NULL;
}

static inline uint64_t fake_word(struct fake_page *page)
{
	page->reads++;
	if (page->restless)
		return page->word + page->reads;
	if (page->turns_at && page->reads >= page->turns_at)
		page->word = page->later;
	return page->word;
}

/* What is counted, and turns, when words are read. */
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;

static inline bool fake_is_concurrent(struct vmspy_space *space)
{
	return fake_of(space)->machine->concurrent;
}

static inline struct vmspy_error *fake_words(struct vmspy_space *space, uint64_t start,
					     size_t count, uint64_t *ret)
{
	struct fake_space *fake = fake_of(space);

	assert_int_equal(start % FAKE_PAGE, 0);
	assert_true(count > 0);
	pthread_mutex_lock(&fake_lock);
	if (fake->gone_after && fake->words_calls >= fake->gone_after)
		return pthread_mutex_unlock(&fake_lock), fake_gone();
	fake->words_calls++;
	fake->words_asked += count;
	memset(ret, 0, count * sizeof(*ret));
	for (size_t i = fake_at(fake, start);
	     i < fake->page_count && fake->page[i].address < start + count * FAKE_PAGE; i++)
		ret[(fake->page[i].address - start) / FAKE_PAGE] = fake_word(&fake->page[i]);
	pthread_mutex_unlock(&fake_lock);
	return NULL;
}

static inline uint64_t fake_categories(const struct fake_space *fake, const struct fake_page *page)
{
	uint64_t all = 0;

	all |= page->word & VMSPY_PAGEMAP_PRESENT ? VMSPY_PAGE_IS_PRESENT : 0;
	all |= page->word & VMSPY_PAGEMAP_SWAPPED ? VMSPY_PAGE_IS_SWAPPED : 0;
	all |= page->word & VMSPY_PAGEMAP_FILE && !page->zero ? VMSPY_PAGE_IS_FILE : 0;
	all |= page->word & VMSPY_PAGEMAP_GUARD ? VMSPY_PAGE_IS_GUARD : 0;
	all |= page->zero ? VMSPY_PAGE_IS_PFNZERO : 0;
	all |= page->huge ? VMSPY_PAGE_IS_HUGE : 0;
	return all & fake->machine->host.scan_categories;
}

/* Adjacent pages of equal categories are one region, as the kernel has it. */
static inline struct vmspy_error *fake_is_empty(struct vmspy_space *space,
						const struct vmspy_mapping *mapping, bool *ret)
{
	const struct fake_space *fake = fake_of(space);
	size_t next = fake_at(fake, mapping->vma.start);

	*ret = next == fake->page_count || fake->page[next].address >= mapping->vma.end;
	return NULL;
}

static inline struct vmspy_error *fake_populated(struct vmspy_space *space, uint64_t start,
						 uint64_t end, struct vmspy_populated *populated)
{
	struct fake_space *fake = fake_of(space);
	struct vmspy_page_region *last = NULL;
	size_t pages = 0;

	assert_true(start < end);
	populated->count = 0;
	populated->next = end;
	for (size_t i = fake_at(fake, start); i < fake->page_count; i++) {
		const struct fake_page *page = &fake->page[i];
		uint64_t categories = fake_categories(fake, page);

		if (page->address >= end)
			break;
		if (populated->max_pages && pages == populated->max_pages) {
			populated->next = last->end;
			break;
		}
		pages++;
		if (last && last->end == page->address && last->categories == categories) {
			last->end += FAKE_PAGE;
			continue;
		}
		if (populated->count == populated->room) {
			populated->next = last->end;
			break;
		}
		last = &populated->region[populated->count++];
		*last = (struct vmspy_page_region){ page->address, page->address + FAKE_PAGE,
						    categories };
	}
	return NULL;
}

static inline struct vmspy_error *fake_frame_facts(struct vmspy_space *space,
						   enum vmspy_frame_fact fact,
						   struct vmspy_frames frames, uint64_t *ret)
{
	const struct fake_machine *machine = fake_of(space)->machine;

	for (size_t i = 0; i < frames.count; i++) {
		ret[i] = 0;
		for (size_t j = 0; j < machine->flags_count; j++)
			if (machine->flags[j].frame == frames.frame[i])
				ret[i] = machine->flags[j].fact[fact];
	}
	return NULL;
}

/* Bytes of one page; false: it cannot be read. */
static inline bool fake_page_bytes(struct fake_space *fake, uint64_t address, unsigned char *bytes)
{
	size_t i = fake_at(fake, address);
	struct fake_page *page = &fake->page[i];

	if (i == fake->page_count || page->address != address ||
	    !(page->word & VMSPY_PAGEMAP_PRESENT)) {
		fake->absent_bytes_asked++;
		return false;
	}
	if (page->unreadable)
		return false;
	memset(bytes, page->fill, FAKE_PAGE);
	memset(bytes, page->fill + 1, page->changed);
	if (page->turns_by_bytes)
		page->word = page->later;
	return true;
}

static inline void fake_wait(uint64_t wait_ns)
{
	const struct timespec wait = { .tv_nsec = (long)wait_ns };

	if (wait_ns)
		nanosleep(&wait, NULL);
}

static inline struct vmspy_error *fake_bytes(struct vmspy_space *space, uint64_t address,
					     void *bytes, size_t size, size_t *ret_bytes)
{
	struct fake_space *fake = fake_of(space);
	size_t done = 0;

	assert_int_equal(size % FAKE_PAGE, 0);
	if (fake->bytes_refused)
		return vmspy_error_create(VMSPY_ERROR_NOT_PERMITTED, "cannot read bytes");
	fake_wait(fake->bytes_wait_ns);
	pthread_mutex_lock(&fake_lock);
	fake->bytes_asked += size;
	while (done < size && fake_page_bytes(fake, address + done, (unsigned char *)bytes + done))
		done += FAKE_PAGE;
	pthread_mutex_unlock(&fake_lock);
	*ret_bytes = done;
	return NULL;
}

static inline struct vmspy_error *fake_threads(struct vmspy_space *space,
					       struct vmspy_thread_list *ret)
{
	struct fake_space *fake = fake_of(space);
	size_t count = fake->thread_count;
	struct vmspy_thread *thread = calloc(count + 1, sizeof(*thread));

	if (!thread)
		return vmspy_error_no_memory();
	fake->threads_calls++;
	if (count)
		memcpy(thread, fake->thread, count * sizeof(*thread));
	*ret = (struct vmspy_thread_list){ .thread = thread, .count = count, .room = count + 1 };
	return NULL;
}

static inline struct vmspy_error *fake_processes(const struct vmspy_space *space,
						 struct vmspy_proc_list *ret)
{
	const struct fake_machine *machine = fake_of(space)->machine;
	bool related = machine->related;
	struct vmspy_proc *proc = calloc(2 + machine->sibling_count, sizeof(*proc));

	if (!proc)
		return vmspy_error_no_memory();
	proc[0].pid = FAKE_PARENT_PID;
	proc[0].parent_pid = 1;
	proc[1].pid = FAKE_CHILD_PID;
	proc[1].parent_pid = related ? FAKE_PARENT_PID : 1;
	proc[1].start_time_ticks = FAKE_CHILD_PID;
	for (size_t i = 0; i < machine->sibling_count; i++) {
		const struct fake_space *sibling = machine->sibling[i];

		proc[2 + i] = (struct vmspy_proc){
			.pid = sibling->space.identity.pid,
			.parent_pid = FAKE_PARENT_PID,
			.start_time_ticks = sibling->space.identity.start_time_ticks,
			.forked = !sibling->has_run_another,
			.session_pid = sibling->session_pid,
		};
	}
	*ret = (struct vmspy_proc_list){ .proc = proc, .count = 2 + machine->sibling_count };
	return NULL;
}

static inline struct vmspy_error *fake_open_relative(const struct vmspy_space *space, pid_t pid,
						     struct vmspy_space **ret)
{
	const struct fake_machine *machine = fake_of(space)->machine;
	struct fake_space *sibling = machine->sibling[pid - FAKE_SIBLING_PID];

	if (sibling->cannot_be_opened)
		return fake_gone();
	*ret = &sibling->space;
	return NULL;
}

static inline bool fake_same_memory(const struct vmspy_space *space,
				    const struct vmspy_space *other)
{
	return fake_of(space)->memory && fake_of(space)->memory == fake_of(other)->memory;
}

static inline void fake_close(struct vmspy_space *space)
{
	struct fake_space *fake = fake_of(space);

	free(fake->page);
	fake->page = NULL;
	fake->closes++;
}

static const struct vmspy_space_ops fake_ops = {
	.hold = fake_hold,
	.release = fake_release,
	.load = fake_load,
	.changed = fake_changed,
	.is_empty = fake_is_empty,
	.populated = fake_populated,
	.is_concurrent = fake_is_concurrent,
	.words = fake_words,
	.frame_facts = fake_frame_facts,
	.bytes = fake_bytes,
	.threads = fake_threads,
	.processes = fake_processes,
	.open_relative = fake_open_relative,
	.same_memory = fake_same_memory,
	.close = fake_close,
};

/* --- building one -------------------------------------------------------------------------- */

static inline struct fake_machine fake_machine(void)
{
	return (struct fake_machine){
		.host = { .page_bytes = FAKE_PAGE,
			  .frames_visible = true,
			  .fact_visible = { true, true, true },
			  .zero_frame = FAKE_ZERO_FRAME,
			  .scan_categories = VMSPY_PAGE_IS_PRESENT | VMSPY_PAGE_IS_SWAPPED |
					     VMSPY_PAGE_IS_FILE | VMSPY_PAGE_IS_PFNZERO |
					     VMSPY_PAGE_IS_HUGE | VMSPY_PAGE_IS_GUARD },
		.related = true,
	};
}

static inline void fake_init(struct fake_space *fake, struct fake_machine *machine, pid_t pid)
{
	*fake = (struct fake_space){ .machine = machine,
				     .bounds = { .known = true, .start_code = 0x400000 } };
	vmspy_space_init(&fake->space, &fake_ops, &machine->host);
	fake->space.identity.pid = pid;
	fake->space.identity.exe = "/usr/bin/fake";
	fake->space.identity.start_time_ticks = (uint64_t)pid;
}

/* Another child of the parent, started at that tick; the child was at FAKE_CHILD_PID. */
static inline void fake_init_sibling(struct fake_space *fake, struct fake_machine *machine,
				     uint64_t start_time_ticks)
{
	assert_true(machine->sibling_count < FAKE_SIBLINGS_MAX);
	fake_init(fake, machine, FAKE_SIBLING_PID + (pid_t)machine->sibling_count);
	fake->space.identity.parent_pid = FAKE_PARENT_PID;
	fake->space.identity.start_time_ticks = start_time_ticks;
	machine->sibling[machine->sibling_count++] = fake;
}

/* ret: a private anonymous mapping behind those that are there; valid as long as the fake. */
static inline struct vmspy_mapping *fake_map(struct fake_space *fake, uint64_t start,
					     uint64_t pages)
{
	struct vmspy_mapping *mapping = &fake->mapping[fake->mapping_count++];

	assert_true(fake->mapping_count <= FAKE_MAPPINGS_MAX);
	*mapping = (struct vmspy_mapping){
		.vma = { .start = start, .end = start + pages * FAKE_PAGE, .writable = true },
		.kind = VMSPY_KIND_ANON,
		.page_bytes = FAKE_PAGE,
	};
	return mapping;
}

/* ret: a page behind those that are there; valid until the next one. */
static inline struct fake_page *fake_put(struct fake_space *fake, uint64_t address, uint64_t word)
{
	if (fake->page_count == fake->page_room) {
		fake->page_room = fake->page_room ? 2 * fake->page_room : 64;
		fake->page = reallocarray(fake->page, fake->page_room, sizeof(*fake->page));
		assert_non_null(fake->page);
	}
	assert_true(!fake->page_count || fake->page[fake->page_count - 1].address < address);
	fake->page[fake->page_count] = (struct fake_page){ .address = address, .word = word };
	return &fake->page[fake->page_count++];
}

static inline bool fake_is_mapped(const struct fake_space *fake, uint64_t address)
{
	for (size_t i = 0; i < fake->mapping_count; i++)
		if (fake->mapping[i].vma.start <= address && address < fake->mapping[i].vma.end)
			return true;
	return false;
}

static inline void fake_flag(struct fake_machine *machine, uint64_t frame, uint64_t flags)
{
	assert_true(machine->flags_count < FAKE_FLAGS_MAX);
	machine->flags[machine->flags_count].frame = frame;
	machine->flags[machine->flags_count++].flags = flags;
}

#endif
