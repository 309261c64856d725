/* Findings that are amounts: how much is shared, copied for nothing, left, unknown, and where. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/human.h"
#include "blame/finders.h"

#include "base/banned.h"

enum {
	LARGE_PART = 4, /* a mapping is worth a sentence from a quarter of all on */
	AMPLIFIED = 16, /* bytes copied for each one changed, from which on it is told */
};

/* --- how much ------------------------------------------------------------------------------ */

static bool is_family(enum vmspy_relation relation)
{
	return relation != VMSPY_RELATION_UNRELATED && relation != VMSPY_RELATION_SAME &&
	       relation != VMSPY_RELATION_SAME_ADDRESS_SPACE;
}

/* Whether what one has may have come from the other. */
static bool is_inherited(const struct vmspy_pair *pair)
{
	return is_family(pair->relation) && !pair->no_common_origin;
}

struct vmspy_error *vmspy_find_still_shared(struct vmspy_findings_maker *maker)
{
	const struct vmspy_still_shared shared = vmspy_pair_still_shared(maker->pair);
	const struct vmspy_finding_draft draft = { shared.all_pages, NULL };
	char least[VMSPY_HUMAN_MAX], most[VMSPY_HUMAN_MAX], part[VMSPY_HUMAN_MAX],
		whole[VMSPY_HUMAN_MAX];

	if (!shared.all_pages || !is_family(maker->pair->relation))
		return NULL;
	vmspy_human_percent(shared.least_pages, shared.all_pages, least);
	vmspy_human_percent(shared.most_pages, shared.all_pages, most);
	vmspy_human_size(vmspy_finding_bytes(maker, shared.least_pages), part);
	vmspy_human_size(vmspy_finding_bytes(maker, shared.all_pages), whole);
	if (shared.least_pages == shared.all_pages)
		return vmspy_finding_add(maker, &draft,
					 "all private memory that both have is still shared: %s",
					 whole);
	if (!strcmp(least, most))
		return vmspy_finding_add(
			maker, &draft,
			"%s of the private memory that both have is still shared: %s of %s", least,
			part, whole);
	return vmspy_finding_add(maker, &draft,
				 "%s to %s of the private memory that both have is still shared: "
				 "at least %s of %s",
				 least, most, part, whole);
}

struct vmspy_error *vmspy_find_separate(struct vmspy_findings_maker *maker)
{
	uint64_t pages = maker->pair->totals.state_pages[VMSPY_STATE_SEPARATE];
	const struct vmspy_finding_draft draft = { pages, NULL };
	char size[VMSPY_HUMAN_MAX];

	if (!pages)
		return NULL;
	vmspy_human_size(vmspy_finding_bytes(maker, pages), size);
	return vmspy_finding_add(
		maker, &draft, "%s of private memory was never one page in both: %s", size,
		maker->pair->no_common_origin ? "neither can have copied from the other"
					      : "those addresses were used anew");
}

struct vmspy_error *vmspy_find_one_sided(struct vmspy_findings_maker *maker)
{
	const uint64_t *state = maker->pair->totals.state_pages;
	uint64_t a = state[VMSPY_STATE_ONLY_A], b = state[VMSPY_STATE_ONLY_B];
	const struct vmspy_finding_draft draft = { a + b, NULL };
	char size_a[VMSPY_HUMAN_MAX], size_b[VMSPY_HUMAN_MAX];

	if (!a && !b)
		return NULL;
	vmspy_human_size(vmspy_finding_bytes(maker, a), size_a);
	vmspy_human_size(vmspy_finding_bytes(maker, b), size_b);
	return vmspy_finding_add(
		maker, &draft, "%s%s%s%s%s%s", a ? size_a : "", a ? " is a's alone" : "",
		a && b ? " and " : "", b ? size_b : "", b ? " is b's alone" : "",
		is_inherited(maker->pair)
			? ": first touched after the fork, or given back by the other"
			: "");
}

struct vmspy_error *vmspy_find_unknown(struct vmspy_findings_maker *maker)
{
	const struct vmspy_pair *pair = maker->pair;
	uint64_t pages = pair->totals.state_pages[VMSPY_STATE_UNKNOWN];
	const struct vmspy_finding_draft draft = { pages, NULL };
	enum vmspy_reason most = VMSPY_REASON_NONE + 1;
	char size[VMSPY_HUMAN_MAX];
	const char *remedy;

	if (!pages)
		return NULL;
	for (enum vmspy_reason i = most; i < VMSPY_REASON_COUNT; i++)
		if (pair->unknown_pages[i] > pair->unknown_pages[most])
			most = i;
	vmspy_human_size(vmspy_finding_bytes(maker, pages), size);
	remedy = vmspy_reason_remedy(most);
	return vmspy_finding_add(maker, &draft, "%s could not be judged, mostly %s%s%s", size,
				 vmspy_reason_name(most), remedy ? ": " : "", remedy ? remedy : "");
}

/* --- what the copies were good for --------------------------------------------------------- */

/* What a number from a sample is followed by. */
struct caveat {
	char text[80];
};

static struct caveat caveat_of(const struct vmspy_pair *pair)
{
	struct caveat caveat = { 0 };
	char pages[VMSPY_HUMAN_MAX];

	if (pair->content.exact)
		return caveat;
	vmspy_human_count(pair->totals.compared_pages, pages);
	snprintf(caveat.text, sizeof(caveat.text), " (an estimate from a sample of %s pages)",
		 pages);
	return caveat;
}

struct vmspy_error *vmspy_find_identical(struct vmspy_findings_maker *maker)
{
	const struct vmspy_estimate *estimate = &maker->pair->content.estimate;
	const struct vmspy_finding_draft draft = { estimate->identical_pages, NULL };
	struct caveat caveat = caveat_of(maker->pair);
	char percent[VMSPY_HUMAN_MAX], size[VMSPY_HUMAN_MAX];

	if (estimate->identical_pages == VMSPY_ESTIMATE_UNKNOWN || !estimate->identical_pages)
		return NULL;
	vmspy_human_percent(estimate->identical_pages, estimate->compared_pages, percent);
	vmspy_human_size(vmspy_finding_bytes(maker, estimate->identical_pages), size);
	return vmspy_finding_add(
		maker, &draft, "%s of the copied pages are byte-identical: %s copied for nothing%s",
		percent, size, caveat.text);
}

struct vmspy_error *vmspy_find_amplified(struct vmspy_findings_maker *maker)
{
	enum {
		THOUSANDTHS = 1000
	};
	const struct vmspy_estimate *estimate = &maker->pair->content.estimate;
	uint64_t ratio = vmspy_estimate_amplification(estimate, maker->pair->runs.page_bytes);
	const struct vmspy_finding_draft draft = { estimate->compared_pages, NULL };
	struct caveat caveat = caveat_of(maker->pair);
	char size[VMSPY_HUMAN_MAX], of[VMSPY_HUMAN_MAX], times[VMSPY_HUMAN_MAX];

	if (ratio == VMSPY_ESTIMATE_UNKNOWN || ratio < AMPLIFIED * THOUSANDTHS)
		return NULL;
	vmspy_human_size(estimate->changed_bytes, size);
	vmspy_human_size(vmspy_finding_bytes(maker, estimate->compared_pages), of);
	vmspy_human_count((ratio + THOUSANDTHS / 2) / THOUSANDTHS, times);
	return vmspy_finding_add(
		maker, &draft,
		"%s changed, %s copied for that: %s bytes copied for each one that changed%s", size,
		of, times, caveat.text);
}

struct vmspy_error *vmspy_find_who_left(struct vmspy_findings_maker *maker)
{
	const uint64_t *left = maker->pair->totals.left_pages;
	uint64_t known = left[VMSPY_LEFT_A] + left[VMSPY_LEFT_B] + left[VMSPY_LEFT_BOTH];
	const struct vmspy_finding_draft draft = { known, NULL };
	char a[VMSPY_HUMAN_MAX], b[VMSPY_HUMAN_MAX], unknown[VMSPY_HUMAN_MAX];

	if (!known)
		return NULL;
	vmspy_human_size(vmspy_finding_bytes(maker, left[VMSPY_LEFT_A] + left[VMSPY_LEFT_BOTH]), a);
	vmspy_human_size(vmspy_finding_bytes(maker, left[VMSPY_LEFT_B] + left[VMSPY_LEFT_BOTH]), b);
	vmspy_human_size(vmspy_finding_bytes(maker, left[VMSPY_LEFT_UNKNOWN]), unknown);
	if (!left[VMSPY_LEFT_UNKNOWN])
		return vmspy_finding_add(maker, &draft,
					 "a left the common page of %s, b that of %s", a, b);
	return vmspy_finding_add(
		maker, &draft,
		"a left the common page of %s, b that of %s; for %s it cannot be known", a, b,
		unknown);
}

/* --- where --------------------------------------------------------------------------------- */

/* The name of a mapping; a bss has none of its own, and goes by the file that it belongs to. */
static struct vmspy_finding_name title_of(const struct vmspy_pair *pair, size_t index)
{
	const struct vmspy_interval *interval = &pair->intervals.interval[index];
	const struct vmspy_mapping *mapping = interval->a ? interval->a : interval->b;
	const char *word = vmspy_mapping_kind_name(mapping->kind);
	struct vmspy_finding_name file = { 0 }, title;

	for (size_t i = index; mapping->kind == VMSPY_KIND_BSS && i-- && !file.text[0];) {
		const struct vmspy_mapping *before = pair->intervals.interval[i].a;

		if (before && before->vma.name)
			file = vmspy_finding_short_name_of(before->vma.name);
	}
	if (mapping->vma.name)
		return vmspy_finding_short_name_of(mapping->vma.name);
	if (!file.text[0])
		return vmspy_finding_name_of(word);
	snprintf(title.text, sizeof(title.text), "%s of %.*s", word,
		 (int)(sizeof(title.text) - strlen(word) - sizeof(" of ")), file.text);
	return title;
}

struct vmspy_error *vmspy_find_largest_mapping(struct vmspy_findings_maker *maker)
{
	const struct vmspy_pair *pair = maker->pair;
	uint64_t all = pair->totals.state_pages[VMSPY_STATE_DIVERGED], most = 0;
	struct vmspy_finding_draft draft = { 0, NULL };
	char percent[VMSPY_HUMAN_MAX], size[VMSPY_HUMAN_MAX];
	size_t index = 0;
	struct vmspy_finding_name name;

	for (size_t i = 0; i < pair->intervals.count; i++) {
		uint64_t diverged = pair->counts[i].state_pages[VMSPY_STATE_DIVERGED];

		if (diverged > most) {
			most = diverged;
			index = i;
		}
	}
	if (!most || most == all || most < all / LARGE_PART)
		return NULL;
	name = title_of(pair, index);
	draft.pages = most;
	draft.subject = name.text;
	vmspy_human_percent(most, all, percent);
	vmspy_human_size(vmspy_finding_bytes(maker, most), size);
	return vmspy_finding_add(maker, &draft,
				 "%s of what diverged lies in one mapping: %s in %s at %" PRIx64,
				 percent, size, name.text, pair->intervals.interval[index].start);
}
