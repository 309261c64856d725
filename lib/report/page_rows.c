#include "report/page_rows.h"

#include <stdlib.h>

#include "base/cleanup.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_page_row, member)
const struct vmspy_column vmspy_page_columns[] = {
	{ "ADDRESS", "address", "address of its first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(address) },
	{ "STATE", "state", "shared, diverged, only_a ...", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "CLASS", "class", "the finer word", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(page_class) },
	{ "REASON", "reason", "why it is unknown", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(reason) },
	{ "FRAME-A", "frame_a", "its frame on a's side", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame_a) },
	{ "FRAME-B", "frame_b", "its frame on b's side", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame_b) },
	{ "MISSING-A", "missing_a", "why a's side has no bytes", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(missing_a) },
	{ "MISSING-B", "missing_b", "why b's side has no bytes", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(missing_b) },
	{ "CHANGED", "changed_bytes", "bytes that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(changed_bytes) },
	{ "HEX-A", "hex_a", "the bytes of a's side", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(hex_a) },
	{ "HEX-B", "hex_b", "the bytes of b's side", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(hex_b) },
	{ "CHANGES", "changes", "the stretches that differ", VMSPY_UNIT_ROWS, VMSPY_SHOW, 0, AT(changes) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_page_change, member)
const struct vmspy_column vmspy_page_change_columns[] = {
	{ "OFFSET", "offset", "where in the page it begins", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(offset_bytes) },
	{ "BYTES", "bytes", "how many bytes differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(size_bytes) },
	{ "SYMBOL", "symbol", "the variable or member that they belong to", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(symbol) },
	{ "CLUE", "clue", "the nearest pointer to something that has a name", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(clue) },
	{ 0 },
};
#undef AT

/* Why a side has no bytes to show. */
static const struct {
	const char *word, *help;
} missing[VMSPY_STANDING_COUNT] = {
	[VMSPY_STANDING_NONE]       = { "not-present", "no page here" },
	[VMSPY_STANDING_ANON]       = { "unreadable", "its bytes could not be read" },
	[VMSPY_STANDING_FILE]       = { "unreadable", "its bytes could not be read" },
	[VMSPY_STANDING_ZERO]       = { "unreadable", "its bytes could not be read" },
	[VMSPY_STANDING_SWAP]       = { "swapped", "swapped out: reading it would bring it back" },
	[VMSPY_STANDING_GUARD]      = { "guard", "a guard page" },
	[VMSPY_STANDING_MARKER]     = { "marker", "a marker of userfaultfd, or a poisoned page" },
	[VMSPY_STANDING_IN_FLIGHT]  = { "in-flight", "on its way to another frame" },
	[VMSPY_STANDING_UNTRACKED]  = { "untracked", "the kernel keeps no page words here" },
	[VMSPY_STANDING_NO_MAPPING] = { "not-mapped", "nothing is mapped here" },
};
/* clang-format on */

static const struct vmspy_kept_side *side_of(const struct vmspy_pair *pair, bool of_b)
{
	return of_b ? &pair->kept.b : &pair->kept.a;
}

static enum vmspy_standing standing_of(const struct vmspy_pair *pair, bool of_b)
{
	return pair->kept.interval ? side_of(pair, of_b)->standing : VMSPY_STANDING_NO_MAPPING;
}

const char *vmspy_page_missing_word(const struct vmspy_pair *pair, bool of_b)
{
	return side_of(pair, of_b)->bytes ? NULL : missing[standing_of(pair, of_b)].word;
}

const char *vmspy_page_missing_help(const struct vmspy_pair *pair, bool of_b)
{
	return side_of(pair, of_b)->bytes ? NULL : missing[standing_of(pair, of_b)].help;
}

static struct vmspy_error *hex_of(const unsigned char *bytes, size_t count, char **ret)
{
	static const char digits[] = "0123456789abcdef";
	char *hex;

	if (!bytes)
		return NULL;
	hex = malloc(2 * count + 1);
	if (!hex)
		return vmspy_error_no_memory();
	for (size_t i = 0; i < count; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	hex[2 * count] = '\0';
	*ret = hex;
	return NULL;
}

static uint64_t known_frame(uint64_t frame)
{
	return frame == VMSPY_FRAME_NONE ? VMSPY_UNKNOWN : frame;
}

static void add_verdict(const struct vmspy_kept_page *kept, struct vmspy_page_row *row)
{
	if (!kept->interval)
		return;
	row->state = vmspy_state_name(vmspy_class_state(kept->page_class));
	row->page_class = vmspy_class_name(kept->page_class);
	row->reason = kept->reason ? vmspy_reason_name(kept->reason) : NULL;
}

static void add_changes(const struct vmspy_page_changes *changes, struct vmspy_page_row *row)
{
	row->changed_bytes = changes->changed_bytes;
	if (changes->changed_bytes == VMSPY_CHANGED_UNKNOWN)
		return;
	row->changes = (struct vmspy_nested){
		.columns = vmspy_page_change_columns,
		.rows = changes->change,
		.count = changes->count,
		.row_bytes = sizeof(*changes->change),
	};
}

struct vmspy_error *vmspy_page_row_get(const struct vmspy_pair *pair,
				       const struct vmspy_page_changes *changes,
				       struct vmspy_page_row *ret)
{
	VMSPY_AUTO(vmspy_page_row_deinit)
	struct vmspy_page_row row = {
		.address = pair->kept.address,
		.frame_a = known_frame(pair->kept.a.frame),
		.frame_b = known_frame(pair->kept.b.frame),
		.missing_a = vmspy_page_missing_word(pair, false),
		.missing_b = vmspy_page_missing_word(pair, true),
	};
	size_t page_bytes = pair->runs.page_bytes;
	struct vmspy_error *err;

	add_verdict(&pair->kept, &row);
	add_changes(changes, &row);
	if ((err = hex_of(pair->kept.a.bytes, page_bytes, &row.hex_a)) ||
	    (err = hex_of(pair->kept.b.bytes, page_bytes, &row.hex_b)))
		return err;
	*ret = row;
	row = (struct vmspy_page_row){ 0 }; /* the caller owns it now */
	return NULL;
}

void vmspy_page_row_deinit(struct vmspy_page_row *row)
{
	free(row->hex_a);
	free(row->hex_b);
	*row = (struct vmspy_page_row){ 0 };
}
