#include "test.h"

#include "compare/pair.h"
#include "fake_space.h"
#include "random.h"

/*
 * Sweeps skip holes, read crowded parts without asking and pass plain pages by, on several threads
 * and in slices: whatever they do, the answer is that of a loop over every page.
 */

enum {
	PAGES = 26000, /* several windows, and more regions than one scan returns */
	TRIALS = 128,
	BASE_PAGE = 0x10000,
	FILE_FROM = 18000, /* the second mapping of both, of a file */
	FILE_TO = PAGES,
};

#define P    VMSPY_PAGEMAP_PRESENT
#define S    VMSPY_PAGEMAP_SWAPPED
#define F    VMSPY_PAGEMAP_FILE
#define G    VMSPY_PAGEMAP_GUARD
#define X    VMSPY_PAGEMAP_EXCLUSIVE
#define TYPE 31 /* of a marker */

enum content {
	HOLE,
	INHERITED, /* in the one frame of both */
	OWN,       /* in a frame that only this side has */
	HANDED_ON, /* the same, shared with a process that is not looked at */
	ZERO,
	SLOT_OF_BOTH,
	SLOT,
	GUARDED,
	MARKED,
	OF_FILE,
	CONTENTS,
};

struct trial {
	struct fake_machine machine;
	struct fake_space a, b;
	struct vmspy_pair_options options;
	struct vmspy_pair pair;
	struct vmspy_sight sight_a[PAGES], sight_b[PAGES];
};

/* --- making a trial ------------------------------------------------------------------------ */

/* What is at a page of a side, as a word with all numbers in it; a side's frames are its own. */
static uint64_t word_of(enum content content, uint64_t page, uint64_t side)
{
	const uint64_t own = (side + 2) << 24 | page;
	const uint64_t word[CONTENTS] = {
		[INHERITED] = P | 1 << 24 | page,
		[OWN] = P | X | own,
		[HANDED_ON] = P | own,
		[ZERO] = P | FAKE_ZERO_FRAME,
		[SLOT_OF_BOTH] = S | (page + 1) << 5,
		[SLOT] = S | own << 5,
		[GUARDED] = S | G | TYPE,
		[MARKED] = S | TYPE | 1 << 5,
		[OF_FILE] = P | F | 9 << 24 | page,
	};

	return word[content];
}

static enum vmspy_standing standing_of(const struct vmspy_host *host, enum content content)
{
	static const enum vmspy_standing standing[CONTENTS] = {
		[INHERITED] = VMSPY_STANDING_ANON,    [OWN] = VMSPY_STANDING_ANON,
		[HANDED_ON] = VMSPY_STANDING_ANON,    [ZERO] = VMSPY_STANDING_ZERO,
		[SLOT_OF_BOTH] = VMSPY_STANDING_SWAP, [SLOT] = VMSPY_STANDING_SWAP,
		[GUARDED] = VMSPY_STANDING_GUARD,     [MARKED] = VMSPY_STANDING_MARKER,
		[OF_FILE] = VMSPY_STANDING_FILE,
	};

	/* Nothing tells a hidden zero page from any other. */
	if (content == ZERO && !host->frames_visible && !host->scan_categories)
		return VMSPY_STANDING_ANON;
	return standing[content];
}

static bool has_number(enum vmspy_standing standing)
{
	return standing == VMSPY_STANDING_ANON || standing == VMSPY_STANDING_FILE ||
	       standing == VMSPY_STANDING_ZERO || standing == VMSPY_STANDING_SWAP;
}

/* Put a page into a fake. ret: what there is to be seen of it. */
static struct vmspy_sight put(struct fake_space *fake, uint64_t page, enum content content,
			      uint64_t side)
{
	const struct vmspy_host *host = &fake->machine->host;
	uint64_t word = word_of(content, page, side);
	struct vmspy_sight sight = { .standing = standing_of(host, content) };

	if (!fake_is_mapped(fake, (BASE_PAGE + page) * FAKE_PAGE)) {
		sight.standing = VMSPY_STANDING_NO_MAPPING;
		return sight;
	}
	if (content == HOLE)
		return sight;
	sight.hidden = !host->frames_visible && has_number(sight.standing);
	sight.where = word & VMSPY_PAGEMAP_FRAME_MASK;
	sight.exclusive = word & X;
	sight.may_be_zero = sight.hidden && sight.standing == VMSPY_STANDING_ANON &&
			    !sight.exclusive && !host->scan_categories;
	sight.huge = host->scan_categories ? VMSPY_NO : VMSPY_NOT_KNOWN;
	if (sight.hidden)
		word &= ~VMSPY_PAGEMAP_FRAME_MASK;
	fake_put(fake, (BASE_PAGE + page) * FAKE_PAGE, word)->zero = content == ZERO;
	return sight;
}

static enum content random_content(struct random *random, uint64_t page, bool visible)
{
	static const enum content of_file[] = { OF_FILE, OF_FILE, OWN, HANDED_ON, SLOT, INHERITED };
	enum content content;

	if (page >= FILE_FROM)
		return of_file[random_below(random, TEST_COUNT(of_file))];
	content = (enum content)(1 + random_below(random, OF_FILE - 1));
	return content == MARKED && !visible ? GUARDED : content; /* hidden, it is like a slot */
}

/* Stretches that are empty, sparse, half full, full, or full of one thing. */
static void fill(struct trial *trial, struct random *random)
{
	static const unsigned one_in[] = { 0, 50, 2, 1, 1 };
	unsigned density = 0, left = 0;
	enum content a = HOLE, b = HOLE;

	for (uint64_t page = 0; page < PAGES; page++) {
		if (!left || page == FILE_FROM) {
			density = random_below(random, TEST_COUNT(one_in));
			left = 1 + random_below(random, 6000);
			a = b = page >= FILE_FROM ? OF_FILE : INHERITED;
		}
		left--;
		if (density < 4) {
			bool any = one_in[density] && random_once_in(random, one_in[density]);
			bool visible = trial->machine.host.frames_visible;

			a = any && !random_once_in(random, 6)
				    ? random_content(random, page, visible)
				    : HOLE;
			b = any && random_once_in(random, 2) ? random_content(random, page, visible)
							     : a;
		}
		trial->sight_a[page] = put(&trial->a, page, a, 0);
		trial->sight_b[page] = put(&trial->b, page, b, 1);
	}
}

/* Two mappings of each side; those of anonymous memory start and end at different addresses. */
static void map(struct fake_space *fake, struct random *random, bool remapped)
{
	uint64_t from = random_below(random, 3000), to = FILE_FROM - 1 - random_below(random, 3000);
	struct vmspy_mapping *file;

	fake_map(fake, (BASE_PAGE + from) * FAKE_PAGE, to - from);
	file = fake_map(fake, (uint64_t)(BASE_PAGE + FILE_FROM) * FAKE_PAGE, FILE_TO - FILE_FROM);
	file->vma.inode = remapped ? 78 : 77;
}

static struct trial *trial_begin(struct random *random, int number)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	assert_non_null(trial);
	trial->machine = fake_machine();
	trial->machine.host.frames_visible = number & 1;
	trial->machine.host.scan_categories *= !(number & 2);
	trial->machine.host.fact_visible[VMSPY_FRAME_FLAGS] = number & 4;
	trial->options.keep_runs = number & 8;
	trial->options.content = VMSPY_CONTENT_NONE;
	trial->machine.concurrent = number & 16;
	trial->options.max_hold_ns = number & 32 ? 1 : 0; /* a slice for each step */
	fake_init(&trial->a, &trial->machine, FAKE_PARENT_PID);
	fake_init(&trial->b, &trial->machine, FAKE_CHILD_PID);
	map(&trial->a, random, false);
	map(&trial->b, random, random_once_in(random, 3));
	fill(trial, random);
	return trial;
}

static void trial_end(struct trial *trial)
{
	vmspy_pair_deinit(&trial->pair);
	vmspy_space_close(&trial->a.space);
	vmspy_space_close(&trial->b.space);
	free(trial);
}

/* --- the naive answer ---------------------------------------------------------------------- */

static struct vmspy_verdict naive_verdict(const struct trial *trial, uint64_t page,
					  struct vmspy_fit fit)
{
	struct vmspy_sight a = trial->sight_a[page], b = trial->sight_b[page];
	bool ask_merged = trial->options.keep_runs;
	struct vmspy_verdict verdict = vmspy_verdict_decide(&a, &b, fit, ask_merged);

	if (!verdict.ask_flags || !trial->machine.host.fact_visible[VMSPY_FRAME_FLAGS])
		return verdict;
	a.flags_known = b.flags_known = true; /* no frame of a trial has a flag */
	return vmspy_verdict_decide(&a, &b, fit, ask_merged);
}

static void count_side(struct vmspy_side *side, const struct vmspy_sight *sight,
		       enum vmspy_page_class page_class)
{
	bool swapped = sight->standing == VMSPY_STANDING_SWAP;
	bool present = has_number(sight->standing) && !swapped;

	side->present_pages += present;
	side->swapped_pages += swapped;
	side->zero_pages += sight->standing == VMSPY_STANDING_ZERO;
	if (vmspy_class_state(page_class) == VMSPY_STATE_UNCOUNTED)
		side->uncounted_pages += present || swapped;
}

static void check_side(const struct vmspy_side *side, const struct vmspy_side *naive)
{
	assert_int_equal(side->present_pages, naive->present_pages);
	assert_int_equal(side->swapped_pages, naive->swapped_pages);
	if (side->zero_pages != UINT64_MAX)
		assert_int_equal(side->zero_pages, naive->zero_pages);
	assert_int_equal(side->uncounted_pages, naive->uncounted_pages);
}

/* *at: the run that may hold the page. */
static void check_run(const struct vmspy_pair *pair, size_t *at, uint64_t address,
		      struct vmspy_verdict verdict)
{
	const struct vmspy_run *run = *at < pair->runs.count ? &pair->runs.run[*at] : NULL;
	bool inside = run && run->start <= address;

	assert_int_equal(inside, vmspy_class_state(verdict.page_class) != VMSPY_STATE_UNCOUNTED);
	if (!inside)
		return;
	assert_int_equal(run->page_class, verdict.page_class);
	assert_int_equal(run->reason, verdict.reason);
	if (vmspy_run_end(&pair->runs, run) == address + FAKE_PAGE)
		(*at)++;
}

/* What a loop over every page finds. */
struct naive {
	struct vmspy_side a, b;
	uint64_t inherited_pages;
	uint64_t unknown_pages[VMSPY_REASON_COUNT];
	size_t run_index;
};

static void check_interval(const struct trial *trial, size_t index, struct naive *naive)
{
	const struct vmspy_interval *interval = &trial->pair.intervals.interval[index];
	uint64_t pages[VMSPY_STATE_COUNT] = { 0 };

	for (uint64_t address = interval->start; address < interval->end; address += FAKE_PAGE) {
		uint64_t page = address / FAKE_PAGE - BASE_PAGE;
		struct vmspy_verdict verdict = naive_verdict(trial, page, interval->fit);

		pages[vmspy_class_state(verdict.page_class)]++;
		naive->unknown_pages[verdict.reason] += verdict.reason != VMSPY_REASON_NONE;
		naive->inherited_pages += verdict.page_class == VMSPY_CLASS_SHARED ||
					  verdict.page_class == VMSPY_CLASS_SWAP_SAME;
		count_side(&naive->a, &trial->sight_a[page], verdict.page_class);
		count_side(&naive->b, &trial->sight_b[page], verdict.page_class);
		if (trial->options.keep_runs)
			check_run(&trial->pair, &naive->run_index, address, verdict);
	}
	for (int state = 0; state < VMSPY_STATE_UNCOUNTED; state++)
		assert_int_equal(trial->pair.counts[index].state_pages[state], pages[state]);
}

/* Unknown exactly where nothing tells a zero page from another. */
static void check_zeros(const struct trial *trial)
{
	const struct vmspy_host *host = &trial->machine.host;
	bool known = host->frames_visible || host->scan_categories;

	assert_int_equal(trial->pair.a.zero_pages != UINT64_MAX, known);
	assert_int_equal(trial->pair.b.zero_pages != UINT64_MAX, known);
}

static void check_answer(const struct trial *trial)
{
	struct naive naive = { 0 };

	for (size_t i = 0; i < trial->pair.intervals.count; i++)
		check_interval(trial, i, &naive);
	check_side(&trial->pair.a, &naive.a);
	check_side(&trial->pair.b, &naive.b);
	check_zeros(trial);
	assert_int_equal(trial->pair.inherited_pages, naive.inherited_pages);
	for (int reason = 0; reason < VMSPY_REASON_COUNT; reason++)
		assert_int_equal(trial->pair.unknown_pages[reason], naive.unknown_pages[reason]);
	if (trial->options.keep_runs)
		assert_int_equal(naive.run_index, trial->pair.runs.count);
	assert_int_equal(trial->pair.timing.rounds, 0);
}

static void a_sweep_finds_what_a_loop_over_every_page_finds(void **state)
{
	struct random random = { 2024 };

	(void)state;
	for (int number = 0; number < TRIALS; number++) {
		struct trial *trial = trial_begin(&random, number);

		assert_ok(vmspy_pair_compare(&trial->a.space, &trial->b.space, &trial->options,
					     &trial->pair));
		check_answer(trial);
		trial_end(trial);
	}
}

TEST_MAIN(TEST(a_sweep_finds_what_a_loop_over_every_page_finds))
