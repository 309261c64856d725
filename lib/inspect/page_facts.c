#include "inspect/page_facts.h"

#include "base/banned.h"

enum {
	ATTEMPTS = 8 /* a page that is being migrated stands again after one or two */
};

/* What PAGEMAP_SCAN adds to the word of one page. */
static struct vmspy_error *read_marks(struct vmspy_space *space, struct vmspy_page_facts *facts)
{
	const struct vmspy_host *host = vmspy_space_host(space);
	struct vmspy_page_region region;
	struct vmspy_populated populated = { .region = &region, .room = 1 };
	struct vmspy_error *err;

	facts->marks = 0;
	facts->marks_known = host->scan_categories;
	if (!facts->marks_known)
		return NULL;
	err = vmspy_space_populated(space, facts->address, facts->address + host->page_bytes,
				    &populated);
	if (!err && populated.count)
		facts->marks = vmspy_marks_of(region.categories);
	return err;
}

static struct vmspy_error *read_frame(struct vmspy_space *space, struct vmspy_page_facts *facts)
{
	const struct vmspy_host *host = vmspy_space_host(space);
	const struct vmspy_frames frames = { &facts->page.frame, 1 };
	struct vmspy_error *err = NULL;

	for (enum vmspy_frame_fact fact = 0; !err && fact < VMSPY_FRAME_FACT_COUNT; fact++) {
		facts->fact[fact] = VMSPY_FACT_UNKNOWN;
		if (facts->page.place == VMSPY_PAGE_IN_FRAME && host->fact_visible[fact])
			err = vmspy_space_frame_facts(space, fact, frames, &facts->fact[fact]);
	}
	return err;
}

/* The word, all that belongs to it, and the word again. */
static struct vmspy_error *read_once(struct vmspy_space *space, struct vmspy_page_facts *facts)
{
	struct vmspy_error *err;
	uint64_t before, after;

	if ((err = vmspy_space_words(space, facts->address, 1, &before)))
		return err;
	facts->page = vmspy_pagemap_decode(before);
	if ((err = read_marks(space, facts)) || (err = read_frame(space, facts)) ||
	    (err = vmspy_space_words(space, facts->address, 1, &after)))
		return err;
	facts->is_settled = before == after;
	return NULL;
}

struct vmspy_error *vmspy_page_facts_read(struct vmspy_space *space, uint64_t address,
					  struct vmspy_page_facts *ret)
{
	const struct vmspy_host *host = vmspy_space_host(space);
	struct vmspy_page_facts facts = {
		.address = address & ~((uint64_t)host->page_bytes - 1),
		.mapping = vmspy_layout_find(vmspy_space_layout(space), address),
	};
	bool has_word = facts.mapping && !vmspy_mapping_is_untracked(facts.mapping);
	struct vmspy_error *err = NULL;

	facts.is_settled = !has_word;
	for (size_t fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		facts.fact[fact] = VMSPY_FACT_UNKNOWN;
	for (int i = 0; has_word && i < ATTEMPTS; i++) {
		if ((err = read_once(space, &facts)))
			return err;
		if (facts.is_settled && facts.page.place != VMSPY_PAGE_IN_FLIGHT)
			break;
	}
	facts.standing = vmspy_standing_of(&facts.page, facts.marks, facts.mapping, host);
	*ret = facts;
	return NULL;
}
