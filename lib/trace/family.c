#include "trace/family.h"

#include <stdlib.h>

#include "kernel/host.h"
#include "space/relation.h"

#include "base/banned.h"

/* By how much the clocks of two CPUs, or that of perf and ours, may differ. */
#define CLOCK_SKEW_NS UINT64_C(1000000)

/* How long an address that is not mapped is believed to be none. */
#define REFRESH_NS UINT64_C(10000000)

static size_t slot_of(pid_t pid)
{
	return (unsigned)pid % VMSPY_FAMILY_SLOTS;
}

static void member_destroy(struct vmspy_member *member)
{
	vmspy_memory_drop(member->memory);
	free(member);
}

void vmspy_family_deinit(struct vmspy_family *family)
{
	struct vmspy_member *member;

	while ((member = vmspy_family_next(family, NULL)))
		vmspy_family_remove(family, member->pid);
}

struct vmspy_member *vmspy_family_find(const struct vmspy_family *family, pid_t pid)
{
	struct vmspy_member *member = family->slot[slot_of(pid)];

	while (member && member->pid != pid)
		member = member->next;
	return member;
}

struct vmspy_error *vmspy_family_add(struct vmspy_family *family, pid_t pid,
				     struct vmspy_member **ret)
{
	struct vmspy_member *member = calloc(1, sizeof(*member));
	struct vmspy_member **slot = &family->slot[slot_of(pid)];

	if (!member)
		return vmspy_error_no_memory();
	vmspy_family_remove(family, pid);
	member->pid = pid;
	member->next = *slot;
	*slot = member;
	family->count++;
	*ret = member;
	return NULL;
}

void vmspy_family_remove(struct vmspy_family *family, pid_t pid)
{
	struct vmspy_member **at = &family->slot[slot_of(pid)], *member;

	while (*at && (*at)->pid != pid)
		at = &(*at)->next;
	member = *at;
	if (!member)
		return;
	*at = member->next;
	family->count--;
	member_destroy(member);
}

struct vmspy_member *vmspy_family_next(const struct vmspy_family *family,
				       const struct vmspy_member *member)
{
	size_t slot = 0;

	if (member) {
		if (member->next)
			return member->next;
		slot = slot_of(member->pid) + 1;
	}
	while (slot < VMSPY_FAMILY_SLOTS && !family->slot[slot])
		slot++;
	return slot < VMSPY_FAMILY_SLOTS ? family->slot[slot] : NULL;
}

/* --- memory -------------------------------------------------------------------------------- */

struct vmspy_error *vmspy_memory_create(struct vmspy_image *image, struct vmspy_memory **ret)
{
	struct vmspy_memory *memory = calloc(1, sizeof(*memory));

	if (!memory) {
		vmspy_image_drop(image);
		return vmspy_error_no_memory();
	}
	memory->references = 1;
	memory->image = image;
	*ret = memory;
	return NULL;
}

struct vmspy_memory *vmspy_memory_keep(struct vmspy_memory *memory)
{
	memory->references++;
	return memory;
}

void vmspy_memory_drop(struct vmspy_memory *memory)
{
	if (!memory || --memory->references)
		return;
	vmspy_known_deinit(&memory->known);
	vmspy_image_drop(memory->image);
	free(memory);
}

static uint64_t page_bytes_of(const struct vmspy_memory *memory)
{
	return vmspy_space_host(vmspy_image_space(memory->image))->page_bytes;
}

static const struct vmspy_mapping *find_mapping(const struct vmspy_memory *memory, uint64_t address)
{
	return vmspy_layout_find(vmspy_space_layout(vmspy_image_space(memory->image)), address);
}

/* How many words are worth reading with that of a page: up to the end of its mapping. */
static size_t worth_reading(const struct vmspy_memory *memory, uint64_t page_start)
{
	const struct vmspy_mapping *mapping;
	uint64_t page_bytes = page_bytes_of(memory), left;

	if (page_start != memory->glance.last_page + page_bytes)
		return 1;
	mapping =
		vmspy_layout_find(vmspy_space_layout(vmspy_image_space(memory->image)), page_start);
	left = mapping ? (mapping->vma.end - page_start) / page_bytes : 1;
	return left < VMSPY_GLANCE_PAGES ? (size_t)left : VMSPY_GLANCE_PAGES;
}

bool vmspy_memory_word(struct vmspy_memory *memory, uint64_t page_start, uint64_t after_ns,
		       uint64_t *ret)
{
	struct vmspy_glance *glance = &memory->glance;
	uint64_t index = (page_start - glance->start) / page_bytes_of(memory);
	struct vmspy_error *err;

	if (glance->read_ns <= after_ns + CLOCK_SKEW_NS || page_start < glance->start ||
	    index >= glance->count) {
		glance->count = worth_reading(memory, page_start);
		glance->start = page_start;
		glance->read_ns = vmspy_host_now_ns();
		err = vmspy_space_words(vmspy_image_space(memory->image), page_start, glance->count,
					glance->word);
		index = 0;
		if (err) {
			vmspy_error_destroy(err);
			glance->count = 0;
			return false;
		}
	}
	glance->last_page = page_start;
	*ret = glance->word[index];
	return true;
}

struct vmspy_error *vmspy_memory_refresh(struct vmspy_memory *memory, pid_t pid)
{
	const struct vmspy_host *host = vmspy_space_host(vmspy_image_space(memory->image));
	struct vmspy_image *fresh;
	struct vmspy_error *err = vmspy_image_create(pid, host, &fresh);

	if (err)
		return err;
	/* One that left by exec has another memory before we are told of it. */
	if (!vmspy_relation_same_memory(vmspy_image_space(memory->image),
					vmspy_image_space(fresh))) {
		vmspy_image_drop(fresh);
		return vmspy_error_create(VMSPY_ERROR_GONE, "'%d' runs another program", (int)pid);
	}
	vmspy_image_drop(memory->image);
	memory->image = fresh;
	memory->glance.count = 0;
	return NULL;
}

const struct vmspy_mapping *vmspy_memory_mapping(struct vmspy_memory *memory, pid_t pid,
						 uint64_t address)
{
	const struct vmspy_mapping *mapping = find_mapping(memory, address);
	uint64_t now_ns;

	if (mapping)
		return mapping;
	now_ns = vmspy_host_now_ns();
	if (now_ns - memory->refreshed_ns < REFRESH_NS)
		return NULL;
	vmspy_error_destroy(vmspy_memory_refresh(memory, pid));
	mapping = find_mapping(memory, address);
	memory->refreshed_ns = mapping ? 0 : now_ns;
	return mapping;
}
