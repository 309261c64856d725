#include "inspect/pane.h"

#include <string.h>

#include "base/banned.h"

enum {
	REGIONS = 512,
	PART_PAGES =
		2048, /* that one thread takes at a time; fewer are read before another wakes */
};

/* Other bits of a file's page change whenever another process maps it. */
#define WHERE_BITS (VMSPY_PAGEMAP_PRESENT | VMSPY_PAGEMAP_SWAPPED | VMSPY_PAGEMAP_FRAME_MASK)

/* Pages that one thread reads: [from, to). */
struct part {
	size_t from, to;
};

bool vmspy_pane_has(const struct vmspy_pane *pane, enum vmspy_frame_fact fact)
{
	const struct vmspy_host *host = vmspy_space_host(pane->space);

	return pane->facts & 1u << fact && host->fact_visible[fact] && host->frames_visible;
}

bool vmspy_pane_has_marks(const struct vmspy_pane *pane)
{
	const struct vmspy_host *host = vmspy_space_host(pane->space);

	return host->scan_categories && (pane->with_marks || !host->frames_visible);
}

struct vmspy_error *vmspy_pane_prepare(struct vmspy_pane *pane)
{
	const struct vmspy_frames none = { 0 };
	struct vmspy_error *err = NULL;
	uint64_t word;

	for (enum vmspy_frame_fact fact = 0; !err && fact < VMSPY_FRAME_FACT_COUNT; fact++)
		if (vmspy_pane_has(pane, fact))
			err = vmspy_space_frame_facts(pane->space, fact, none, &word);
	if (!err && vmspy_space_is_concurrent(pane->space))
		err = vmspy_pool_create(&pane->pool);
	return err;
}

/* Some frames are dearer to look up than others: who is done takes the next part. */
static bool take_part(struct vmspy_pane *pane, struct part *ret)
{
	size_t from = atomic_fetch_add(&pane->next, PART_PAGES);

	if (from >= pane->count)
		return false;
	ret->from = from;
	ret->to = pane->count - from < PART_PAGES ? pane->count : from + PART_PAGES;
	return true;
}

static uint64_t page_bytes_of(const struct vmspy_pane *pane)
{
	return vmspy_space_host(pane->space)->page_bytes;
}

static uint64_t address_of(const struct vmspy_pane *pane, size_t i)
{
	return pane->start + i * page_bytes_of(pane);
}

static bool has_frame(uint64_t word)
{
	return word & VMSPY_PAGEMAP_PRESENT && word & VMSPY_PAGEMAP_FRAME_MASK;
}

/* --- huge entries -------------------------------------------------------------------------- */

/* Pages of one huge entry: a page full of table entries. */
static size_t huge_pages_of(const struct vmspy_pane *pane)
{
	return page_bytes_of(pane) / sizeof(uint64_t);
}

static bool may_be_huge(const struct vmspy_pane *pane, size_t from)
{
	size_t pages = huge_pages_of(pane);
	uint64_t first = pane->words[from] & VMSPY_PAGEMAP_FRAME_MASK;

	if (!has_frame(pane->words[from]) || first % pages)
		return false;
	for (size_t i = 1; i < pages; i++)
		if (pane->words[from + i] != pane->words[from] + i)
			return false;
	return true;
}

/*
 * The flags of a folio are those of all its pages but the head, if all of it is mapped by one
 * entry; those of each tail need not be read. Its map counts may differ.
 */
static struct vmspy_error *find_huge(struct vmspy_pane *pane, struct part part)
{
	size_t pages = huge_pages_of(pane);
	uint64_t size = pages * page_bytes_of(pane);
	struct vmspy_page_region region;
	struct vmspy_populated populated = { .region = &region, .room = 1 };
	struct vmspy_error *err;
	size_t at = part.from;

	memset(pane->is_huge + part.from, 0, part.to - part.from);
	if (pane->facts != 1u << VMSPY_FRAME_FLAGS ||
	    !vmspy_space_host(pane->space)->scan_categories)
		return NULL;
	while (address_of(pane, at) % size)
		at++;
	for (; at + pages <= part.to; at += pages) {
		uint64_t start = address_of(pane, at);

		if (!may_be_huge(pane, at))
			continue;
		if ((err = vmspy_space_populated(pane->space, start, start + size, &populated)))
			return err;
		if (populated.count && region.start == start && region.end == start + size &&
		    vmspy_marks_of(region.categories) & VMSPY_MARK_HUGE)
			memset(pane->is_huge + at, true, pages);
	}
	return NULL;
}

/* Whether it is a tail behind the first of a huge entry, which tells its facts. */
static inline bool is_told(const struct vmspy_pane *pane, size_t i)
{
	return pane->is_huge[i] &&
	       (address_of(pane, i) / page_bytes_of(pane)) % huge_pages_of(pane) > 1;
}

/* --- what is known of frames --------------------------------------------------------------- */

static size_t choose_frames(struct vmspy_pane *pane, struct part part)
{
	size_t count = 0;

	for (size_t i = part.from; i < part.to; i++)
		if (has_frame(pane->words[i]) && !is_told(pane, i))
			pane->frames[part.from + count++] =
				pane->words[i] & VMSPY_PAGEMAP_FRAME_MASK;
	return count;
}

/* ret: the facts of those pages that have a frame; all others are unknown. */
static void scatter(const struct vmspy_pane *pane, struct part part, uint64_t *ret)
{
	const uint64_t *found = pane->found + part.from;

	for (size_t i = part.from; i < part.to; i++) {
		if (!has_frame(pane->words[i]))
			ret[i] = VMSPY_FACT_UNKNOWN;
		else
			ret[i] = is_told(pane, i) ? ret[i - 1] : *found++;
	}
}

static struct vmspy_error *look_up(struct vmspy_pane *pane, struct part part)
{
	struct vmspy_frames frames = { .frame = pane->frames + part.from };
	struct vmspy_error *err = find_huge(pane, part);

	if (err)
		return err;
	frames.count = choose_frames(pane, part);
	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++) {
		if (!vmspy_pane_has(pane, fact))
			continue;
		if ((err = vmspy_space_frame_facts(pane->space, fact, frames,
						   pane->found + part.from)))
			return err;
		scatter(pane, part, pane->fact[fact]);
	}
	return NULL;
}

/* Facts are of a frame: they are the page's if it is still there afterwards. */
static struct vmspy_error *check_words(struct vmspy_pane *pane, struct part part, size_t *ret_moved)
{
	struct vmspy_error *err = vmspy_space_words(pane->space, address_of(pane, part.from),
						    part.to - part.from, pane->again + part.from);

	if (err)
		return err;
	for (size_t i = part.from; i < part.to; i++) {
		if (!((pane->words[i] ^ pane->again[i]) & WHERE_BITS))
			continue;
		pane->standing[i] = VMSPY_STANDING_IN_FLIGHT;
		for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
			pane->fact[fact][i] = VMSPY_FACT_UNKNOWN;
		(*ret_moved)++;
	}
	return NULL;
}

/* --- one window ---------------------------------------------------------------------------- */

static bool asks_any(const struct vmspy_pane *pane)
{
	bool any = false;

	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		any |= vmspy_pane_has(pane, fact);
	return any;
}

/* Neighbours stand alike most of the time, but for their frames. */
static void judge(struct vmspy_pane *pane, struct part part)
{
	const struct vmspy_host *host = vmspy_space_host(pane->space);
	uint64_t zero_frame = host->zero_frame;

	for (size_t i = part.from; i < part.to; i++) {
		uint64_t word = pane->words[i];
		struct vmspy_page page;

		if (i > part.from && word >> 55 == pane->words[i - 1] >> 55 &&
		    word & VMSPY_PAGEMAP_PRESENT && pane->marks[i] == pane->marks[i - 1] &&
		    (word & VMSPY_PAGEMAP_FRAME_MASK) != zero_frame &&
		    pane->standing[i - 1] != VMSPY_STANDING_ZERO) {
			pane->standing[i] = pane->standing[i - 1];
			continue;
		}
		page = vmspy_pagemap_decode(word);
		pane->standing[i] =
			(uint8_t)vmspy_standing_of(&page, pane->marks[i], pane->mapping, host);
	}
}

static struct vmspy_error *read_part(struct vmspy_pane *pane, struct part part, size_t *moved_pages)
{
	struct vmspy_error *err = vmspy_space_words(pane->space, address_of(pane, part.from),
						    part.to - part.from, pane->words + part.from);

	if (err)
		return err;
	judge(pane, part);
	if (!asks_any(pane))
		return NULL;
	if ((err = look_up(pane, part)))
		return err;
	return pane->checked ? check_words(pane, part, moved_pages) : NULL;
}

static struct vmspy_error *read_parts(void *context, unsigned index)
{
	struct vmspy_pane *pane = context;
	struct vmspy_error *err = NULL;
	struct part part;

	while (!err && take_part(pane, &part))
		err = read_part(pane, part, &pane->moved_pages[index]);
	return err;
}

static struct vmspy_error *read_marks(struct vmspy_pane *pane)
{
	uint64_t page_bytes = page_bytes_of(pane), end = address_of(pane, pane->count);
	struct vmspy_page_region regions[REGIONS];
	struct vmspy_populated populated = { .region = regions, .room = REGIONS };
	struct vmspy_error *err;

	memset(pane->marks, 0, pane->count);
	for (uint64_t at = pane->start; at < end; at = populated.next) {
		if ((err = vmspy_space_populated(pane->space, at, end, &populated)))
			return err;
		for (size_t i = 0; i < populated.count; i++)
			memset(&pane->marks[(regions[i].start - pane->start) / page_bytes],
			       vmspy_marks_of(regions[i].categories),
			       (regions[i].end - regions[i].start) / page_bytes);
	}
	return NULL;
}

struct vmspy_error *vmspy_pane_read(struct vmspy_pane *pane, uint64_t start, size_t count)
{
	struct vmspy_error *err;

	pane->start = start;
	pane->count = count;
	memset(pane->moved_pages, 0, sizeof(pane->moved_pages));
	if (vmspy_pane_has_marks(pane) && (err = read_marks(pane)))
		return err;
	atomic_store(&pane->next, 0);
	return vmspy_pool_run(count > PART_PAGES ? pane->pool : NULL, read_parts, pane);
}
