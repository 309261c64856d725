#include "kernel/ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/banned.h"

static struct perf_event_mmap_page *bounds(const struct vmspy_ring *ring)
{
	return ring->mapping;
}

/* What the kernel has written is there to be read once its bound is. */
static uint64_t written_bytes(const struct vmspy_ring *ring)
{
	uint64_t head = *(volatile __u64 *)&bounds(ring)->data_head;

	atomic_thread_fence(memory_order_acquire);
	return head;
}

/* What we have read may be overwritten once its bound has moved. */
static void give_back(struct vmspy_ring *ring)
{
	atomic_thread_fence(memory_order_release);
	*(volatile __u64 *)&bounds(ring)->data_tail = ring->taken_bytes;
}

struct vmspy_error *vmspy_ring_init(int event_fd, size_t data_bytes, struct vmspy_ring *ret)
{
	struct vmspy_ring ring = {
		.mapping_bytes = (size_t)sysconf(_SC_PAGESIZE) + data_bytes,
		.data_bytes = data_bytes,
		.joined = malloc(UINT16_MAX + 1), /* perf_event_header.size has 16 bits */
	};
	int code;

	if (!ring.joined)
		return vmspy_error_no_memory();
	ring.mapping =
		mmap(NULL, ring.mapping_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, event_fd, 0);
	if (ring.mapping != MAP_FAILED) {
		*ret = ring;
		return NULL;
	}
	code = errno;
	free(ring.joined);
	if (code == EPERM)
		return vmspy_error_create(
			VMSPY_ERROR_NOT_PERMITTED,
			"cannot have a ring of %zu KiB for events: needs CAP_PERFMON (run with "
			"sudo), or a larger kernel.perf_event_mlock_kb",
			data_bytes / 1024);
	return vmspy_error_system(code, "cannot map a ring of %zu KiB for events",
				  data_bytes / 1024);
}

/* Copy bytes of the ring from a place that counts on and on. */
static void copy(const struct vmspy_ring *ring, uint64_t from, void *to, size_t bytes)
{
	const unsigned char *data =
		(const unsigned char *)ring->mapping + (ring->mapping_bytes - ring->data_bytes);
	size_t at = from & (ring->data_bytes - 1), first = ring->data_bytes - at;

	if (first > bytes)
		first = bytes;
	memcpy(to, data + at, first);
	memcpy((unsigned char *)to + first, data, bytes - first);
}

/* ret: the length of the oldest record; 0: there is none, or what is there is no record. */
static size_t oldest_bytes(const struct vmspy_ring *ring)
{
	uint64_t there_bytes = written_bytes(ring) - ring->taken_bytes;
	struct perf_event_header header;

	if (there_bytes < sizeof(header))
		return 0;
	copy(ring, ring->taken_bytes, &header, sizeof(header));
	return header.size >= sizeof(header) && header.size <= there_bytes ? header.size : 0;
}

bool vmspy_ring_peek(struct vmspy_ring *ring, const unsigned char **ret, size_t *ret_length)
{
	size_t length = ring->mapping ? oldest_bytes(ring) : 0;

	if (!length)
		return false;
	copy(ring, ring->taken_bytes, ring->joined, length);
	*ret = ring->joined;
	*ret_length = length;
	return true;
}

void vmspy_ring_take(struct vmspy_ring *ring)
{
	ring->taken_bytes += oldest_bytes(ring);
	give_back(ring);
}

void vmspy_ring_deinit(struct vmspy_ring *ring)
{
	if (ring->mapping)
		munmap(ring->mapping, ring->mapping_bytes);
	free(ring->joined);
	*ring = (struct vmspy_ring){ 0 };
}
