#include "report/content_rows.h"

#include "base/banned.h"

/* clang-format off */
#define AT(member) offsetof(struct vmspy_content_row, member)
const struct vmspy_column vmspy_content_columns[] = {
	{ "MODE", "mode", "what was asked for: all, sample or none", VMSPY_UNIT_WORD, VMSPY_SHOW, 0, AT(mode) },
	{ "EXACT", "exact", "whether all pages that can be compared were", VMSPY_UNIT_BOOL, VMSPY_SHOW, 0, AT(exact) },
	{ "COMPARED", "compared_pages", "diverged pages whose bytes were read on both sides", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(compared_pages) },
	{ "SAMPLED-OF", "sampled_of_pages", "of how many they are a sample", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(sampled_of_pages) },
	{ "READ", "read_ns", "how long reading them took", VMSPY_UNIT_DURATION, VMSPY_SHOW, 0, AT(read_ns) },
	{ "EST-IDENTICAL", "estimated_identical_pages", "diverged pages with equal bytes", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(estimated_identical_pages) },
	{ "EST-CHANGED", "estimated_changed_bytes", "bytes that differ", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(estimated_changed_bytes) },
	{ "AMPLIFICATION", "amplification", "bytes copied for each byte that changed", VMSPY_UNIT_RATIO, VMSPY_SHOW, 0, AT(amplification) },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct vmspy_change_row, member)
const struct vmspy_column vmspy_change_columns[] = {
	{ "FROM", "from_bytes", "so many bytes changed", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(from_bytes) },
	{ "TO", "to_bytes", "or up to so many", VMSPY_UNIT_BYTES, VMSPY_SHOW, 0, AT(to_bytes) },
	{ "PAGES", "pages", "in so many compared pages", VMSPY_UNIT_PAGES, VMSPY_SHOW, 0, AT(pages) },
	{ 0 },
};
#undef AT
/* clang-format on */

const char *vmspy_content_name(enum vmspy_content content)
{
	static const char *const names[] = {
		[VMSPY_CONTENT_SAMPLE] = "sample",
		[VMSPY_CONTENT_ALL] = "all",
		[VMSPY_CONTENT_NONE] = "none",
	};

	return (size_t)content < sizeof(names) / sizeof(names[0]) ? names[content] : NULL;
}

struct vmspy_content_row vmspy_content_row_of(const struct vmspy_pair *pair)
{
	const struct vmspy_content_total *content = &pair->content;
	const struct vmspy_estimate *estimate = &content->estimate;
	bool is_read = content->mode != VMSPY_CONTENT_NONE;

	return (struct vmspy_content_row){
		.mode = vmspy_content_name(content->mode),
		.exact = is_read ? content->exact : VMSPY_UNKNOWN,
		.compared_pages = pair->totals.compared_pages,
		.sampled_of_pages =
			is_read && !content->exact ? pair->totals.comparable_pages : VMSPY_UNKNOWN,
		.read_ns = pair->timing.bytes_ns,
		.estimated_identical_pages = estimate->identical_pages,
		.estimated_changed_bytes = estimate->changed_bytes,
		.amplification = vmspy_estimate_amplification(estimate, pair->runs.page_bytes),
	};
}

struct vmspy_change_row vmspy_change_row_of(const struct vmspy_pair *pair, size_t step)
{
	uint32_t page_bytes = pair->runs.page_bytes;

	return (struct vmspy_change_row){
		.from_bytes = step ? vmspy_change_step_max(step - 1, page_bytes) + 1 : 0,
		.to_bytes = vmspy_change_step_max(step, page_bytes),
		.pages = pair->content.step_pages[step],
	};
}
