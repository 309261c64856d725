#include "compare/span.h"

#include "base/banned.h"

enum {
	GAP_PAGES = 32 /* a smaller gap between two runs is read sooner than skipped */
};

bool vmspy_span_takes(const struct vmspy_run *run)
{
	return run->page_class == VMSPY_CLASS_DIVERGED ||
	       run->page_class == VMSPY_CLASS_DIVERGED_FILE ||
	       run->page_class == VMSPY_CLASS_DIVERGED_ZERO;
}

/* Reach over the runs behind the span's start that are near. */
static uint64_t find_end(const struct vmspy_span *span)
{
	const struct vmspy_run_list *runs = span->runs;
	uint64_t limit = span->start + (uint64_t)VMSPY_SPAN_PAGES * runs->page_bytes;
	uint64_t end = span->start;

	for (size_t i = span->run_index; i < runs->count && runs->run[i].start < limit; i++) {
		const struct vmspy_run *run = &runs->run[i];

		if (!vmspy_span_takes(run))
			continue;
		if (run->start > end + (uint64_t)GAP_PAGES * runs->page_bytes)
			break;
		end = vmspy_run_end(runs, run) < limit ? vmspy_run_end(runs, run) : limit;
	}
	return end;
}

bool vmspy_span_next(struct vmspy_span *span)
{
	const struct vmspy_run_list *runs = span->runs;
	size_t i = span->run_index;

	while (i < runs->count && (!vmspy_span_takes(&runs->run[i]) ||
				   vmspy_run_end(runs, &runs->run[i]) <= span->end))
		i++;
	span->run_index = i;
	if (i == runs->count)
		return false;
	span->start = runs->run[i].start > span->end ? runs->run[i].start : span->end;
	span->end = find_end(span);
	return true;
}
