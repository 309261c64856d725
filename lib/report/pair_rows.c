#include "report/pair_rows.h"

#include <string.h>

#include "compare/areas.h"

#include "base/banned.h"

/* The same counts, or their changes, stand in a row of their own and inside the row of an interval. */
/* clang-format off */
#define COUNTS(at, in_pages, in_bytes, show) \
	{ "SHARED", "shared_pages", "one physical frame, or one swap slot, behind both", in_pages, show, 0, at(shared_pages) }, \
	{ "DIVERGED", "diverged_pages", "private memory at one address in different frames", in_pages, show, 0, at(diverged_pages) }, \
	{ "IDENTICAL", "identical_pages", "part of compared: the bytes are equal", in_pages, VMSPY_SHOW_JSON, VMSPY_NEED_BYTES, at(identical_pages) }, \
	{ "LEFT-A", "left_a_pages", "part of diverged: a left the frame that both had", in_pages, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_SIBLINGS, at(left_a_pages) }, \
	{ "LEFT-B", "left_b_pages", "part of diverged: b left it", in_pages, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_SIBLINGS, at(left_b_pages) }, \
	{ "LEFT-BOTH", "left_both_pages", "part of diverged: both left it", in_pages, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_SIBLINGS, at(left_both_pages) }, \
	{ "ONLY-A", "only_a_pages", "private memory on a's side only", in_pages, VMSPY_SHOW_NONZERO, 0, at(only_a_pages) }, \
	{ "ONLY-B", "only_b_pages", "private memory on b's side only", in_pages, VMSPY_SHOW_NONZERO, 0, at(only_b_pages) }, \
	{ "LAZY-A", "lazy_a_pages", "file or zero pages that only a has looked at yet", in_pages, VMSPY_SHOW_JSON, 0, at(lazy_a_pages) }, \
	{ "LAZY-B", "lazy_b_pages", "file or zero pages that only b has looked at yet", in_pages, VMSPY_SHOW_JSON, 0, at(lazy_b_pages) }, \
	{ "SEPARATE", "separate_pages", "private memory on both sides without a common origin", in_pages, VMSPY_SHOW_NONZERO, 0, at(separate_pages) }, \
	{ "UNKNOWN", "unknown_pages", "could not be judged", in_pages, VMSPY_SHOW_NONZERO, 0, at(unknown_pages) }, \
	{ "COMPARED", "compared_pages", "part of diverged: the bytes of both sides were read", in_pages, VMSPY_SHOW_JSON, VMSPY_NEED_BYTES, at(compared_pages) }, \
	{ "CHANGED", "changed_bytes", "bytes that differ in the compared pages", in_bytes, VMSPY_SHOW_JSON, VMSPY_NEED_BYTES, at(changed_bytes) }

#define AT(member) offsetof(struct vmspy_counts_row, member)
const struct vmspy_column vmspy_totals_columns[] = { COUNTS(AT, VMSPY_UNIT_PAGES, VMSPY_UNIT_BYTES, VMSPY_SHOW), { 0 } };
const struct vmspy_column vmspy_totals_change_columns[] = { COUNTS(AT, VMSPY_UNIT_PAGES_CHANGE, VMSPY_UNIT_BYTES_CHANGE, VMSPY_SHOW), { 0 } };
#undef AT

#define AT(member) offsetof(struct vmspy_interval_row, member)
#define AT_COUNT(member) AT(counts.member)
#define INTERVAL(in_pages, in_bytes, show) \
	{ "START", "start", "address of the first byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW, 0, AT(start) }, \
	{ "END", "end", "address behind the last byte", VMSPY_UNIT_ADDRESS, VMSPY_SHOW | VMSPY_SHOW_IF_ROOM, 0, AT(end) }, \
	{ "IN", "in", "which side has a mapping here: both, a or b", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(in) }, \
	{ "PERM", "perm", "permissions, where both sides agree", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(perm) }, \
	{ "PERM-A", "perm_a", "permissions of a's mapping", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(perm_a) }, \
	{ "PERM-B", "perm_b", "permissions of b's mapping", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(perm_b) }, \
	{ "KIND", "kind", "what the mapping is for", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(kind) }, \
	{ "AREA", "area", "what memory without a file is used for, where that can be told", VMSPY_UNIT_WORD, VMSPY_SHOW_JSON, 0, AT(area) }, \
	COUNTS(AT_COUNT, in_pages, in_bytes, show), \
	{ "EST-IDENTICAL", "estimated_identical_pages", "part of diverged: the bytes are equal, as estimated", VMSPY_UNIT_PAGES, VMSPY_SHOW_NONZERO | VMSPY_SHOW_IF_ROOM, VMSPY_NEED_BYTES, AT(estimated_identical_pages) }, \
	{ "EST-CHANGED", "estimated_changed_bytes", "bytes that differ in diverged pages, as estimated", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, VMSPY_NEED_BYTES, AT(estimated_changed_bytes) }, \
	{ "AMPLIFICATION", "amplification", "bytes copied for each byte that changed", VMSPY_UNIT_RATIO, VMSPY_SHOW_JSON, VMSPY_NEED_BYTES, AT(amplification) }, \
	{ "COPY", "copy_bytes", "how much one write copies", VMSPY_UNIT_BYTES, VMSPY_SHOW_JSON, 0, AT(copy_bytes) }, \
	{ "OBJECT", "object", "the file, or the kernel's name for the mapping, where both agree", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(object) }, \
	{ "OBJECT-A", "object_a", "the same of a's mapping", VMSPY_UNIT_PATH, VMSPY_SHOW_JSON, 0, AT(object_a) }, \
	{ "OBJECT-B", "object_b", "the same of b's mapping", VMSPY_UNIT_PATH, VMSPY_SHOW_JSON, 0, AT(object_b) }

const struct vmspy_column vmspy_interval_columns[] = { INTERVAL(VMSPY_UNIT_PAGES, VMSPY_UNIT_BYTES, VMSPY_SHOW), { 0 } };
const struct vmspy_column vmspy_interval_change_columns[] = { INTERVAL(VMSPY_UNIT_PAGES_CHANGE, VMSPY_UNIT_BYTES_CHANGE, VMSPY_SHOW_NONZERO), { 0 } };
#undef INTERVAL
#undef AT_COUNT
#undef AT

#define AT(member) offsetof(struct vmspy_side_row, member)
const struct vmspy_column vmspy_side_columns[] = {
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "COMM", "comm", "name of the process", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(comm) },
	{ "EXE", "exe", "path of its executable", VMSPY_UNIT_PATH, VMSPY_SHOW, 0, AT(exe) },
	{ "START-TIME", "start_time_ticks", "when it was started, in clock ticks since boot", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(start_time_ticks) },
	{ "HELD", "held", "whether all its threads stood still", VMSPY_UNIT_BOOL, VMSPY_SHOW, 0, AT(held) },
	{ "HOLD", "hold_ns", "from its first thread stopped to the last one released", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(hold_ns) },
	{ "PRESENT", "present_pages", "pages in frames", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(present_pages) },
	{ "SWAPPED", "swapped_pages", "pages in swap slots", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(swapped_pages) },
	{ "ZERO", "zero_pages", "part of present: the zero page", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(zero_pages) },
	{ "HUGETLB", "hugetlb_pages", "part of present: hugetlb, in no resident set", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(hugetlb_pages) },
	{ "UNCOUNTED", "uncounted_pages", "part of present and swapped: nobody's memory", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(uncounted_pages) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_relation_row, member)
const struct vmspy_column vmspy_relation_columns[] = {
	{ "RELATION", "relation", "what a is to b", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(relation) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_hold_row, member)
const struct vmspy_column vmspy_hold_columns[] = {
	{ "STOP", "stop_ns", "until every thread of both stood still", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(stop_ns) },
	{ "WORDS", "words_ns", "reading mappings and page words", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(words_ns) },
	{ "SIBLINGS", "siblings_ns", "asking the parent's other children", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(siblings_ns) },
	{ "BYTES", "bytes_ns", "reading bytes of diverged pages", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(bytes_ns) },
	{ "STACKS", "stacks_ns", "reading the threads, and their stacks if they are kept", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(stacks_ns) },
	{ "RELEASE", "release_ns", "letting every thread run on", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(release_ns) },
	{ "ROUNDS", "rounds", "rounds of reading again what would not settle", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(rounds) },
	{ "DISTURBED", "disturbed_pages", "part of unknown: moved while their bytes were read", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(disturbed_pages) },
	{ "SLICES", "slices", "how often both were held: more than once with --max-hold", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(slices) },
	{ "LONGEST", "longest_ns", "the longest of these", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(longest_ns) },
	{ "MAX", "max_ns", "how long one was to last at most; null: as long as it takes", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(max_ns) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_unknown_row, member)
const struct vmspy_column vmspy_unknown_columns[] = {
	{ "REASON", "reason", "why they could not be judged", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(reason) },
	{ "PAGES", "pages", "how many", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(pages) },
	{ "REMEDY", "remedy", "what would help", VMSPY_UNIT_TEXT, VMSPY_SHOW, 0, AT(remedy) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_vmstat, member)
const struct vmspy_column vmspy_moved_columns[] = {
	{ "MIGRATED", "migrated_pages", "moved to another frame", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(migrated_pages) },
	{ "SWAPPED-IN", "swapped_in_pages", "read back from swap", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(swapped_in_pages) },
	{ "SWAPPED-OUT", "swapped_out_pages", "written to swap", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(swapped_out_pages) },
	{ "COLLAPSED", "collapsed_count", "huge pages made of small ones", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(collapsed_count) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_asked_row, member)
const struct vmspy_column vmspy_asked_columns[] = {
	{ "KNOWN", "known_count", "other children that run the parent's program", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(known_count) },
	{ "ASKED", "asked_count", "those whose page words were read", VMSPY_UNIT_COUNT, VMSPY_SHOW, 0, AT(asked_count) },
	{ "UNASKED", "unasked_pages", "diverged pages that there was no time to ask about", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(unasked_pages) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_sibling_row, member)
const struct vmspy_column vmspy_sibling_columns[] = {
	{ "PID", "pid", "process id", VMSPY_UNIT_ID, VMSPY_SHOW, 0, AT(pid) },
	{ "AGE", "age", "older or younger than the child, or equal: started in one clock tick", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(age) },
	{ 0 },
};
#undef AT
/* clang-format on */

struct vmspy_counts_row vmspy_counts_row_of(const struct vmspy_counts *counts)
{
	const uint64_t *state = counts->state_pages;

	return (struct vmspy_counts_row){
		.shared_pages = state[VMSPY_STATE_SHARED],
		.diverged_pages = state[VMSPY_STATE_DIVERGED],
		.identical_pages = counts->compared_pages ? counts->identical_pages : VMSPY_UNKNOWN,
		.only_a_pages = state[VMSPY_STATE_ONLY_A],
		.only_b_pages = state[VMSPY_STATE_ONLY_B],
		.lazy_a_pages = state[VMSPY_STATE_LAZY_A],
		.lazy_b_pages = state[VMSPY_STATE_LAZY_B],
		.separate_pages = state[VMSPY_STATE_SEPARATE],
		.unknown_pages = state[VMSPY_STATE_UNKNOWN],
		.compared_pages = counts->compared_pages,
		.left_a_pages = counts->left_pages[VMSPY_LEFT_A],
		.left_b_pages = counts->left_pages[VMSPY_LEFT_B],
		.left_both_pages = counts->left_pages[VMSPY_LEFT_BOTH],
		.changed_bytes = counts->compared_pages ? counts->changed_bytes : VMSPY_UNKNOWN,
	};
}

/* What both sides say, or the only one does; NULL where they differ. */
static const char *agreed(const struct vmspy_interval *interval, const char *a, const char *b)
{
	if (!interval->a || !interval->b)
		return interval->a ? a : b;
	return a && b && !strcmp(a, b) ? a : NULL;
}

static void fill_names(struct vmspy_interval_row *row, const struct vmspy_interval *interval)
{
	const struct vmspy_mapping *a = interval->a, *b = interval->b;

	row->perm_a = a ? vmspy_perm_format(&a->vma, row->perm_text[0]) : NULL;
	row->perm_b = b ? vmspy_perm_format(&b->vma, row->perm_text[1]) : NULL;
	row->perm = agreed(interval, row->perm_a, row->perm_b);
	row->object_a = a ? a->vma.name : NULL;
	row->object_b = b ? b->vma.name : NULL;
	row->object = agreed(interval, row->object_a, row->object_b);
}

static uint64_t copy_bytes_of(const struct vmspy_interval *interval)
{
	bool is_known = vmspy_interval_is_private(interval) &&
			interval->a->page_bytes == interval->b->page_bytes;

	return is_known && interval->a->page_bytes ? interval->a->page_bytes : VMSPY_UNKNOWN;
}

/* Where no page was compared there is nothing to judge by, also where there is nothing to compare. */
static struct vmspy_estimate estimate_of(const struct vmspy_counts *counts)
{
	return counts->compared_pages ? vmspy_estimate_of(counts) : vmspy_estimate_unknown();
}

void vmspy_interval_row_get(const struct vmspy_pair *pair, size_t index,
			    struct vmspy_interval_row *ret)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[index];
	const struct vmspy_mapping *either = interval->a ? interval->a : interval->b;
	struct vmspy_estimate estimate = estimate_of(&pair->counts[index]);

	*ret = (struct vmspy_interval_row){
		.start = interval->start,
		.end = interval->end,
		.in = interval->a && interval->b ? "both"
		      : interval->a              ? "a"
						 : "b",
		.kind = vmspy_mapping_kind_name(either->kind),
		.area = vmspy_area_name(&pair->intervals, index),
		.counts = vmspy_counts_row_of(&pair->counts[index]),
		.estimated_identical_pages = estimate.identical_pages,
		.estimated_changed_bytes = estimate.changed_bytes,
		.amplification = vmspy_estimate_amplification(&estimate, pair->runs.page_bytes),
		.copy_bytes = copy_bytes_of(interval),
	};
	fill_names(ret, interval);
}

/* Nothing is read of two names for one address space: how many pages it has is not known. */
static uint64_t side_pages(const struct vmspy_pair *pair, uint64_t pages)
{
	return vmspy_pair_is_one_space(pair) ? VMSPY_UNKNOWN : pages;
}

struct vmspy_side_row vmspy_side_row_of(const struct vmspy_identity *identity,
					const struct vmspy_pair *pair, bool is_b)
{
	const struct vmspy_side *side = is_b ? &pair->b : &pair->a;

	return (struct vmspy_side_row){
		.pid = (uint64_t)identity->pid,
		.comm = identity->comm,
		.exe = identity->exe,
		.start_time_ticks = identity->start_time_ticks,
		.held = side->held,
		.hold_ns = side->hold_ns,
		.present_pages = side_pages(pair, side->present_pages),
		.swapped_pages = side_pages(pair, side->swapped_pages),
		.zero_pages = side_pages(pair, side->zero_pages),
		.hugetlb_pages = side_pages(pair, side->hugetlb_pages),
		.uncounted_pages = side_pages(pair, side->uncounted_pages),
	};
}

struct vmspy_relation_row vmspy_relation_row_of(const struct vmspy_pair *pair)
{
	return (struct vmspy_relation_row){ .relation = vmspy_relation_name(pair->relation) };
}

struct vmspy_hold_row vmspy_hold_row_of(const struct vmspy_pair *pair)
{
	const struct vmspy_timing *timing = &pair->timing;

	return (struct vmspy_hold_row){
		.stop_ns = timing->stop_ns,
		.words_ns = timing->words_ns,
		.siblings_ns = timing->siblings_ns,
		.bytes_ns = timing->bytes_ns,
		.stacks_ns = timing->stacks_ns,
		.release_ns = timing->release_ns,
		.rounds = timing->rounds,
		.disturbed_pages = pair->disturbed_pages,
		.slices = pair->slices.count,
		.longest_ns = pair->slices.longest_ns,
		.max_ns = pair->slices.max_ns ? pair->slices.max_ns : VMSPY_UNKNOWN,
	};
}

struct vmspy_asked_row vmspy_asked_row_of(const struct vmspy_pair *pair)
{
	return (struct vmspy_asked_row){
		.known_count = pair->asked.is_known ? pair->asked.known_count : VMSPY_UNKNOWN,
		.asked_count = pair->asked.count,
		.unasked_pages = pair->asked.unasked_pages,
	};
}

struct vmspy_sibling_row vmspy_sibling_row_of(const struct vmspy_pair *pair, size_t index)
{
	static const char *const ages[] = {
		[VMSPY_AGE_OLDER] = "older",
		[VMSPY_AGE_EQUAL] = "equal",
		[VMSPY_AGE_YOUNGER] = "younger",
	};

	return (struct vmspy_sibling_row){
		.pid = (uint64_t)pair->asked.sibling[index].pid,
		.age = ages[pair->asked.sibling[index].age],
	};
}

struct vmspy_unknown_row vmspy_unknown_row_of(const struct vmspy_pair *pair,
					      enum vmspy_reason reason)
{
	return (struct vmspy_unknown_row){
		.reason = vmspy_reason_name(reason),
		.pages = pair->unknown_pages[reason],
		.remedy = vmspy_reason_remedy(reason),
	};
}
