#include "inspect/folios.h"

#include <stdlib.h>

#include "base/array.h"
#include "format/kpageflags.h"

#include "base/banned.h"

static uint64_t page_bytes_of(const struct vmspy_folios *folios)
{
	return vmspy_space_host(folios->space)->page_bytes;
}

static bool is_alike(const struct vmspy_folio_sum *a, const struct vmspy_folio_sum *b)
{
	return a->mapping_index == b->mapping_index && a->mapped == b->mapped &&
	       a->alignment == b->alignment && a->is_anonymous == b->is_anonymous &&
	       a->folio_bytes == b->folio_bytes;
}

/* The sums of a mapping are few, and stand at the end. */
static struct vmspy_error *add(struct vmspy_folios *folios, const struct vmspy_folio_sum *added)
{
	struct vmspy_folio_sums *sums = &folios->sums;
	struct vmspy_error *err;

	for (size_t i = sums->count; i-- && sums->sum[i].mapping_index == added->mapping_index;)
		if (is_alike(&sums->sum[i], added)) {
			sums->sum[i].pages += added->pages;
			return NULL;
		}
	err = vmspy_array_grow(&sums->sum, &sums->room, sums->count, sizeof(*sums->sum));
	if (!err)
		sums->sum[sums->count++] = *added;
	return err;
}

/* Whether the folio goes on in the frame behind the last page that was seen of it. */
static struct vmspy_error *goes_on(struct vmspy_folios *folios, bool *ret)
{
	uint64_t next = folios->open.frame + folios->open.pages, flags = 0;
	struct vmspy_error *err = vmspy_space_frame_facts(
		folios->space, VMSPY_FRAME_FLAGS, (struct vmspy_frames){ &next, 1 }, &flags);

	*ret = vmspy_kpageflags_has(flags, VMSPY_KPF_COMPOUND_TAIL);
	return err;
}

/* is_whole: a head stands in the next frame. */
static struct vmspy_error *close_folio(struct vmspy_folios *folios, bool is_whole)
{
	struct vmspy_folio_sum closed = folios->open.kind;
	struct vmspy_error *err = NULL;
	bool has_more = false;

	if (!folios->open.pages)
		return NULL;
	if (!is_whole)
		err = goes_on(folios, &has_more);
	if (err)
		return err;
	closed.pages = folios->open.pages;
	folios->open.pages = 0;
	if (has_more) {
		closed.alignment = VMSPY_FOLIO_PARTIAL;
		return add(folios, &closed);
	}
	closed.folio_bytes = closed.pages * page_bytes_of(folios);
	if (folios->open.address % closed.folio_bytes)
		closed.alignment = VMSPY_FOLIO_UNALIGNED;
	return add(folios, &closed);
}

/* One page of a window. */
struct seen {
	uint64_t address, frame, flags;
	struct vmspy_folio_sum kind;
};

static bool follows(const struct vmspy_folios *folios, const struct seen *seen)
{
	return folios->open.pages && folios->open.next_address == seen->address &&
	       folios->open.frame + folios->open.pages == seen->frame &&
	       is_alike(&folios->open.kind, &seen->kind);
}

static struct vmspy_error *take_page(struct vmspy_folios *folios, const struct seen *seen)
{
	bool is_head = vmspy_kpageflags_has(seen->flags, VMSPY_KPF_COMPOUND_HEAD);
	bool is_next = follows(folios, seen);
	struct vmspy_folio_sum part = seen->kind;
	struct vmspy_error *err;

	if (!is_head && is_next) {
		folios->open.pages++;
		folios->open.next_address += page_bytes_of(folios);
		return NULL;
	}
	if ((err = close_folio(folios, is_head && is_next)))
		return err;
	if (!is_head) {
		part.alignment = VMSPY_FOLIO_PARTIAL;
		part.pages = 1;
		return add(folios, &part);
	}
	folios->open.pages = 1;
	folios->open.address = seen->address;
	folios->open.frame = seen->frame;
	folios->open.next_address = seen->address + page_bytes_of(folios);
	folios->open.kind = seen->kind;
	return NULL;
}

static enum vmspy_folio_mapped mapped_by(const struct vmspy_survey_window *window, size_t i)
{
	if (!window->marks)
		return VMSPY_FOLIO_BY_UNKNOWN;
	return window->marks[i] & VMSPY_MARK_HUGE ? VMSPY_FOLIO_BY_PMD : VMSPY_FOLIO_BY_PTE;
}

static struct vmspy_error *take_hugetlb(struct vmspy_folios *folios,
					const struct vmspy_survey_window *window, bool is_anonymous)
{
	const struct vmspy_folio_sum page = {
		.mapping_index = window->mapping_index,
		.mapped = VMSPY_FOLIO_BY_HUGETLB,
		.is_anonymous = is_anonymous,
		.folio_bytes = window->mapping->page_bytes,
		.pages = 1,
	};

	return add(folios, &page);
}

struct vmspy_error *vmspy_folios_take(struct vmspy_folios *folios,
				      const struct vmspy_survey_window *window)
{
	const uint64_t *all = window->fact[VMSPY_FRAME_FLAGS];
	struct vmspy_error *err = NULL;

	for (size_t i = 0; all && !err && i < window->count; i++) {
		bool is_anonymous = vmspy_kpageflags_has(all[i], VMSPY_KPF_ANON);

		if (all[i] == VMSPY_FACT_UNKNOWN || window->standing[i] == VMSPY_STANDING_ZERO)
			continue;
		if (vmspy_kpageflags_has(all[i], VMSPY_KPF_HUGE)) {
			err = take_hugetlb(folios, window, is_anonymous);
		} else if (vmspy_kpageflags_has(all[i], VMSPY_KPF_THP)) {
			const struct seen seen = {
				.address = window->start + i * page_bytes_of(folios),
				.frame = window->words[i] & VMSPY_PAGEMAP_FRAME_MASK,
				.flags = all[i],
				.kind = {
					.mapping_index = window->mapping_index,
					.mapped = mapped_by(window, i),
					.is_anonymous = is_anonymous,
				},
			};

			err = take_page(folios, &seen);
		}
	}
	return err;
}

/* In the order of the header. */
static int compare(const void *x, const void *y)
{
	const struct vmspy_folio_sum *a = x, *b = y;

	if (a->mapping_index != b->mapping_index)
		return a->mapping_index < b->mapping_index ? -1 : 1;
	if (a->mapped != b->mapped)
		return a->mapped > b->mapped ? -1 : 1;
	if (a->alignment != b->alignment)
		return a->alignment < b->alignment ? -1 : 1;
	if (a->is_anonymous != b->is_anonymous)
		return a->is_anonymous ? -1 : 1;
	return (a->folio_bytes < b->folio_bytes) - (a->folio_bytes > b->folio_bytes);
}

struct vmspy_error *vmspy_folios_finish(struct vmspy_folios *folios)
{
	struct vmspy_error *err = close_folio(folios, false);

	if (!err && folios->sums.count)
		qsort(folios->sums.sum, folios->sums.count, sizeof(*folios->sums.sum), compare);
	return err;
}

void vmspy_folios_deinit(struct vmspy_folios *folios)
{
	free(folios->sums.sum);
	*folios = (struct vmspy_folios){ 0 };
}
