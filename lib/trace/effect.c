#include "trace/effect.h"

#include "base/banned.h"

/* Outcomes in memory of nobody's file, and in a file that is mapped private. */
struct by_backing {
	enum vmspy_outcome anonymous, of_file;
};

#define BOTH(outcome)                                                                              \
	{                                                                                          \
		outcome, outcome                                                                   \
	}

/*
 * A page that was there and could not be written, for which a frame was had. What is left out
 * is unknown.
 */
static const struct by_backing written_here[VMSPY_STANDING_COUNT] = {
	[VMSPY_STANDING_ANON] = BOTH(VMSPY_OUTCOME_COPY_MEMORY),
	/* It was read back unseen. */
	[VMSPY_STANDING_SWAP] = BOTH(VMSPY_OUTCOME_COPY_MEMORY),
	[VMSPY_STANDING_FILE] = BOTH(VMSPY_OUTCOME_COPY_FILE),
	[VMSPY_STANDING_ZERO] = BOTH(VMSPY_OUTCOME_TOUCH),
	/* Not all reads are seen: it was the zero page, or that of the file. */
	[VMSPY_STANDING_NONE] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
};

/* A page that was not there. */
static const struct by_backing written_none[VMSPY_STANDING_COUNT] = {
	[VMSPY_STANDING_SWAP] = BOTH(VMSPY_OUTCOME_ASK_WORDS),
	/* It was given back. */
	[VMSPY_STANDING_ANON] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
	[VMSPY_STANDING_FILE] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
	[VMSPY_STANDING_ZERO] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
	[VMSPY_STANDING_NONE] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
};

static enum vmspy_outcome look_up(const struct by_backing *outcomes, enum vmspy_standing standing,
				  const struct vmspy_mapping *mapping)
{
	return vmspy_mapping_is_anonymous(mapping) ? outcomes[standing].anonymous
						   : outcomes[standing].of_file;
}

static enum vmspy_outcome read_of(const struct vmspy_fault_facts *facts)
{
	if (facts->before == VMSPY_STANDING_SWAP)
		return VMSPY_OUTCOME_SWAP;
	if (!vmspy_mapping_is_anonymous(facts->mapping))
		return VMSPY_OUTCOME_FILE;
	return facts->before == VMSPY_STANDING_NONE ? VMSPY_OUTCOME_READ : VMSPY_OUTCOME_UNKNOWN;
}

enum vmspy_outcome vmspy_effect_judge(const struct vmspy_fault_facts *facts)
{
	if (facts->mapping->vma.shared)
		return VMSPY_OUTCOME_FILE;
	if (facts->cause == VMSPY_CAUSE_READ)
		return read_of(facts);
	/* Huge pages come from a pool of their own: no frame is allocated for them. */
	if (facts->mapping->kind == VMSPY_KIND_HUGETLB)
		return VMSPY_OUTCOME_ASK_WORDS;
	if (facts->cause == VMSPY_CAUSE_WRITE_NONE)
		return look_up(written_none, facts->before, facts->mapping);
	return facts->was_given_frame ? look_up(written_here, facts->before, facts->mapping)
				      : VMSPY_OUTCOME_REUSE;
}

/* --- page words ---------------------------------------------------------------------------- */

/* Both are private memory in frames. */
static enum vmspy_outcome compare_frames(const struct vmspy_page *before,
					 const struct vmspy_page *now)
{
	if (before->exclusive) /* nobody had it but us: the kernel may have moved it */
		return before->frame == now->frame ? VMSPY_OUTCOME_REUSE : VMSPY_OUTCOME_UNKNOWN;
	if (before->place == VMSPY_PAGE_FRAME_HIDDEN || now->place == VMSPY_PAGE_FRAME_HIDDEN)
		return now->exclusive ? VMSPY_OUTCOME_COPY_MEMORY : VMSPY_OUTCOME_REUSE;
	return before->frame == now->frame ? VMSPY_OUTCOME_REUSE : VMSPY_OUTCOME_COPY_MEMORY;
}

/* It is private memory in a frame now; before it was what is not in another frame. */
static const struct by_backing become_memory[VMSPY_STANDING_COUNT] = {
	[VMSPY_STANDING_SWAP] = BOTH(VMSPY_OUTCOME_SWAP),
	[VMSPY_STANDING_FILE] = BOTH(VMSPY_OUTCOME_COPY_FILE),
	[VMSPY_STANDING_ZERO] = BOTH(VMSPY_OUTCOME_TOUCH),
	[VMSPY_STANDING_NONE] = { VMSPY_OUTCOME_TOUCH, VMSPY_OUTCOME_COPY_FILE },
};

enum vmspy_outcome vmspy_effect_judge_words(const struct vmspy_page_change *change)
{
	const struct vmspy_mapping *mapping = change->mapping;
	enum vmspy_standing before = vmspy_standing_of(&change->before, 0, mapping, change->host);
	enum vmspy_standing now = vmspy_standing_of(&change->now, 0, mapping, change->host);

	if (mapping->vma.shared || now == VMSPY_STANDING_FILE)
		return VMSPY_OUTCOME_FILE;
	if (now == VMSPY_STANDING_ZERO)
		return VMSPY_OUTCOME_READ;
	if (now != VMSPY_STANDING_ANON)
		return VMSPY_OUTCOME_UNKNOWN;
	return before == VMSPY_STANDING_ANON ? compare_frames(&change->before, &change->now)
					     : look_up(become_memory, before, mapping);
}

/* --- words of events ----------------------------------------------------------------------- */

bool vmspy_outcome_is_copy(enum vmspy_outcome outcome, enum vmspy_copied *ret)
{
	if (outcome == VMSPY_OUTCOME_COPY_MEMORY)
		*ret = VMSPY_COPIED_MEMORY;
	else if (outcome == VMSPY_OUTCOME_COPY_FILE)
		*ret = VMSPY_COPIED_FILE;
	else if (outcome == VMSPY_OUTCOME_COPY_SWAP)
		*ret = VMSPY_COPIED_SWAP;
	else
		return false;
	return true;
}

enum vmspy_fault_effect vmspy_outcome_effect(enum vmspy_outcome outcome)
{
	static const enum vmspy_fault_effect effects[] = {
		[VMSPY_OUTCOME_TOUCH] = VMSPY_EFFECT_TOUCH,
		[VMSPY_OUTCOME_READ] = VMSPY_EFFECT_READ,
		[VMSPY_OUTCOME_FILE] = VMSPY_EFFECT_FILE,
		[VMSPY_OUTCOME_SWAP] = VMSPY_EFFECT_SWAP,
		[VMSPY_OUTCOME_REUSE] = VMSPY_EFFECT_REUSE,
		[VMSPY_OUTCOME_UNKNOWN] = VMSPY_EFFECT_UNKNOWN,
		[VMSPY_OUTCOME_ASK_WORDS] = VMSPY_EFFECT_UNKNOWN,
	};

	return effects[outcome];
}
