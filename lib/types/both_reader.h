/* The bytes of both sides, read page by page: what of them is known, and where they differ. */
#ifndef VMSPY_TYPES_BOTH_READER_H
#define VMSPY_TYPES_BOTH_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types/members.h"

enum {
	VMSPY_READER_PIECE_BYTES = 4096 /* no page is smaller */
};

/* Keeps the piece that was looked at last. Zeroed but for bytes. */
struct vmspy_both_reader {
	const struct vmspy_both_bytes *bytes;
	uint64_t piece;
	bool has_piece; /* a and b are of this piece, if it was captured */
	bool is_captured;
	unsigned char a[VMSPY_READER_PIECE_BYTES], b[VMSPY_READER_PIECE_BYTES];
};

/* ret: the first address in [start, end) that is known to differ; end: none is. */
uint64_t vmspy_reader_next_change(struct vmspy_both_reader *reader, uint64_t start, uint64_t end);

/* ret: bytes in [start, end) that are known to differ. */
uint64_t vmspy_reader_count_changes(struct vmspy_both_reader *reader, uint64_t start, uint64_t end);

/* ret: how many bytes from the address on are known on this side, up to size; they are copied. */
size_t vmspy_reader_read(struct vmspy_both_reader *reader, bool of_b, uint64_t address, void *bytes,
			 size_t size);

#endif
