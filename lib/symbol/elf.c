#include "symbol/elf.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/banned.h"

enum {
	SEGMENTS_MAX = 1024, /* the kernel refuses a table of more than 64 KiB: 1170 segments */
	MACHINE_ORDER = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB,
};

/* These are read whole: a note, the dynamic section. Real ones are a few KiB. */
#define SMALL_SEGMENT_BYTES_MAX (UINT64_C(16) << 20)

static struct vmspy_error *bad(const char *what)
{
	return vmspy_error_create(VMSPY_ERROR_BAD_DATA, "cannot read ELF headers: %s", what);
}

/* ret_full: whether there were that many bytes at the offset. */
static struct vmspy_error *read_at(int fd, uint64_t offset_bytes, void *bytes, size_t size,
				   bool *ret_full)
{
	size_t done = 0;

	*ret_full = false;
	if (offset_bytes > INT64_MAX - size)
		return NULL;
	while (done < size) {
		ssize_t count =
			pread(fd, (char *)bytes + done, size - done, (off_t)(offset_bytes + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return vmspy_error_system(errno, "cannot read ELF headers");
		if (!count)
			return NULL;
		done += (size_t)count;
	}
	*ret_full = true;
	return NULL;
}

/* The headers of 32-bit files, widened. */
static Elf64_Ehdr widen_header(const Elf32_Ehdr *from)
{
	Elf64_Ehdr to = {
		.e_type = from->e_type,
		.e_version = from->e_version,
		.e_phoff = from->e_phoff,
		.e_shoff = from->e_shoff,
		.e_phentsize = from->e_phentsize,
		.e_phnum = from->e_phnum,
		.e_shentsize = from->e_shentsize,
		.e_shnum = from->e_shnum,
	};

	memcpy(to.e_ident, from->e_ident, EI_NIDENT);
	return to;
}

static Elf64_Phdr widen_segment(const Elf32_Phdr *from)
{
	return (Elf64_Phdr){
		.p_type = from->p_type,
		.p_flags = from->p_flags,
		.p_offset = from->p_offset,
		.p_vaddr = from->p_vaddr,
		.p_filesz = from->p_filesz,
		.p_memsz = from->p_memsz,
	};
}

static bool is_program(const unsigned char *ident)
{
	return ident[EI_DATA] == MACHINE_ORDER && ident[EI_VERSION] == EV_CURRENT &&
	       (ident[EI_CLASS] == ELFCLASS32 || ident[EI_CLASS] == ELFCLASS64);
}

/* ret: e_type is ET_NONE for what is no ELF program of this byte order. */
static struct vmspy_error *read_header(int fd, Elf64_Ehdr *ret)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr small;
		Elf64_Ehdr large;
	} header = { { 0 } };
	struct vmspy_error *err;
	size_t size;
	bool full;

	*ret = (Elf64_Ehdr){ .e_type = ET_NONE };
	if ((err = read_at(fd, 0, header.ident, SELFMAG, &full)))
		return err;
	if (!full || memcmp(header.ident, ELFMAG, SELFMAG))
		return NULL;
	if ((err = read_at(fd, 0, header.ident, sizeof(header.ident), &full)))
		return err;
	if (!full || !is_program(header.ident))
		return NULL;
	size = header.ident[EI_CLASS] == ELFCLASS32 ? sizeof(header.small) : sizeof(header.large);
	if ((err = read_at(fd, 0, &header, size, &full)))
		return err;
	if (!full)
		return bad("the file ends inside them");
	*ret = size == sizeof(header.small) ? widen_header(&header.small) : header.large;
	return NULL;
}

static struct vmspy_error *check_header(const Elf64_Ehdr *header)
{
	bool small = header->e_ident[EI_CLASS] == ELFCLASS32;
	size_t segment_bytes = small ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
	size_t section_bytes = small ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr);

	if (!header->e_phnum || header->e_phnum > SEGMENTS_MAX)
		return bad("no segments, or too many");
	if (header->e_phentsize != segment_bytes)
		return bad("segments of an unknown size");
	/* Without this number libelf believes the size of section 0, which may be anything. */
	if (header->e_shoff && !header->e_shnum)
		return bad("too many sections");
	if (header->e_shnum && header->e_shentsize != section_bytes)
		return bad("sections of an unknown size");
	return NULL;
}

/* ret: segments, widened to 64 bits; the caller's to free. */
static struct vmspy_error *read_segments(int fd, const Elf64_Ehdr *header, Elf64_Phdr **ret)
{
	VMSPY_AUTO(vmspy_guard_free) Elf64_Phdr *segments = NULL;
	VMSPY_AUTO(vmspy_guard_free) char *raw = NULL;
	size_t size = (size_t)header->e_phnum * header->e_phentsize;
	struct vmspy_error *err;
	bool full;

	segments = calloc(header->e_phnum, sizeof(*segments));
	raw = malloc(size);
	if (!segments || !raw)
		return vmspy_error_no_memory();
	if ((err = read_at(fd, header->e_phoff, raw, size, &full)))
		return err;
	if (!full)
		return bad("the file ends inside its segments");
	for (size_t i = 0; i < header->e_phnum; i++) {
		Elf32_Phdr small;

		if (header->e_ident[EI_CLASS] == ELFCLASS64) {
			memcpy(&segments[i], raw + i * sizeof(*segments), sizeof(*segments));
			continue;
		}
		memcpy(&small, raw + i * sizeof(small), sizeof(small));
		segments[i] = widen_segment(&small);
	}
	*ret = segments;
	segments = NULL; /* the caller's now */
	return NULL;
}

static bool is_sane(const Elf64_Phdr *segment)
{
	if (segment->p_type == PT_NOTE || segment->p_type == PT_DYNAMIC)
		return segment->p_filesz <= SMALL_SEGMENT_BYTES_MAX &&
		       segment->p_offset <= INT64_MAX - SMALL_SEGMENT_BYTES_MAX;
	if (segment->p_type != PT_LOAD)
		return true;
	return segment->p_filesz <= segment->p_memsz && segment->p_filesz <= INT64_MAX &&
	       segment->p_offset <= INT64_MAX - segment->p_filesz &&
	       segment->p_vaddr <= UINT64_MAX - segment->p_memsz;
}

static void keep_load(struct vmspy_elf *elf, const Elf64_Phdr *segment)
{
	if (!segment->p_memsz)
		return;
	elf->load[elf->count++] = (struct vmspy_elf_load){
		.start = segment->p_vaddr,
		.offset_bytes = segment->p_offset,
		.file_bytes = segment->p_filesz,
		.memory_bytes = segment->p_memsz,
		.executable = segment->p_flags & PF_X,
	};
}

static struct vmspy_error *keep_segments(const Elf64_Phdr *segments, size_t count,
					 struct vmspy_elf *elf)
{
	elf->load = calloc(count, sizeof(*elf->load));
	if (!elf->load)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		if (!is_sane(&segments[i]))
			return bad("a segment of an impossible size");
		if (segments[i].p_type == PT_LOAD)
			keep_load(elf, &segments[i]);
		if (segments[i].p_type == PT_DYNAMIC) {
			elf->dynamic_offset_bytes = segments[i].p_offset;
			elf->dynamic_bytes = segments[i].p_filesz;
		}
	}
	return NULL;
}

struct vmspy_error *vmspy_elf_read(int fd, struct vmspy_elf *ret)
{
	VMSPY_AUTO(vmspy_elf_deinit) struct vmspy_elf elf = { 0 };
	VMSPY_AUTO(vmspy_guard_free) Elf64_Phdr *segments = NULL;
	struct vmspy_error *err;
	Elf64_Ehdr header;

	if ((err = read_header(fd, &header)))
		return err;
	if (header.e_type == ET_EXEC || header.e_type == ET_DYN) {
		elf.is_fixed = header.e_type == ET_EXEC;
		if ((err = check_header(&header)) ||
		    (err = read_segments(fd, &header, &segments)) ||
		    (err = keep_segments(segments, header.e_phnum, &elf)))
			return err;
	}
	*ret = elf;
	elf = (struct vmspy_elf){ 0 }; /* the caller's now */
	return NULL;
}

void vmspy_elf_deinit(struct vmspy_elf *elf)
{
	free(elf->load);
	*elf = (struct vmspy_elf){ 0 };
}

const struct vmspy_elf_load *vmspy_elf_load_of(const struct vmspy_elf *elf, uint64_t start,
					       uint64_t end)
{
	for (size_t i = 0; i < elf->count; i++) {
		const struct vmspy_elf_load *load = &elf->load[i];

		if (start >= load->start && start <= end && end <= load->start + load->memory_bytes)
			return load;
	}
	return NULL;
}
