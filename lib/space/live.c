/* The space of a live process. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/files.h"
#include "kernel/freeze.h"
#include "kernel/memory.h"
#include "kernel/perf_map_file.h"
#include "kernel/priority.h"
#include "kernel/process.h"
#include "space/lay_out.h"
#include "space/lists.h"
#include "space/ops.h"

#include "base/banned.h"

struct live {
	struct vmspy_space space;
	struct vmspy_process process;
	struct vmspy_freeze freeze;
	struct vmspy_priority priority;   /* of who holds it */
	struct vmspy_mapping_list list;   /* owns what is in the layout */
	struct vmspy_smaps_list counters; /* of the layout; empty until one was asked for */
	int pagemap_fd;
	int mem_fd;
	int fact_fd[VMSPY_FRAME_FACT_COUNT];
};

static struct live *live_of(struct vmspy_space *space)
{
	return (struct live *)space;
}

static const struct live *live_of_const(const struct vmspy_space *space)
{
	return (const struct live *)space;
}

/* Who it is, from what was last read of it. */
static void identify(struct live *live)
{
	const struct vmspy_stat *stat = &live->process.stat;

	live->space.identity = (struct vmspy_identity){
		.pid = live->process.pid,
		.parent_pid = stat->parent_pid,
		.exe = live->process.exe,
		.start_time_ticks = stat->start_time_ticks,
	};
	memcpy(live->space.identity.comm, stat->comm, sizeof(stat->comm));
}

static struct vmspy_error *live_prepare_hold(struct vmspy_space *space)
{
	struct live *live = live_of(space);
	struct vmspy_error *err;

	if (live->freeze.tracer)
		return NULL;
	vmspy_priority_raise(&live->priority);
	err = vmspy_freeze_prepare(live->process.pid, &live->freeze);
	if (err)
		vmspy_priority_restore(&live->priority);
	return err;
}

static uint64_t let_go(struct live *live)
{
	uint64_t held_ns = vmspy_freeze_end(&live->freeze);

	vmspy_priority_restore(&live->priority);
	return held_ns;
}

static struct vmspy_error *live_hold(struct vmspy_space *space)
{
	struct live *live = live_of(space);
	struct vmspy_error *err;

	if (live->freeze.count)
		return NULL;
	if ((err = live_prepare_hold(space)))
		return err;
	/* The number is all that ptrace takes: it may have become another process's meanwhile. */
	if ((err = vmspy_freeze_stop(&live->freeze)) ||
	    (err = vmspy_process_check(&live->process))) {
		let_go(live);
		return err;
	}
	space->held = !live->freeze.running_count;
	return NULL;
}

static uint64_t live_release(struct vmspy_space *space)
{
	space->held = false;
	return let_go(live_of(space));
}

static void forget_fd(int *fd)
{
	vmspy_guard_close(fd);
	*fd = -1;
}

static void forget_layout(struct live *live)
{
	live->space.layout = (struct vmspy_layout){ 0 };
	vmspy_mapping_list_deinit(&live->list);
	vmspy_smaps_list_deinit(&live->counters);
	forget_fd(&live->pagemap_fd);
	forget_fd(&live->mem_fd);
}

/*
 * Have a file of the process open.
 * fd:   opened if it is not; kept.
 */
static struct vmspy_error *need(const struct live *live, const char *name, int *fd)
{
	return *fd >= 0 ? NULL : vmspy_process_open(&live->process, name, fd);
}

/* Not yet an error: whoever only wants the mappings needs no right to the rest. */
static void open_early(const struct live *live, const char *name, int *fd)
{
	vmspy_error_destroy(need(live, name, fd));
}

/* sizes: wanted too; NULL: not, maps is quicker. */
static struct vmspy_error *read_layout(struct live *live, struct vmspy_smaps_list *sizes)
{
	struct vmspy_error *err;

	if ((err = vmspy_process_refresh(&live->process)))
		return err;
	identify(live);
	open_early(live, "pagemap", &live->pagemap_fd);
	open_early(live, "mem", &live->mem_fd);
	err = sizes ? vmspy_smaps_read(&live->process, &live->list, sizes)
		    : vmspy_mappings_read(&live->process, &live->list);
	if (err)
		return err;
	live->space.layout = (struct vmspy_layout){
		.mapping = live->list.mapping,
		.count = live->list.count,
		.bounds = live->process.stat.bounds,
	};
	return vmspy_lay_out(&live->process, live->space.host, &live->space.layout);
}

static struct vmspy_error *live_load(struct vmspy_space *space)
{
	struct live *live = live_of(space);
	struct vmspy_error *err;

	forget_layout(live);
	if ((err = read_layout(live, NULL)))
		forget_layout(live);
	return err;
}

static struct vmspy_error *live_load_sized(struct vmspy_space *space, struct vmspy_smaps_list *ret)
{
	VMSPY_AUTO(vmspy_smaps_list_deinit) struct vmspy_smaps_list sizes = { 0 };
	struct live *live = live_of(space);
	struct vmspy_error *err;

	forget_layout(live);
	if ((err = read_layout(live, &sizes))) {
		forget_layout(live);
		return err;
	}
	*ret = sizes;
	sizes = (struct vmspy_smaps_list){ 0 }; /* the caller's now */
	return NULL;
}

/* Whether all of the mapping is still there, wherever the kernel may have drawn new borders. */
static bool is_unchanged(const struct vmspy_vma *before, const struct vmspy_vma *now)
{
	return now && now->end >= before->end && now->shared == before->shared &&
	       vmspy_vma_same_inode(now, before) &&
	       (!before->inode ||
		now->offset_bytes + (before->start - now->start) == before->offset_bytes);
}

static struct vmspy_error *live_changed(struct vmspy_space *space, bool *ret)
{
	VMSPY_AUTO(vmspy_mapping_list_deinit) struct vmspy_mapping_list list = { 0 };
	const struct vmspy_layout *layout = &space->layout;
	struct vmspy_layout now = { 0 };
	struct vmspy_error *err = vmspy_mappings_read(&live_of(space)->process, &list);

	if (err)
		return err;
	now.mapping = list.mapping;
	now.count = list.count;
	for (size_t i = 0; i < layout->count; i++) {
		const struct vmspy_vma *before = &layout->mapping[i].vma;
		const struct vmspy_mapping *found = vmspy_layout_find(&now, before->start);

		ret[i] = !is_unchanged(before, found ? &found->vma : NULL);
	}
	return NULL;
}

static struct vmspy_error *live_smaps(struct vmspy_space *space, struct vmspy_smaps_list *ret)
{
	return vmspy_smaps_read(&live_of(space)->process, NULL, ret);
}

/* Shared memory and hugetlb may be swapped or resident without a trace in these counters. */
static struct vmspy_error *live_is_empty(struct vmspy_space *space,
					 const struct vmspy_mapping *mapping, bool *ret)
{
	static const uint32_t needed = 1u << VMSPY_SMAPS_RSS | 1u << VMSPY_SMAPS_SWAP;
	struct live *live = live_of(space);
	const struct vmspy_smaps *smaps;
	struct vmspy_error *err;

	if (!live->counters.count && (err = live_smaps(space, &live->counters)))
		return err;
	smaps = vmspy_smaps_find(&live->counters, mapping->vma.start, mapping->vma.end);
	*ret = smaps && !mapping->vma.shared && mapping->kind != VMSPY_KIND_HUGETLB &&
	       (smaps->known & needed) == needed && !smaps->value[VMSPY_SMAPS_RSS] &&
	       !smaps->value[VMSPY_SMAPS_SWAP];
	return NULL;
}

static struct vmspy_error *live_populated(struct vmspy_space *space, uint64_t start, uint64_t end,
					  struct vmspy_populated *populated)
{
	struct live *live = live_of(space);
	struct vmspy_error *err = need(live, "pagemap", &live->pagemap_fd);

	if (err)
		return err;
	return vmspy_pages_populated(live->pagemap_fd, space->host, start, end, populated);
}

/* Reading is pread(); opening is not for two threads at once. */
static bool live_is_concurrent(struct vmspy_space *space)
{
	struct live *live = live_of(space);
	struct vmspy_error *err = need(live, "pagemap", &live->pagemap_fd);

	vmspy_error_destroy(err); /* who asks for words is told */
	return !err;
}

static struct vmspy_error *live_words(struct vmspy_space *space, uint64_t start, size_t count,
				      uint64_t *ret)
{
	struct live *live = live_of(space);
	struct vmspy_error *err = need(live, "pagemap", &live->pagemap_fd);

	return err ? err : vmspy_pages_words(live->pagemap_fd, space->host, start, count, ret);
}

static struct vmspy_error *live_frame_facts(struct vmspy_space *space, enum vmspy_frame_fact fact,
					    struct vmspy_frames frames, uint64_t *ret)
{
	const char *path = vmspy_frame_fact_path(fact);
	int *fd = &live_of(space)->fact_fd[fact];

	if (*fd < 0)
		*fd = open(path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED,
					  "cannot open '%s': %s (run with sudo)", path,
					  strerror(errno));
	return vmspy_pages_facts(*fd, frames.frame, frames.count, ret);
}

static struct vmspy_error *live_bytes(struct vmspy_space *space, uint64_t address, void *bytes,
				      size_t size, size_t *ret_bytes)
{
	struct live *live = live_of(space);
	struct vmspy_error *err = need(live, "mem", &live->mem_fd);

	return err ? err : vmspy_memory_read(live->mem_fd, address, bytes, size, ret_bytes);
}

static struct vmspy_error *live_threads(struct vmspy_space *space, struct vmspy_thread_list *ret)
{
	struct live *live = live_of(space);

	return vmspy_threads_read(&live->process, &live->freeze, ret);
}

static void live_name_threads(const struct vmspy_space *space, const bool *wanted,
			      struct vmspy_thread_list *list)
{
	vmspy_threads_name(&live_of_const(space)->process, wanted, list);
}

static struct vmspy_error *live_open_file(struct vmspy_space *space,
					  const struct vmspy_mapping *mapping, int *ret_fd)
{
	return vmspy_files_open(&live_of(space)->process, &mapping->vma, ret_fd);
}

static struct vmspy_error *live_perf_map(struct vmspy_space *space,
					 struct vmspy_space_perf_map *ret)
{
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf path = { 0 };
	VMSPY_AUTO(vmspy_buf_deinit) struct vmspy_buf text = { 0 };
	struct vmspy_error *err = vmspy_perf_map_read(&live_of(space)->process, &path, &text);

	if (err || (err = vmspy_perf_map_parse(vmspy_buf_text(&text), text.length, &ret->map)))
		return err;
	ret->path = vmspy_buf_take(&path);
	return NULL;
}

static struct vmspy_address_facts live_address_facts(const struct vmspy_space *space)
{
	return vmspy_address_facts_read(&live_of_const(space)->process);
}

static struct vmspy_error *live_processes(const struct vmspy_space *space,
					  struct vmspy_proc_list *ret)
{
	(void)space;
	return vmspy_procs_list(ret);
}

static struct vmspy_error *live_open_relative(const struct vmspy_space *space, pid_t pid,
					      struct vmspy_space **ret)
{
	return vmspy_space_open(pid, space->host, ret);
}

static bool live_same_memory(const struct vmspy_space *space, const struct vmspy_space *other)
{
	return vmspy_process_same_memory(&live_of_const(space)->process,
					 &live_of_const(other)->process);
}

static void live_close(struct vmspy_space *space)
{
	struct live *live = live_of(space);

	forget_layout(live);
	for (size_t i = 0; i < VMSPY_FRAME_FACT_COUNT; i++)
		forget_fd(&live->fact_fd[i]);
	vmspy_process_deinit(&live->process);
	free(live);
}

static const struct vmspy_space_ops live_ops = {
	.prepare_hold = live_prepare_hold,
	.hold = live_hold,
	.release = live_release,
	.load = live_load,
	.load_sized = live_load_sized,
	.changed = live_changed,
	.is_empty = live_is_empty,
	.smaps = live_smaps,
	.populated = live_populated,
	.is_concurrent = live_is_concurrent,
	.words = live_words,
	.frame_facts = live_frame_facts,
	.bytes = live_bytes,
	.threads = live_threads,
	.name_threads = live_name_threads,
	.open_file = live_open_file,
	.perf_map = live_perf_map,
	.address_facts = live_address_facts,
	.processes = live_processes,
	.open_relative = live_open_relative,
	.same_memory = live_same_memory,
	.close = live_close,
};

struct vmspy_error *vmspy_space_open(pid_t pid, const struct vmspy_host *host,
				     struct vmspy_space **ret)
{
	VMSPY_AUTO(vmspy_guard_free) struct live *live = calloc(1, sizeof(*live));
	struct vmspy_error *err;

	if (!live)
		return vmspy_error_no_memory();
	vmspy_space_init(&live->space, &live_ops, host);
	live->pagemap_fd = live->mem_fd = -1;
	for (size_t i = 0; i < VMSPY_FRAME_FACT_COUNT; i++)
		live->fact_fd[i] = -1;
	live->process = VMSPY_PROCESS_NONE;
	if ((err = vmspy_process_init(pid, &live->process)))
		return err;
	identify(live);
	*ret = &live->space;
	live = NULL; /* the caller's now */
	return NULL;
}
