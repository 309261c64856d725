#include "report/run_rows.h"

#include "report/pair_rows.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_run_row, member)
const struct vmspy_column vmspy_run_columns[] = {
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) },
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(end) },
	{ "PAGES", "pages", "how many pages it has", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(pages) },
	{ "STATE", "state", "shared, diverged, only_a ...", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(state) },
	{ "CLASS", "class", "the finer word", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(page_class) },
	{ "FRAME-A", "frame_a", "frame of the first page on a's side", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame_a) },
	{ "FRAME-B", "frame_b", "frame of the first page on b's side", VMSPY_UNIT_FRAME, VMSPY_SHOW, 0, AT(frame_b) },
	{ "CONTIGUOUS", "frames_contiguous", "whether the frames of both sides count up", VMSPY_UNIT_BOOL, VMSPY_SHOW_JSON, 0, AT(frames_contiguous) },
	{ "LEFT", "left", "which side left the frame that both had: a, b or both", VMSPY_UNIT_WORD, VMSPY_SHOW, VMSPY_NEED_SIBLINGS, AT(left) },
	{ "LEFT-SOURCE", "left_source", "how that is known: file or sibling", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, VMSPY_NEED_SIBLINGS, AT(left_source) },
	{ "REASON", "reason", "why it is unknown", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(reason) },
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) },
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) },
	{ 0 },
};
#undef AT
/* clang-format on */

static uint64_t known_frame(uint64_t frame)
{
	return frame == VMSPY_FRAME_NONE ? VMSPY_UNKNOWN : frame;
}

struct vmspy_run_row vmspy_run_row_of(const struct vmspy_pair *pair, size_t index)
{
	const struct vmspy_run *run = &pair->runs.run[index];
	const struct vmspy_interval *interval = &pair->intervals.interval[run->interval_index];
	const struct vmspy_mapping *either = interval->a ? interval->a : interval->b;
	bool has_frame = run->frame_a != VMSPY_FRAME_NONE || run->frame_b != VMSPY_FRAME_NONE;

	return (struct vmspy_run_row){
		.start = run->start,
		.end = vmspy_run_end(&pair->runs, run),
		.pages = run->page_count,
		.state = vmspy_state_name(vmspy_class_state(run->page_class)),
		.page_class = vmspy_class_name(run->page_class),
		.frame_a = known_frame(run->frame_a),
		.frame_b = known_frame(run->frame_b),
		.frames_contiguous = has_frame ? run->frames_contiguous : VMSPY_UNKNOWN,
		.reason = run->reason ? vmspy_reason_name(run->reason) : NULL,
		.left = vmspy_left_name(run->left),
		.left_source = vmspy_left_source_name(run->left_source),
		.kind = vmspy_mapping_kind_name(either->kind),
		.object = either->vma.name,
	};
}
