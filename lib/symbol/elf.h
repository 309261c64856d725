/* The headers of an ELF file, read without trusting them. */
#ifndef VMSPY_SYMBOL_ELF_H
#define VMSPY_SYMBOL_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A PT_LOAD segment. Its memory does not wrap around, and holds at least its file bytes. */
struct vmspy_elf_load {
	uint64_t start; /* as linked, before the loader's bias */
	uint64_t offset_bytes;
	uint64_t file_bytes;
	uint64_t memory_bytes;
	bool executable;
};

/* Shape: load[0] ... load[count - 1] as the file has them. count 0: this is no ELF program. */
struct vmspy_elf {
	bool is_fixed; /* ET_EXEC: loaded where it was linked, or not at all */
	struct vmspy_elf_load *load;
	size_t count;
	uint64_t dynamic_offset_bytes; /* of PT_DYNAMIC in the file */
	uint64_t dynamic_bytes;        /* 0: it has none */
};

/*
 * Read the ELF header and the segments, of either class, in the byte order of this machine.
 * fd:     a regular file; its offset is left alone.
 * ret:    end it with vmspy_elf_deinit(). Empty for a file that is no ELF program or library.
 * Errors: BAD_DATA (an ELF file whose headers are nonsense), SYSTEM, NO_MEMORY.
 * Note:   4 bytes are read of a file that is not ELF, and never more than the segment table.
 */
struct vmspy_error *vmspy_elf_read(int fd, struct vmspy_elf *ret) VMSPY_MUST_CHECK;

void vmspy_elf_deinit(struct vmspy_elf *elf);

/* ret: the segment whose memory holds all of [start, end), NULL if none does. Borrowed. */
const struct vmspy_elf_load *vmspy_elf_load_of(const struct vmspy_elf *elf, uint64_t start,
					       uint64_t end);

#endif
