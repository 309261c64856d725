#include "inspect/survey.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "inspect/pane.h"

#include "base/banned.h"

enum {
	REGIONS = 512,
	ASK_FROM_PAGES = 512, /* a smaller stretch is cheaper to read than to ask for */
	GAP_PAGES = 64,       /* a smaller hole is cheaper to read than to skip */
	DENSE_PART = 8,       /* dense: at least one page in eight is populated */
	LARGE_BYTES = 1 << 30,
};

struct survey {
	const struct vmspy_survey_options *options;
	const struct vmspy_host *host;
	struct vmspy_survey_result result;
	struct vmspy_pane pane;
};

static void end_survey(struct survey **survey)
{
	if (*survey)
		vmspy_pool_destroy((*survey)->pane.pool);
	free(*survey);
}

/* --- one window ---------------------------------------------------------------------------- */

static struct vmspy_error *hand_over(struct survey *survey)
{
	const struct vmspy_pane *pane = &survey->pane;
	const struct vmspy_layout *layout = vmspy_space_layout(pane->space);
	struct vmspy_survey_window window = {
		.mapping = pane->mapping,
		.mapping_index = (size_t)(pane->mapping - layout->mapping),
		.start = pane->start,
		.count = pane->count,
		.words = pane->words,
		.marks = vmspy_pane_has_marks(pane) ? pane->marks : NULL,
		.standing = pane->standing,
	};

	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		if (vmspy_pane_has(pane, fact))
			window.fact[fact] = pane->fact[fact];
	survey->result.pages += pane->count;
	for (size_t i = 0; i < VMSPY_POOL_MAX; i++)
		survey->result.moved_pages += pane->moved_pages[i];
	for (size_t i = 0; !survey->host->frames_visible && i < pane->count; i++)
		survey->result.hidden_pages += pane->words[i] >> 63;
	return survey->options->take(survey->options->context, &window);
}

static struct vmspy_error *take_window(struct survey *survey, uint64_t start, size_t count)
{
	struct vmspy_error *err = vmspy_pane_read(&survey->pane, start, count);

	return err ? err : hand_over(survey);
}

/* --- one mapping --------------------------------------------------------------------------- */

static struct vmspy_error *take_range(struct survey *survey, uint64_t start, uint64_t end)
{
	uint64_t page_bytes = survey->host->page_bytes;
	struct vmspy_error *err = NULL;

	for (uint64_t at = start; !err && at < end;) {
		uint64_t left = (end - at) / page_bytes;
		size_t count = left < VMSPY_PANE_PAGES ? left : VMSPY_PANE_PAGES;

		err = take_window(survey, at, count);
		at += count * page_bytes;
	}
	return err;
}

/* A stretch that is being walked. */
struct walk {
	uint64_t at, end;
	bool dense; /* the last part was: the next is read without asking */
};

static struct vmspy_error *take_dense(struct survey *survey, struct walk *walk)
{
	uint64_t page_bytes = survey->host->page_bytes;
	uint64_t left = (walk->end - walk->at) / page_bytes;
	size_t count = left < VMSPY_PANE_PAGES ? left : VMSPY_PANE_PAGES, populated = 0;
	struct vmspy_error *err = take_window(survey, walk->at, count);

	for (size_t i = 0; i < count; i++)
		populated += survey->pane.standing[i] != VMSPY_STANDING_NONE;
	walk->dense = populated >= count / DENSE_PART;
	walk->at += count * page_bytes;
	return err;
}

static struct vmspy_error *take_sparse(struct survey *survey, struct walk *walk)
{
	uint64_t page_bytes = survey->host->page_bytes, pages = 0;
	struct vmspy_page_region regions[REGIONS];
	struct vmspy_populated populated = {
		.region = regions,
		.room = REGIONS,
		.max_pages = VMSPY_PANE_PAGES,
	};
	struct vmspy_error *err =
		vmspy_space_populated(survey->pane.space, walk->at, walk->end, &populated);

	for (size_t i = 0, next; !err && i < populated.count; i = next) {
		for (next = i + 1;
		     next < populated.count &&
		     regions[next].start - regions[next - 1].end < GAP_PAGES * page_bytes;
		     next++)
			continue;
		pages += (regions[next - 1].end - regions[i].start) / page_bytes;
		err = take_range(survey, regions[i].start, regions[next - 1].end);
	}
	if (err)
		return err;
	walk->dense = pages >= (populated.next - walk->at) / page_bytes / DENSE_PART;
	walk->at = populated.next;
	return NULL;
}

/* Without PAGEMAP_SCAN every word of a hole has to be read: ask the counters of large ones first. */
static struct vmspy_error *is_empty(const struct survey *survey, const struct walk *walk, bool *ret)
{
	*ret = false;
	if (survey->host->scan_categories || walk->end - walk->at < LARGE_BYTES)
		return NULL;
	return vmspy_space_is_empty(survey->pane.space, survey->pane.mapping, ret);
}

static struct vmspy_error *take_mapping(struct survey *survey, uint64_t start, uint64_t end)
{
	struct walk walk = { .at = start, .end = end };
	uint64_t page_bytes = survey->host->page_bytes;
	bool nothing;
	struct vmspy_error *err = is_empty(survey, &walk, &nothing);

	while (!err && !nothing && walk.at < walk.end) {
		if (walk.dense || !survey->host->scan_categories ||
		    (walk.end - walk.at) / page_bytes < ASK_FROM_PAGES)
			err = take_dense(survey, &walk);
		else
			err = take_sparse(survey, &walk);
	}
	return err;
}

/* --- all of them --------------------------------------------------------------------------- */

static struct vmspy_error *take_all(struct survey *survey)
{
	const struct vmspy_survey_options *options = survey->options;
	const struct vmspy_layout *layout = vmspy_space_layout(survey->pane.space);
	uint64_t page_bytes = survey->host->page_bytes;
	struct vmspy_error *err = NULL;

	for (size_t i = 0; !err && i < layout->count; i++) {
		const struct vmspy_mapping *mapping = &layout->mapping[i];
		uint64_t start = mapping->vma.start, end = mapping->vma.end;

		if (start < options->start)
			start = options->start & -page_bytes;
		if (end > options->end)
			end = ((options->end - 1) & -page_bytes) + page_bytes;
		if (start >= end || vmspy_mapping_is_untracked(mapping) ||
		    (options->wants && !options->wants(options->context, mapping)))
			continue;
		survey->pane.mapping = mapping;
		err = take_mapping(survey, start, end);
	}
	return err;
}

struct vmspy_error *vmspy_survey_run(struct vmspy_space *space,
				     const struct vmspy_survey_options *options,
				     struct vmspy_survey_result *ret)
{
	VMSPY_AUTO(end_survey) struct survey *survey = calloc(1, sizeof(*survey));
	struct vmspy_error *err;

	if (!survey)
		return vmspy_error_no_memory();
	survey->host = vmspy_space_host(space);
	survey->options = options;
	survey->pane.space = space;
	survey->pane.facts = options->facts;
	survey->pane.with_marks = options->marks;
	survey->pane.checked = options->checked;
	if ((err = vmspy_pane_prepare(&survey->pane)) || (err = take_all(survey)))
		return err;
	*ret = survey->result;
	return NULL;
}
