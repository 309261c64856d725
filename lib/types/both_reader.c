#include "types/both_reader.h"

#include <string.h>

#include "base/banned.h"

static uint64_t piece_of(uint64_t address)
{
	return address & -(uint64_t)VMSPY_READER_PIECE_BYTES;
}

/* The end of the piece, or of the range. Pieces at the end of the address space do not wrap. */
static uint64_t piece_end(uint64_t address, uint64_t end)
{
	uint64_t next = piece_of(address) + VMSPY_READER_PIECE_BYTES;

	return next && next < end ? next : end;
}

/* ret: whether the piece that holds the address is known on both sides. */
static bool load_piece(struct vmspy_both_reader *reader, uint64_t address)
{
	const struct vmspy_both_bytes *bytes = reader->bytes;
	uint64_t piece = piece_of(address);

	if (reader->has_piece && reader->piece == piece)
		return reader->is_captured;
	reader->has_piece = true;
	reader->piece = piece;
	reader->is_captured =
		bytes->read(bytes->context, false, piece, reader->a, sizeof(reader->a)) &&
		bytes->read(bytes->context, true, piece, reader->b, sizeof(reader->b));
	return reader->is_captured;
}

uint64_t vmspy_reader_next_change(struct vmspy_both_reader *reader, uint64_t start, uint64_t end)
{
	for (uint64_t at = start, next; at < end; at = next) {
		next = piece_end(at, end);
		if (!load_piece(reader, at))
			continue;
		for (uint64_t i = at - reader->piece; i < next - reader->piece; i++)
			if (reader->a[i] != reader->b[i])
				return reader->piece + i;
	}
	return end;
}

uint64_t vmspy_reader_count_changes(struct vmspy_both_reader *reader, uint64_t start, uint64_t end)
{
	uint64_t count = 0;

	for (uint64_t at = start, next; at < end; at = next) {
		next = piece_end(at, end);
		if (!load_piece(reader, at))
			continue;
		for (uint64_t i = at - reader->piece; i < next - reader->piece; i++)
			count += reader->a[i] != reader->b[i];
	}
	return count;
}

size_t vmspy_reader_read(struct vmspy_both_reader *reader, bool of_b, uint64_t address, void *bytes,
			 size_t size)
{
	const struct vmspy_both_bytes *both = reader->bytes;
	uint64_t end = address + size;
	size_t done = 0;

	if (end < address)
		return 0;
	while (done < size) {
		uint64_t at = address + done;
		size_t part = (size_t)(piece_end(at, end) - at);

		if (!both->read(both->context, of_b, at, (char *)bytes + done, part))
			break;
		done += part;
	}
	return done;
}
