#include "space/lay_out.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "kernel/uapi.h"

#include "base/banned.h"

#define HUGE_PAGE_BYTES (UINT64_C(2) << 20) /* of the smallest huge page of x86-64 */

static bool may_be_hugetlb(const struct vmspy_vma *vma)
{
	/* SysV segments have an inode that may be 0, and always a name. */
	bool has_file = vma->inode || (vma->name && vma->name[0] == '/');

	return has_file && !((vma->start | vma->end) & (HUGE_PAGE_BYTES - 1));
}

/*
 * Whether a mapping is hugetlbfs, and the size of its pages. The name tells only for MAP_HUGETLB
 * without a file: a memfd, a SysV segment and a file of hugetlbfs are called like any other.
 */
static void find_page_size(int maps_fd, uint64_t base_bytes, struct vmspy_mapping *mapping)
{
	static const char anonymous_huge[] = "/anon_hugepage";
	const struct vmspy_vma *vma = &mapping->vma;
	struct vmspy_procmap_query query = { .size = sizeof(query), .query_addr = vma->start };

	mapping->page_bytes = base_bytes;
	if (!may_be_hugetlb(vma))
		return;
	if (maps_fd >= 0 && !ioctl(maps_fd, VMSPY_PROCMAP_QUERY, &query))
		mapping->page_bytes = query.vma_page_size;
	else if (vma->name && !strncmp(vma->name, anonymous_huge, sizeof(anonymous_huge) - 1))
		mapping->page_bytes = 0;
	if (mapping->page_bytes != base_bytes)
		mapping->kind = VMSPY_KIND_HUGETLB;
}

/* A file or memfd of that name has a slash before it. */
static bool is_heap(const struct vmspy_vma *vma)
{
	return vma->name && !strcmp(vma->name, "[heap]");
}

struct vmspy_error *vmspy_lay_out(const struct vmspy_process *process,
				  const struct vmspy_host *host, struct vmspy_layout *layout)
{
	VMSPY_AUTO(vmspy_guard_close)
	int maps_fd = openat(process->directory_fd, "maps", O_RDONLY | O_CLOEXEC);

	layout->brk = 0;
	for (size_t i = 0; i < layout->count; i++) {
		struct vmspy_mapping *mapping = &layout->mapping[i];

		find_page_size(maps_fd, host->page_bytes, mapping);
		if (is_heap(&mapping->vma))
			layout->brk = mapping->vma.end; /* of the last: mprotect may split it */
	}
	return vmspy_kinds_decide(layout->mapping, layout->count, &layout->bounds);
}
