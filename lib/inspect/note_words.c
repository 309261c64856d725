#include "inspect/note_words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/human.h"
#include "base/scan.h"

#include "base/banned.h"

/* What the kernel prints behind the name of a file that no name leads to. */
static const char deleted[] = " (deleted)";

struct vmspy_error *vmspy_note_add(struct vmspy_buf *note, const char *format, ...)
{
	VMSPY_AUTO(vmspy_guard_free) char *text = NULL;
	struct vmspy_error *err;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0) {
		text = NULL;
		return vmspy_error_no_memory();
	}
	if (note->length && (err = vmspy_buf_append(note, "; ", strlen("; "))))
		return err;
	return vmspy_buf_append(note, text, (size_t)length);
}

/* --- names --------------------------------------------------------------------------------- */

/* ret: how long a name is without a suffix that it may have. */
static size_t length_without(const char *name, const char *suffix)
{
	size_t length = strlen(name), extra = strlen(suffix);

	if (length >= extra && !strcmp(name + length - extra, suffix))
		length -= extra;
	return length;
}

static struct vmspy_error *add_name(struct vmspy_buf *note, const char *what, const char *name,
				    const char *suffix)
{
	struct vmspy_error *err = vmspy_note_add(note, "%s", what);

	return err ? err : vmspy_escape_line(note, name, length_without(name, suffix));
}

static struct vmspy_error *add_memfd(struct vmspy_buf *note, const struct vmspy_vma *vma,
				     const char *rest)
{
	(void)vma;
	return add_name(note, "memfd ", rest, deleted);
}

static struct vmspy_error *add_label(struct vmspy_buf *note, const struct vmspy_vma *vma,
				     const char *rest)
{
	(void)vma;
	return add_name(note, "named ", rest, "]");
}

/* The name has the key in hex, the inode is the id. */
static struct vmspy_error *add_sysv(struct vmspy_buf *note, const struct vmspy_vma *vma,
				    const char *rest)
{
	struct vmspy_scan scan = vmspy_scan_over(rest, length_without(rest, deleted));
	uint64_t key;

	if (!vmspy_scan_hex(&scan, &key))
		return NULL;
	return vmspy_note_add(note, "SysV key 0x%" PRIx64 ", id %" PRIu64, key, vma->inode);
}

/* Source: include/uapi/linux/io_uring.h, IORING_OFF_*. */
#define IO_URING_WHICH      UINT64_C(0xf8000000)
#define IO_URING_SQ         UINT64_C(0)
#define IO_URING_CQ         UINT64_C(0x8000000)
#define IO_URING_SQES       UINT64_C(0x10000000)
#define IO_URING_PBUF       UINT64_C(0x80000000)
#define IO_URING_PBUF_SHIFT 16

static struct vmspy_error *add_io_uring(struct vmspy_buf *note, const struct vmspy_vma *vma,
					const char *rest)
{
	(void)rest;
	switch (vma->offset_bytes & IO_URING_WHICH) {
	case IO_URING_SQ: /* since Linux 5.4 that of completions is in the same memory */
		return vmspy_note_add(note, "io_uring rings");
	case IO_URING_CQ:
		return vmspy_note_add(note, "io_uring completion ring");
	case IO_URING_SQES:
		return vmspy_note_add(note, "io_uring submissions");
	case IO_URING_PBUF:
		return vmspy_note_add(note, "io_uring buffers of group %" PRIu64,
				      (vma->offset_bytes & ~IO_URING_WHICH) >> IO_URING_PBUF_SHIFT);
	default:
		return vmspy_note_add(note, "io_uring");
	}
}

static struct vmspy_error *add_dax(struct vmspy_buf *note, const struct vmspy_vma *vma,
				   const char *rest)
{
	(void)vma;
	(void)rest;
	return vmspy_note_add(note, "DAX");
}

/* Beginnings of names that the kernel gives, and what is made of the rest. */
static const struct origin {
	const char *prefix;
	bool nameless; /* the name is none of a file: a path that begins so is not meant */
	struct vmspy_error *(*add)(struct vmspy_buf *note, const struct vmspy_vma *vma,
				   const char *rest);
} origins[] = {
	{ "/memfd:", true, add_memfd },
	{ "/SYSV", true, add_sysv },
	{ "[anon:", false, add_label },
	{ "[anon_shmem:", false, add_label },
	{ "anon_inode:[io_uring]", false, add_io_uring },
	{ "/dev/dax", false, add_dax },
};

static struct vmspy_error *add_huge(struct vmspy_buf *note, const struct vmspy_mapping *mapping)
{
	char size[VMSPY_HUMAN_MAX];

	if (mapping->kind != VMSPY_KIND_HUGETLB || !mapping->page_bytes)
		return NULL;
	vmspy_human_bytes(mapping->page_bytes, size);
	return vmspy_note_add(note, "hugetlb %s pages", size);
}

struct vmspy_error *vmspy_note_origin(struct vmspy_buf *note, const struct vmspy_mapping *mapping)
{
	const char *name = mapping->vma.name;
	struct vmspy_error *err;

	for (size_t i = 0; name && i < sizeof(origins) / sizeof(origins[0]); i++) {
		const struct origin *origin = &origins[i];
		size_t length = strlen(origin->prefix);

		if (strncmp(name, origin->prefix, length) ||
		    (origin->nameless && !vmspy_mapping_is_nameless(mapping)))
			continue;
		if ((err = origin->add(note, &mapping->vma, name + length)))
			return err;
		break;
	}
	return add_huge(note, mapping);
}

bool vmspy_note_may_be_deleted(const struct vmspy_mapping *mapping)
{
	const char *name = mapping->vma.name;

	return name && mapping->vma.inode && length_without(name, deleted) < strlen(name) &&
	       !vmspy_mapping_is_nameless(mapping);
}

/* --- flags --------------------------------------------------------------------------------- */

/* Source: show_smap_vma_flags() of fs/proc/task_mmu.c. */
static const struct {
	char flag[2];
	const char *word;
} faults[] = {
	{ "um", "missing" },
	{ "uw", "write-protected" },
	{ "ui", "minor" },
};

/* Flags are two letters each, with one space between them. */
static bool has_flag(const char *flags, const char flag[2])
{
	for (size_t length = strlen(flags); length >= 2; length -= length > 2 ? 3 : 2, flags += 3)
		if (!memcmp(flags, flag, 2))
			return true;
	return false;
}

struct vmspy_error *vmspy_note_userfaultfd(struct vmspy_buf *note, const char *flags)
{
	bool is_first = true;

	for (size_t i = 0; flags && i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct vmspy_error *err;

		if (!has_flag(flags, faults[i].flag))
			continue;
		err = is_first ? vmspy_note_add(note, "userfaultfd %s", faults[i].word)
			       : vmspy_buf_printf(note, ", %s", faults[i].word);
		if (err)
			return err;
		is_first = false;
	}
	return NULL;
}
