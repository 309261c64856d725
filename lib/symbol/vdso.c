#include "symbol/vdso.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "format/pagemap.h"

#include "base/banned.h"

enum {
	PAGES_MAX = 64 /* it has two */
};

/* ret: bytes of our own, which is mapped as far as its section headers reach. */
static size_t size_of_ours(const ElfW(Ehdr) * ours)
{
	return ours->e_shoff + (size_t)ours->e_shnum * ours->e_shentsize;
}

/*
 * The kernel gives every process of a kind the same, and us too: what the target has not looked
 * at is taken from ours, if all that it has is equal.
 */
static void fill_absent(unsigned char *image, const uint64_t *word, size_t size,
			uint32_t page_bytes)
{
	const unsigned char *ours = (const unsigned char *)getauxval(AT_SYSINFO_EHDR);
	size_t ours_bytes = ours ? size_of_ours((const ElfW(Ehdr) *)ours) : 0;

	if (!ours_bytes || ours_bytes > size || !(word[0] & VMSPY_PAGEMAP_PRESENT))
		return;
	for (size_t at = 0; at < ours_bytes; at += page_bytes) {
		size_t part = ours_bytes - at < page_bytes ? ours_bytes - at : page_bytes;

		if (word[at / page_bytes] & VMSPY_PAGEMAP_PRESENT &&
		    memcmp(image + at, ours + at, part) != 0)
			return;
	}
	memcpy(image, ours, ours_bytes);
}

struct vmspy_error *vmspy_vdso_read(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				    unsigned char **ret, size_t *ret_bytes)
{
	const struct vmspy_vma *vma = &mapping->vma;
	uint32_t page_bytes = vmspy_space_host(space)->page_bytes;
	size_t count = (vma->end - vma->start) / page_bytes, got;
	VMSPY_AUTO(vmspy_guard_free) unsigned char *image = NULL;
	struct vmspy_error *err;
	uint64_t word[PAGES_MAX];

	if (count > PAGES_MAX)
		return vmspy_error_create(VMSPY_ERROR_UNSUPPORTED, "[vdso] is too large");
	if (!(image = calloc(count, page_bytes)))
		return vmspy_error_no_memory();
	if ((err = vmspy_space_words(space, vma->start, count, word)))
		return err;
	for (size_t i = 0; i < count; i++)
		if (word[i] & VMSPY_PAGEMAP_PRESENT &&
		    (err = vmspy_space_bytes(space, vma->start + i * page_bytes,
					     image + i * page_bytes, page_bytes, &got)))
			return err;
	fill_absent(image, word, count * page_bytes, page_bytes);
	*ret = image;
	*ret_bytes = count * page_bytes;
	image = NULL; /* the caller's now */
	return NULL;
}

struct vmspy_error *vmspy_vdso_open(struct vmspy_space *space, const struct vmspy_mapping *mapping,
				    int *ret_fd)
{
	VMSPY_AUTO(vmspy_guard_free) unsigned char *image = NULL;
	VMSPY_AUTO(vmspy_guard_close) int fd = -1;
	struct vmspy_error *err;
	size_t size;

	if ((err = vmspy_vdso_read(space, mapping, &image, &size)))
		return err;
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0 || write(fd, image, size) != (ssize_t)size)
		return vmspy_error_system(errno, "cannot keep [vdso]");
	*ret_fd = fd;
	fd = -1; /* the caller's now */
	return NULL;
}
