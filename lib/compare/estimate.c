#include "compare/estimate.h"

#include <stdbool.h>

#include "compare/pair.h"

#include "base/banned.h"

/* The last step ends with the page. */
static const uint32_t step_max[VMSPY_CHANGE_STEPS - 1] = { 0, 8, 64, 512, 2048 };

/* Sums of pages and bytes stay far below the 2^53 that a double tells apart. */
static uint64_t scaled(uint64_t number, const struct vmspy_counts *counts)
{
	double all = (double)counts->comparable_pages, drawn = (double)counts->drawn_pages;

	return (uint64_t)((double)number * all / drawn + 0.5);
}

struct vmspy_estimate vmspy_estimate_of(const struct vmspy_counts *counts)
{
	bool is_exact = counts->drawn_pages == counts->comparable_pages;

	if (is_exact)
		return (struct vmspy_estimate){
			.compared_pages = counts->compared_pages,
			.identical_pages = counts->identical_pages,
			.changed_bytes = counts->changed_bytes,
		};
	if (counts->compared_pages < VMSPY_ESTIMATE_PAGES_MIN || counts->proven_pages)
		return vmspy_estimate_unknown();
	return (struct vmspy_estimate){
		.compared_pages = scaled(counts->compared_pages, counts),
		.identical_pages = scaled(counts->identical_pages, counts),
		.changed_bytes = scaled(counts->changed_bytes, counts),
	};
}

void vmspy_estimate_add(struct vmspy_estimate *sum, const struct vmspy_estimate *part)
{
	if (sum->compared_pages == VMSPY_ESTIMATE_UNKNOWN)
		return;
	if (part->compared_pages == VMSPY_ESTIMATE_UNKNOWN) {
		*sum = *part;
		return;
	}
	sum->compared_pages += part->compared_pages;
	sum->identical_pages += part->identical_pages;
	sum->changed_bytes += part->changed_bytes;
}

uint64_t vmspy_estimate_amplification(const struct vmspy_estimate *estimate, uint32_t page_bytes)
{
	if (estimate->compared_pages == VMSPY_ESTIMATE_UNKNOWN || !estimate->changed_bytes)
		return VMSPY_ESTIMATE_UNKNOWN;
	return (uint64_t)(1000.0 * (double)estimate->compared_pages * page_bytes /
				  (double)estimate->changed_bytes +
			  0.5);
}

size_t vmspy_change_step(uint32_t changed_bytes)
{
	size_t step = 0;

	while (step < VMSPY_CHANGE_STEPS - 1 && changed_bytes > step_max[step])
		step++;
	return step;
}

uint32_t vmspy_change_step_max(size_t step, uint32_t page_bytes)
{
	return step < VMSPY_CHANGE_STEPS - 1 ? step_max[step] : page_bytes;
}
