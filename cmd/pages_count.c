/* vmspy pages: every page looked at, and counted. */
#include "base/array.h"
#include "pages.h"

#include "base/banned.h"

/* One page of a window. */
struct page {
	const struct vmspy_survey_window *window;
	size_t i;
	uint64_t address;
	struct vmspy_page_sum kind;
};

static uint64_t fact_of(const struct page *page, enum vmspy_frame_fact fact)
{
	const uint64_t *facts = page->window->fact[fact];

	return facts ? facts[page->i] : VMSPY_FACT_UNKNOWN;
}

/* To users a frame is a frame, whatever the bits of its word: flags tell what is in it. */
static enum vmspy_standing standing_of(const struct vmspy_survey_window *window, size_t i)
{
	return window->standing[i] == VMSPY_STANDING_FILE
		       ? VMSPY_STANDING_ANON
		       : (enum vmspy_standing)window->standing[i];
}

/* Where flags are hidden, those that the word tells are left. */
static void find_flags(const struct pages *pages, struct page *page)
{
	uint64_t known = fact_of(page, VMSPY_FRAME_FLAGS), word = page->window->words[page->i];
	bool in_frame = vmspy_standing_is_present(page->window->standing[page->i]);

	page->kind.flags_known = in_frame;
	if (!in_frame)
		page->kind.flags = 0;
	else if (known == VMSPY_FACT_UNKNOWN)
		page->kind.flags = vmspy_kpageflags_expand(0, word);
	else if (is_given(pages->arguments, OPTION_ALL_FLAGS))
		page->kind.flags = vmspy_kpageflags_expand(known, word);
	else
		page->kind.flags = vmspy_kpageflags_well_known(known);
}

static bool is_meant(const struct pages *pages, const struct page *page)
{
	uint64_t flags = fact_of(page, VMSPY_FRAME_FLAGS);

	return vmspy_kpageflags_filter_takes(
		&pages->filter, vmspy_kpageflags_expand(flags == VMSPY_FACT_UNKNOWN ? 0 : flags,
							page->window->words[page->i]));
}

/* --- ranges -------------------------------------------------------------------------------- */

static struct vmspy_page_range range_of(const struct page *page)
{
	struct vmspy_page_range range = {
		.mapping = page->window->mapping,
		.start = page->address,
		.pages = 1,
		.word = page->window->words[page->i],
		.frames_contiguous = true,
		.kind = page->kind,
	};

	for (enum vmspy_frame_fact fact = 0; fact < VMSPY_FRAME_FACT_COUNT; fact++)
		range.fact[fact] = fact_of(page, fact);
	return range;
}

static bool continues(const struct pages *pages, const struct vmspy_page_range *last,
		      const struct page *page)
{
	return last->mapping == page->window->mapping &&
	       last->start + last->pages * pages->host.page_bytes == page->address &&
	       last->kind.standing == page->kind.standing && last->kind.flags == page->kind.flags;
}

static struct vmspy_error *add_to_ranges(struct pages *pages, const struct page *page)
{
	struct pages_ranges *ranges = &pages->ranges;
	struct vmspy_page_range *last = ranges->count ? &ranges->range[ranges->count - 1] : NULL;
	struct vmspy_error *err;

	if (last && continues(pages, last, page)) {
		uint64_t first = last->word & VMSPY_PAGEMAP_FRAME_MASK;
		uint64_t frame = page->window->words[page->i] & VMSPY_PAGEMAP_FRAME_MASK;

		last->frames_contiguous &= frame == first + last->pages;
		last->pages++;
		return NULL;
	}
	err = vmspy_array_grow(&ranges->range, &ranges->room, ranges->count,
			       sizeof(*ranges->range));
	if (!err)
		ranges->range[ranges->count++] = range_of(page);
	return err;
}

/* --- each page ----------------------------------------------------------------------------- */

static struct vmspy_error *print_each(struct pages *pages, const struct page *page)
{
	struct vmspy_page_range range = range_of(page);
	struct vmspy_range_row row;
	struct vmspy_error *err;

	if (!pages->render) {
		if ((err = pages_begin(pages)))
			return err;
		pages->of_each = pages_columns(pages, vmspy_each_columns);
		render_table_begin(pages->render, "pages", &pages->of_each);
	}
	vmspy_range_row_get(&range, pages->host.page_bytes, &row);
	render_row(pages->render, &row);
	return NULL;
}

/* --- all of them --------------------------------------------------------------------------- */

static void add_to_sharers(struct pages *pages, const struct page *page)
{
	uint64_t flags = fact_of(page, VMSPY_FRAME_FLAGS);
	uint64_t count = fact_of(page, VMSPY_FRAME_MAP_COUNT);

	if (!vmspy_standing_is_present(page->window->standing[page->i]))
		return;
	if (flags != VMSPY_FACT_UNKNOWN && count != VMSPY_FACT_UNKNOWN)
		pages->sharers.pages[vmspy_sharers_step(count)][vmspy_page_use_of(flags)]++;
}

/* Whether it was asked how often the frame is mapped, and there is no answer. */
static bool is_uncounted(const struct pages *pages, const struct page *page)
{
	return pages->facts & VMSPY_NEED_MAP_COUNT &&
	       vmspy_standing_is_present(page->window->standing[page->i]) &&
	       fact_of(page, VMSPY_FRAME_MAP_COUNT) == VMSPY_FACT_UNKNOWN;
}

static struct vmspy_error *take_page(struct pages *pages, struct page *page)
{
	struct vmspy_error *err;

	if (!is_meant(pages, page))
		return NULL;
	find_flags(pages, page);
	if ((err = vmspy_page_sums_add(&pages->sums, &page->kind)))
		return err;
	if (is_uncounted(pages, page))
		pages->uncounted_pages += page->kind.pages;
	if (is_given(pages->arguments, OPTION_SHARERS))
		add_to_sharers(pages, page);
	if (is_given(pages->arguments, OPTION_LIST) && (err = add_to_ranges(pages, page)))
		return err;
	return is_given(pages->arguments, OPTION_EACH) ? print_each(pages, page) : NULL;
}

/* Whether pages have to be looked at one by one; where they are only counted, alike ones need not. */
static bool is_one_by_one(const struct pages *pages)
{
	return pages->arguments->given &
	       (OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_EACH) | OPTION_BIT(OPTION_SHARERS));
}

/* ret: how many pages from this one on differ in nothing but their frames. */
static size_t count_alike(const struct vmspy_survey_window *window, size_t from)
{
	const uint64_t *flags = window->fact[VMSPY_FRAME_FLAGS], *words = window->words;
	size_t i = from + 1;

	while (i < window->count && window->standing[i] == window->standing[from] &&
	       !((words[i] ^ words[from]) & ~VMSPY_PAGEMAP_FRAME_MASK) &&
	       (!flags || flags[i] == flags[from]))
		i++;
	return i - from;
}

static struct vmspy_error *take(void *context, const struct vmspy_survey_window *window)
{
	struct pages *pages = context;
	bool one_by_one = is_one_by_one(pages);
	struct vmspy_error *err = NULL;

	for (size_t i = 0, alike; !err && i < window->count; i += alike) {
		struct page page = {
			.window = window,
			.i = i,
			.address = window->start + i * pages->host.page_bytes,
			.kind = { .standing = standing_of(window, i) },
		};

		page.kind.pages = alike = one_by_one ? 1 : count_alike(window, i);
		if (page.kind.standing != VMSPY_STANDING_NONE)
			err = take_page(pages, &page);
	}
	if (!err && is_given(pages->arguments, OPTION_HUGE))
		err = vmspy_folios_take(&pages->folios, window);
	return err;
}

static bool wants(void *context, const struct vmspy_mapping *mapping)
{
	const struct pages *pages = context;

	return choice_takes(&pages->choice, mapping);
}

struct vmspy_error *pages_count(struct pages *pages)
{
	const struct vmspy_survey_options options = {
		.start = pages->choice.range.start,
		.end = pages->choice.range.end,
		.facts = pages->facts,
		.marks = is_given(pages->arguments, OPTION_HUGE),
		/* In a count one page that moved weighs little, and the check a third of the time. */
		.checked = pages->arguments->given &
			   (OPTION_BIT(OPTION_LIST) | OPTION_BIT(OPTION_EACH)),
		.wants = wants,
		.take = take,
		.context = pages,
	};
	struct vmspy_error *err;

	pages->folios.space = pages->space;
	if ((err = vmspy_survey_run(pages->space, &options, &pages->seen)))
		return err;
	return is_given(pages->arguments, OPTION_HUGE) ? vmspy_folios_finish(&pages->folios) : NULL;
}
