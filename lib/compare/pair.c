#include "compare/pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "compare/bytes.h"
#include "compare/contents.h"
#include "compare/hold.h"
#include "compare/siblings.h"
#include "compare/sweepers.h"
#include "compare/tally.h"
#include "compare/team.h"

#include "base/banned.h"

/* All that one comparison needs while it runs. */
struct comparison {
	struct vmspy_space *a, *b;
	const struct vmspy_pair_options *options;
	struct vmspy_pair *pair;
	struct vmspy_tally tally;
	struct vmspy_team team;
	struct vmspy_siblings *siblings;
	struct vmspy_hold hold;
};

bool vmspy_pair_is_one_space(const struct vmspy_pair *pair)
{
	return pair->relation == VMSPY_RELATION_SAME ||
	       pair->relation == VMSPY_RELATION_SAME_ADDRESS_SPACE;
}

struct vmspy_still_shared vmspy_pair_still_shared(const struct vmspy_pair *pair)
{
	uint64_t least = pair->private_shared_pages;
	uint64_t most = least + pair->totals.state_pages[VMSPY_STATE_UNKNOWN];

	return (struct vmspy_still_shared){ least, most, most + pair->private_diverged_pages };
}

/*
 * Whether one can have inherited from the other, whatever their pages say. A daemon has lost its
 * parent: that strangers share nothing can only be told where frames are visible.
 */
static bool may_have_common_origin(const struct comparison *comparison)
{
	bool strangers = comparison->pair->relation == VMSPY_RELATION_UNRELATED &&
			 vmspy_space_host(comparison->a)->frames_visible;

	return !strangers && vmspy_relation_same_image(comparison->a, comparison->b);
}

void vmspy_pair_deinit(struct vmspy_pair *pair)
{
	vmspy_interval_list_deinit(&pair->intervals);
	vmspy_run_list_deinit(&pair->runs);
	free(pair->counts);
	free(pair->compared.page);
	free(pair->compared.contents);
	vmspy_kept_deinit(&pair->kept);
	vmspy_census_destroy(pair->census);
	vmspy_stack_list_deinit(&pair->stacks_a);
	vmspy_stack_list_deinit(&pair->stacks_b);
	*pair = (struct vmspy_pair){ 0 };
}

/* The pages that were asked for, whole ones: a part of a page stands for all of it. */
static struct vmspy_sweep_range asked_for(const struct vmspy_pair_options *options,
					  uint64_t page_bytes)
{
	uint64_t in_page = page_bytes - 1, end = options->end + in_page;
	bool is_open = !options->end || end < options->end; /* the second: rounded past the top */

	return (struct vmspy_sweep_range){
		.start = options->start & ~in_page,
		.end = is_open ? UINT64_MAX : end & ~in_page,
	};
}

/* doubted: set for the intervals whose mapping on this side is no longer what was read. */
static struct vmspy_error *find_changed(const struct comparison *comparison,
					struct vmspy_space *space, bool *doubted)
{
	const struct vmspy_layout *layout = vmspy_space_layout(space);
	const struct vmspy_interval_list *list = &comparison->pair->intervals;
	VMSPY_AUTO(vmspy_guard_free) bool *changed = calloc(layout->count + 1, sizeof(*changed));
	struct vmspy_error *err;

	if (!changed)
		return vmspy_error_no_memory();
	if ((err = vmspy_space_changed(space, changed)))
		return err;
	for (size_t i = 0; i < list->count; i++) {
		const struct vmspy_mapping *mapping =
			space == comparison->a ? list->interval[i].a : list->interval[i].b;

		doubted[i] = doubted[i] || (mapping && changed[mapping - layout->mapping]);
	}
	return NULL;
}

/* Who runs on may map and unmap while we read: what was read there proves nothing. */
static struct vmspy_error *doubt_changed(struct comparison *comparison)
{
	size_t count = comparison->pair->intervals.count;
	VMSPY_AUTO(vmspy_guard_free) bool *doubted = calloc(count + 1, sizeof(*doubted));
	struct vmspy_error *err;

	if (!doubted)
		return vmspy_error_no_memory();
	if (comparison->pair->a.held && comparison->pair->b.held &&
	    !vmspy_hold_is_sliced(&comparison->hold))
		return NULL;
	if ((err = find_changed(comparison, comparison->a, doubted)) ||
	    (err = find_changed(comparison, comparison->b, doubted)))
		return err;
	vmspy_tally_doubt(&comparison->tally, doubted);
	return NULL;
}

static const char *program_of(const struct vmspy_layout *layout)
{
	const struct vmspy_mapping *code =
		layout->bounds.known ? vmspy_layout_find(layout, layout->bounds.start_code) : NULL;

	return code ? code->vma.name : NULL;
}

static struct vmspy_error *load_both(const struct comparison *comparison)
{
	struct vmspy_pair *pair = comparison->pair;
	struct vmspy_error *err;

	if ((err = vmspy_space_load(comparison->a)) || (err = vmspy_space_load(comparison->b)))
		return err;
	err = vmspy_align(vmspy_space_layout(comparison->a), vmspy_space_layout(comparison->b),
			  &pair->intervals);
	if (err)
		return err;
	pair->program = program_of(vmspy_space_layout(comparison->a));
	pair->counts = calloc(pair->intervals.count + 1, sizeof(*pair->counts));
	return pair->counts ? NULL : vmspy_error_no_memory();
}

/* What nobody will read bytes for is not counted either. */
static struct vmspy_error *begin_census(const struct comparison *comparison)
{
	const struct vmspy_pair_options *options = comparison->options;

	if (!options->clues || options->content == VMSPY_CONTENT_NONE)
		return NULL;
	return vmspy_census_create_over(&comparison->pair->intervals, &comparison->pair->census);
}

static struct vmspy_error *gather_team(struct comparison *comparison)
{
	const struct vmspy_pair *pair = comparison->pair;
	struct vmspy_error *err = vmspy_team_init(&comparison->team, comparison->a, comparison->b);
	struct vmspy_window *window = comparison->team.window[0];

	if (err)
		return err;
	window->four_reads =
		!pair->a.held || !pair->b.held || !vmspy_space_host(comparison->a)->frames_visible;
	window->ask_merged = comparison->options->keep_runs || !may_have_common_origin(comparison);
	return NULL;
}

/* ret: of work since *mark_ns, which is now. */
static uint64_t lap(const struct comparison *comparison, uint64_t *mark_ns)
{
	uint64_t before_ns = *mark_ns;

	*mark_ns = vmspy_hold_clock_ns(&comparison->hold);
	return *mark_ns - before_ns;
}

/*
 * Lists of mappings are long: where slices are short, both run on while they are read, and what
 * changed meanwhile is found out in the end.
 */
static struct vmspy_error *hold_and_load(struct comparison *comparison)
{
	struct vmspy_hold *hold = &comparison->hold;
	struct vmspy_error *err;

	if (vmspy_hold_is_sliced(hold) && (err = load_both(comparison)))
		return err;
	if ((err = vmspy_hold_begin(hold)))
		return err;
	if (!vmspy_hold_is_sliced(hold) && (err = load_both(comparison)))
		return err;
	if ((err = begin_census(comparison)))
		return err;
	return gather_team(comparison);
}

static struct vmspy_error *read_words(struct comparison *comparison)
{
	struct vmspy_pair *pair = comparison->pair;
	struct vmspy_hold *hold = &comparison->hold;
	struct vmspy_error *err =
		vmspy_sweepers_run(&comparison->tally, &comparison->team,
				   asked_for(comparison->options, pair->runs.page_bytes));

	if (err)
		return err;
	if (vmspy_hold_is_sliced(hold))
		vmspy_hold_end(hold);
	if ((err = doubt_changed(comparison)))
		return err;
	pair->no_common_origin = !may_have_common_origin(comparison) && !pair->inherited_pages;
	return vmspy_hold_is_sliced(hold) ? vmspy_hold_begin(hold) : NULL;
}

static struct vmspy_error *read_bytes(struct comparison *comparison)
{
	const struct vmspy_pair_options *options = comparison->options;
	struct vmspy_error *err = vmspy_bytes_compare(&comparison->tally, &comparison->team);

	if (err || !options->kept_page)
		return err;
	return vmspy_kept_take(comparison->pair, comparison->team.window[0], options->kept_page);
}

/* All stacks are of one instant: they have a slice of their own. */
static struct vmspy_error *read_stacks(struct comparison *comparison)
{
	struct vmspy_error *err = vmspy_hold_turn(&comparison->hold);

	if (err)
		return err;
	return vmspy_stacks_take(comparison->pair, comparison->team.window[0],
				 comparison->options->stacks);
}

/* Everything that happens while both stand still. */
static struct vmspy_error *compare_held(struct comparison *comparison)
{
	struct vmspy_timing *timing = &comparison->pair->timing;
	uint64_t mark_ns = vmspy_host_now_ns();
	struct vmspy_error *err;

	comparison->hold.let_go_ns = mark_ns;
	if ((err = hold_and_load(comparison)) || (err = read_words(comparison)))
		return err;
	timing->words_ns = lap(comparison, &mark_ns);
	err = vmspy_siblings_ask(comparison->siblings, &comparison->tally,
				 comparison->team.window[0]);
	if (err)
		return err;
	timing->siblings_ns = lap(comparison, &mark_ns);
	if ((err = read_bytes(comparison)))
		return err;
	timing->bytes_ns = lap(comparison, &mark_ns);
	if ((err = read_stacks(comparison)))
		return err;
	timing->stacks_ns = lap(comparison, &mark_ns);
	return NULL;
}

static uint64_t moved_since(uint64_t before, uint64_t after)
{
	return before == UINT64_MAX || after == UINT64_MAX ? UINT64_MAX : after - before;
}

static struct vmspy_vmstat vmstat_since(const struct vmspy_vmstat *before)
{
	struct vmspy_vmstat after = vmspy_host_vmstat();

	return (struct vmspy_vmstat){
		.migrated_pages = moved_since(before->migrated_pages, after.migrated_pages),
		.swapped_in_pages = moved_since(before->swapped_in_pages, after.swapped_in_pages),
		.swapped_out_pages =
			moved_since(before->swapped_out_pages, after.swapped_out_pages),
		.collapsed_count = moved_since(before->collapsed_count, after.collapsed_count),
	};
}

/* Without frame numbers and PAGEMAP_SCAN the zero page is an anonymous page like others. */
static void forget_zeros(struct vmspy_pair *pair, const struct vmspy_host *host)
{
	if (host->frames_visible || host->scan_categories)
		return;
	pair->a.zero_pages = UINT64_MAX;
	pair->b.zero_pages = UINT64_MAX;
}

struct vmspy_error *vmspy_pair_compare(struct vmspy_space *a, struct vmspy_space *b,
				       const struct vmspy_pair_options *options,
				       struct vmspy_pair *ret)
{
	uint32_t page_bytes = vmspy_space_host(a)->page_bytes;
	VMSPY_AUTO(vmspy_pair_deinit)
	struct vmspy_pair pair = {
		.runs.page_bytes = page_bytes,
		.slices.max_ns = options->max_hold_ns,
	};
	struct comparison comparison = {
		.a = a,
		.b = b,
		.options = options,
		.pair = &pair,
		.tally = { .pair = &pair,
			   .options = options,
			   .hold = &comparison.hold,
			   .keep_runs = options->keep_runs,
			   .unsettled.page_bytes = page_bytes },
		.hold = { .a = a,
			  .b = b,
			  .pair = &pair,
			  .never = options->no_hold,
			  .max_ns = options->max_hold_ns },
	};
	struct vmspy_vmstat before = vmspy_host_vmstat();
	struct vmspy_error *err = vmspy_relation_find(a, b, &pair.relation);

	if (!err && !vmspy_pair_is_one_space(&pair)) {
		if (!options->no_siblings)
			comparison.siblings = vmspy_siblings_find(a, b, pair.relation);
		err = compare_held(&comparison);
		vmspy_hold_end(&comparison.hold);
		vmspy_siblings_destroy(comparison.siblings);
		vmspy_run_list_deinit(&comparison.tally.unsettled);
		vmspy_team_deinit(&comparison.team);
		if (!err) {
			vmspy_tally_finish(&comparison.tally);
			vmspy_kept_finish(&pair);
			err = vmspy_stacks_name(&pair, a, b);
		}
		vmspy_contents_sort(&pair.compared);
		forget_zeros(&pair, vmspy_space_host(a));
		pair.kernel_moved = vmstat_since(&before);
	}
	if (err)
		return err;
	*ret = pair;
	pair = (struct vmspy_pair){ 0 }; /* the caller owns it now */
	return NULL;
}

const unsigned char *vmspy_compared_bytes(const struct vmspy_pair *pair,
					  const struct vmspy_compared_page *page, bool of_b)
{
	size_t page_bytes = pair->runs.page_bytes;

	if (page->content_index == VMSPY_NO_CONTENT)
		return NULL;
	return pair->compared.contents + (2 * (size_t)page->content_index + of_b) * page_bytes;
}

static int compare_address(const void *key, const void *item)
{
	uint64_t address = *(const uint64_t *)key;
	const struct vmspy_compared_page *page = item;

	return (address > page->address) - (address < page->address);
}

const struct vmspy_compared_page *vmspy_compared_find(const struct vmspy_compared_list *list,
						      uint64_t address)
{
	if (!list->count)
		return NULL;
	return bsearch(&address, list->page, list->count, sizeof(*list->page), compare_address);
}
