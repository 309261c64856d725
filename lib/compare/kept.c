#include "compare/kept.h"

#include <stdlib.h>
#include <string.h>

#include "compare/pair.h"
#include "compare/window.h"

#include "base/banned.h"

enum {
	ROUNDS = 8
};

static const struct vmspy_interval *find_interval(const struct vmspy_interval_list *list,
						  uint64_t address)
{
	for (size_t i = 0; i < list->count; i++)
		if (address >= list->interval[i].start && address < list->interval[i].end)
			return &list->interval[i];
	return NULL;
}

/* A window judges plainly shared pages, and holes, without a word on how each side stands. */
static bool is_plain(enum vmspy_page_class page_class)
{
	return page_class == VMSPY_CLASS_NONE || page_class == VMSPY_CLASS_SHARED ||
	       page_class == VMSPY_CLASS_SHARED_FILE;
}

static enum vmspy_standing standing_of(const struct vmspy_kept_page *kept,
				       const struct vmspy_window_side *side,
				       const struct vmspy_mapping *mapping)
{
	if (!mapping)
		return VMSPY_STANDING_NO_MAPPING;
	if (vmspy_mapping_is_untracked(mapping))
		return VMSPY_STANDING_UNTRACKED;
	if (!is_plain(kept->page_class))
		return side->standing[0];
	if (kept->page_class == VMSPY_CLASS_NONE)
		return VMSPY_STANDING_NONE;
	return kept->page_class == VMSPY_CLASS_SHARED ? VMSPY_STANDING_ANON : VMSPY_STANDING_FILE;
}

static struct vmspy_error *read_words(struct vmspy_kept_page *kept, struct vmspy_window *window)
{
	struct vmspy_error *err = NULL;

	for (int round = 1; !err && round <= ROUNDS; round++) {
		window->last_round = round == ROUNDS;
		err = vmspy_window_read(window, kept->interval, kept->address, 1);
		if (window->page_class[0] != VMSPY_CLASS_UNSETTLED)
			break;
	}
	window->last_round = false;
	if (err)
		return err;
	kept->page_class = window->page_class[0];
	kept->reason = window->reason[0];
	kept->a.standing = standing_of(kept, &window->a, kept->interval->a);
	kept->b.standing = standing_of(kept, &window->b, kept->interval->b);
	/* No word was read there: the window saw a hole. */
	if (kept->a.standing == VMSPY_STANDING_UNTRACKED ||
	    kept->b.standing == VMSPY_STANDING_UNTRACKED)
		kept->page_class = VMSPY_CLASS_UNTRACKED;
	kept->a.frame = vmspy_window_frame(&window->a, 0);
	kept->b.frame = vmspy_window_frame(&window->b, 0);
	return NULL;
}

static void drop_bytes(struct vmspy_kept_side *side)
{
	free(side->bytes);
	side->bytes = NULL;
}

/* Memory of a device may do something when it is read. */
static bool may_be_read(const struct vmspy_kept_side *side, const struct vmspy_mapping *mapping)
{
	return mapping && mapping->kind != VMSPY_KIND_DEVICE &&
	       vmspy_standing_is_present(side->standing);
}

/* Yama may forbid bytes where words are allowed: that page cannot be read, as others. */
static struct vmspy_error *read_bytes(struct vmspy_kept_page *kept, struct vmspy_space *space,
				      struct vmspy_kept_side *side)
{
	const struct vmspy_mapping *mapping =
		side == &kept->a ? kept->interval->a : kept->interval->b;
	size_t page_bytes = vmspy_space_host(space)->page_bytes, got = 0;
	struct vmspy_error *err;

	if (!may_be_read(side, mapping))
		return NULL;
	side->bytes = malloc(page_bytes);
	if (!side->bytes)
		return vmspy_error_no_memory();
	err = vmspy_space_bytes(space, kept->address, side->bytes, page_bytes, &got);
	if (err && vmspy_error_kind(err) == VMSPY_ERROR_NOT_PERMITTED) {
		vmspy_error_destroy(err);
		err = NULL;
	}
	if (got < page_bytes)
		drop_bytes(side);
	return err;
}

/* What was read belongs together if the word is still the one that was judged. */
static struct vmspy_error *check_word(struct vmspy_kept_page *kept,
				      const struct vmspy_window_side *window,
				      struct vmspy_kept_side *side)
{
	struct vmspy_error *err;
	uint64_t word;

	if (!side->bytes)
		return NULL;
	if ((err = vmspy_space_words(window->space, kept->address, 1, &word)))
		return err;
	if (word == window->first[0])
		return NULL;
	kept->page_class = VMSPY_CLASS_UNSTABLE;
	kept->reason = VMSPY_REASON_KEPT_CHANGING;
	drop_bytes(side);
	return NULL;
}

struct vmspy_error *vmspy_kept_take(struct vmspy_pair *pair, struct vmspy_window *window,
				    uint64_t address)
{
	struct vmspy_kept_page *kept = &pair->kept;
	struct vmspy_error *err;

	kept->address = address & ~((uint64_t)pair->runs.page_bytes - 1);
	kept->interval = find_interval(&pair->intervals, kept->address);
	if (!kept->interval)
		return NULL;
	if ((err = read_words(kept, window)) ||
	    (err = read_bytes(kept, window->a.space, &kept->a)) ||
	    (err = read_bytes(kept, window->b.space, &kept->b)) ||
	    (err = check_word(kept, &window->a, &kept->a)))
		return err;
	return check_word(kept, &window->b, &kept->b);
}

void vmspy_kept_finish(struct vmspy_pair *pair)
{
	struct vmspy_kept_page *kept = &pair->kept;
	bool differs = kept->a.bytes && kept->b.bytes &&
		       memcmp(kept->a.bytes, kept->b.bytes, pair->runs.page_bytes) != 0;

	/* Different bytes at one instant prove two frames. */
	if (differs && kept->reason == VMSPY_REASON_FRAMES_HIDDEN && pair->a.held && pair->b.held) {
		kept->page_class = VMSPY_CLASS_DIVERGED;
		kept->reason = VMSPY_REASON_NONE;
	}
	if (pair->no_common_origin && vmspy_class_state(kept->page_class) == VMSPY_STATE_DIVERGED)
		kept->page_class = VMSPY_CLASS_SEPARATE;
}

void vmspy_kept_deinit(struct vmspy_kept_page *kept)
{
	drop_bytes(&kept->a);
	drop_bytes(&kept->b);
	*kept = (struct vmspy_kept_page){ 0 };
}
